"""Reads a question: whom and when it is about, and what kind of text would answer it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...knowledge.index import FIRST_PERSON, NOBODY, TIME, View
from ...text.dates import Date, dates
from ...text.relative_dates import Span
from ...text.scripts import unspaced_share
from ...text.stopwords import STOP_WORDS
from ...text.tokens import terms, words

__all__ = ["Question", "read_question"]

_STOP_WORDS = STOP_WORDS["en"]

_WHEN = re.compile(
    r"\b(?:when|(?:what|which) (?:date|day|month|year|time)|how long)\b"
    r"|什麼時候|什么时候|何時|何时|いつ|哪(?:一)?[天年月]",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:I|[Mm]y|[Mm]e|[Mm]ine)\b|我|私|僕")
_NOW = re.compile(
    r"\b(?:current(?:ly)?|now|nowadays|these days|latest|newest|most recent(?:ly)?|still)\b"
    r"|目前|現在|现在|最新|最近",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"\b(?:original(?:ly)?|initial(?:ly)?|at first|used to|previous(?:ly)?|former(?:ly)?)\b"
    r"|一開始|一开始|原本|最初|以前|之前",
    re.IGNORECASE,
)
# The question is about what the assistant said, not about what it was told.
_ASSISTANT = re.compile(
    r"\byour?\b|\b(?:previous|last|earlier|our) (?:chat|conversation)\b|\bremind me\b|你|您|あなた",
    re.IGNORECASE,
)

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Question:
    """What a question asks for."""

    text: str
    terms: Mapping[str, float]
    """Its terms, and how much each weighs."""
    embedded: str
    """The text without the speakers it names: the model knows nothing about who "Ann" is, but would
    find every text with a name in it near."""
    speakers: tuple[int, ...]
    """Codes of the speakers that it names and that the caller may see."""
    answer_flags: int
    """Which of TIME and FIRST_PERSON a text that answers it may be expected to have."""
    to_assistant: bool
    dates: tuple[Date | Span, ...]
    age: int
    """1 where it asks how things are now, -1 how they were at first, 0 where it does not say."""
    unreadable: float
    """Share of its letters that the model cannot read, 0 to 1."""


def read_question(text: str, view: View, mask: Mask, asked_at: float) -> Question:
    """Read `text`, asked at a time in Unix seconds, with what the visible bullets tell about speakers."""
    named = _speakers(text, view, mask)
    return Question(
        text=text,
        terms=dict(Counter(terms(text))),
        embedded=_without(text, named) if named else text,
        speakers=tuple(sorted({code for codes in named.values() for code in codes})),
        answer_flags=(
            (TIME if _WHEN.search(text) else 0) | (FIRST_PERSON if _FIRST_PERSON.search(text) else 0)
        ),
        to_assistant=_ASSISTANT.search(text) is not None,
        dates=dates(text, asked_at),
        age=1 if _NOW.search(text) else -1 if _THEN.search(text) else 0,
        unreadable=unspaced_share(text),
    )


def _speakers(text: str, view: View, mask: Mask) -> dict[str, tuple[int, ...]]:
    """For each word of `text` that names a speaker of a visible bullet the codes of those speakers."""
    known = view.speakers
    found: dict[str, tuple[int, ...]] = {}
    codes = view.codes("actor_id")
    for word in words(text):
        folded = word.casefold()
        # "Will" may be a name where "will" is none.
        if folded in NOBODY or (folded in _STOP_WORDS and not word[:1].isupper()):
            continue
        visible = tuple(code for code in known.get(folded, ()) if (mask & (codes == code)).any())
        if visible:
            found[word] = visible
    return found


def _without(text: str, named: Mapping[str, object]) -> str:
    pattern = "|".join(rf"\b{re.escape(word)}\b(?:['’]s)?" for word in named)
    rest = " ".join(re.sub(pattern, " ", text).split())
    return rest if any(map(str.isalnum, rest)) else text
