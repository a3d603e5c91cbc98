"""Features of a text that help to tell answers from other talk; each takes a byte or a few.

A question is rarely the answer to another question. "When" is answered by a text that names a time, and a
question about oneself by a text in the first person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...text.cues import (
    FIRST_PERSON,
    FIRST_PERSON_CONTRACTIONS,
    FIRST_PERSON_PLURAL,
    NUMBERED_TIME,
    TIME_WORDS,
    cue_pattern,
)
from ...text.punctuation import CJK_ENDS, QUESTION_MARKS
from ...text.scripts import count_unspaced

__all__ = ["HAS_FIRST_PERSON", "HAS_TIME", "TextFeatures", "text_features"]

HAS_TIME, HAS_FIRST_PERSON = 1, 2

_TIME_WORDS = frozenset(TIME_WORDS["en"])
_PRONOUNS = frozenset(FIRST_PERSON["en"] + FIRST_PERSON_PLURAL["en"])
_FIRST_PERSON = _PRONOUNS.union(FIRST_PERSON_CONTRACTIONS["en"], ["i"])
_ANY_CASE = _PRONOUNS - {"I", "me", "us"}
"""The others count only as written: "US" is a country, and "Me too" says nothing about anyone."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_CJK_TIME = re.compile(
    f"{cue_pattern({'zh': TIME_WORDS['zh'], 'ja': TIME_WORDS['ja']}).pattern}|{NUMBERED_TIME.pattern}"
)
_CJK_FIRST_PERSON = cue_pattern({"zh": FIRST_PERSON["zh"], "ja": FIRST_PERSON["ja"]})
_PUNCTUATION = "\"'“”‘’()[]{}<>.,;:!?*_`~-—–…"
_QUESTION_MARK = re.compile(f"[{''.join(QUESTION_MARKS)}]")
_SENTENCE = re.compile(rf"[^.!?{CJK_ENDS}\n]+[.!?{CJK_ENDS}]*")

_MAX_CACHED = 1 << 16


@dataclass(frozen=True, slots=True)
class TextFeatures:
    """The features of one text."""

    flags: int
    """HAS_TIME, HAS_FIRST_PERSON, both or neither."""
    question_share: float
    """Share of its characters that are in questions, 0 to 1."""
    word_count: int
    """Two letters of a script without spaces count as one word."""


def text_features(text: str) -> TextFeatures:
    """The features of `text`."""
    words = text.split()
    unspaced = count_unspaced(text)
    flags = _word_flags(words)
    if unspaced:
        flags |= HAS_TIME if _CJK_TIME.search(text) else 0
        flags |= HAS_FIRST_PERSON if _CJK_FIRST_PERSON.search(text) else 0
    return TextFeatures(flags, _question_share(text), max(len(words), unspaced // 2))


_flags_of: dict[str, int] = {}


def _word_flags(words: list[str]) -> int:
    flags = 0
    for known in set(map(_flags_of.get, words)):
        if known is not None:
            flags |= known
            continue
        for word in words:
            if word not in _flags_of:
                flags |= _flags_of_new(word)
    return flags


def _flags_of_new(word: str) -> int:
    bare = word.strip(_PUNCTUATION).replace("’", "'")
    folded = bare.lower()
    flags = HAS_TIME if folded in _TIME_WORDS or _YEAR.fullmatch(bare) else 0
    flags |= HAS_FIRST_PERSON if bare in _FIRST_PERSON or folded in _ANY_CASE else 0
    if len(_flags_of) >= _MAX_CACHED:
        _flags_of.clear()
    _flags_of[word] = flags
    return flags


def _question_share(text: str) -> float:
    if not _QUESTION_MARK.search(text):
        return 0.0
    sentences = _SENTENCE.findall(text)
    in_questions = sum(len(sentence) for sentence in sentences if sentence.endswith(QUESTION_MARKS))
    return in_questions / max(1, sum(map(len, sentences)))
