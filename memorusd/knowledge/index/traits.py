"""What shows at a glance in a text and helps to tell answers from chatter, kept in a byte or two each.

A question is seldom the answer to one; "when" is answered by a text with a time in it, and what
somebody asks about themselves by one that says "I".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...text.scripts import count_unspaced

__all__ = ["FIRST_PERSON", "TIME", "Traits", "traits"]

_TIMES = """
    yesterday today tonight tomorrow ago last next since recently week weeks weekend weekends month months
    year years morning january february march april may june july august september october november
    december jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday
    saturday sunday
"""
_TIME_WORDS = frozenset(_TIMES.split())
_FIRST_PERSONS = (
    "I",
    "i",
    "me",
    "mine",
    "us",
    "my",
    "we",
    "our",
    "I'm",
    "I've",
    "I'd",
    "I'll",
    "we're",
    "we've",
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_CJK_TIME = re.compile(
    r"今天|昨天|明天|前天|去年|今年|明年|上[週周]|下[週周]|[0-9一二三四五六七八九十]+[月日年號号点點時时]|昨日|今日|明日|先週|来週|先月|来月"
)
_CJK_FIRST_PERSON = re.compile("我|私|僕")
_PUNCTUATION = "\"'“”‘’()[]{}<>.,;:!?*_`~-—–…"
_CACHED = 1 << 16
_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")

TIME, FIRST_PERSON = 1, 2


@dataclass(frozen=True, slots=True)
class Traits:
    """Of one text."""

    flags: int
    """Which of TIME and FIRST_PERSON it has."""
    asking: float
    """Which share of its characters stands in questions, 0 to 1."""
    length: int
    """In words; two letters of a script without spaces count as one."""


def traits(text: str) -> Traits:
    """Look at a text once, when it is indexed."""
    words = text.split()
    flags = 0
    for known in set(map(_known.get, words)):
        if known is not None:
            flags |= known
            continue
        for word in words:
            if word not in _known:
                flags |= _look(word)
    unspaced = 0
    if not text.isascii():
        unspaced = count_unspaced(text)
        if unspaced:
            flags |= TIME if _CJK_TIME.search(text) else 0
            flags |= FIRST_PERSON if _CJK_FIRST_PERSON.search(text) else 0
    asking = 0.0
    if "?" in text or "？" in text:
        sentences = _SENTENCE.findall(text)
        asked = sum(len(s) for s in sentences if s.endswith(("?", "？")))
        asking = asked / max(1, sum(map(len, sentences)))
    return Traits(flags, asking, max(len(words), unspaced // 2))


_known: dict[str, int] = {}


def _look(word: str) -> int:
    bare = word.strip(_PUNCTUATION).replace("’", "'")
    folded = bare.lower()
    flags = TIME if folded in _TIME_WORDS or _YEAR.fullmatch(bare) else 0
    flags |= FIRST_PERSON if bare in _FIRST_PERSONS or folded in ("my", "we", "our", "mine") else 0
    if len(_known) >= _CACHED:
        _known.clear()
    _known[word] = flags
    return flags
