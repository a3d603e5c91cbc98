"""Analyses the text of a query: whom and when it is about, and what kind of text would answer it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...knowledge.index import HAS_FIRST_PERSON, HAS_TIME, View
from ...text import cues
from ...text.dates import Date, dates
from ...text.relative_dates import Span
from ...text.scripts import unspaced_share
from ...text.stopwords import STOP_WORDS
from ...text.tokens import terms, words

__all__ = ["AnalysedQuery", "analyse_query"]

_STOP_WORDS = STOP_WORDS["en"]

_WHEN = cues.cue_pattern(cues.WHEN)
_NOW = cues.cue_pattern(cues.NOW)
_FORMER = cues.cue_pattern(cues.FORMER)
_ASSISTANT = cues.cue_pattern(cues.ASSISTANT)
_FIRST_PERSON = cues.cue_pattern(cues.FIRST_PERSON, ignore_case=False)

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AnalysedQuery:
    """What a query asks for."""

    text: str
    terms: Mapping[str, float]
    """The weight of each of its terms."""
    embedded_text: str
    """The text without the speakers it names. The model does not know who "Ann" is, and would find any text
    with a name in it near."""
    speakers: tuple[int, ...]
    """Codes of the speakers that it names and whose bullets the caller may see."""
    answer_flags: int
    """The features that a text that answers it is likely to have: HAS_TIME, HAS_FIRST_PERSON, both or 0."""
    to_assistant: bool
    """Whether it asks for what the assistant said."""
    dates: tuple[Date | Span, ...]
    age: int
    """1 if it asks how things are now, -1 if it asks how they were at first, else 0."""
    unreadable_share: float
    """Share of its letters that the model cannot read, 0 to 1."""


def analyse_query(text: str, view: View, mask: Mask, asked_at: float) -> AnalysedQuery:
    """Analyse `text`, asked at a time in Unix seconds. Speakers are those of the bullets in `mask`."""
    named = _named_speakers(text, view, mask)
    return AnalysedQuery(
        text=text,
        terms=dict(Counter(terms(text))),
        embedded_text=_without(text, named) if named else text,
        speakers=tuple(sorted({code for codes in named.values() for code in codes})),
        answer_flags=(
            (HAS_TIME if _WHEN.search(text) else 0) | (HAS_FIRST_PERSON if _FIRST_PERSON.search(text) else 0)
        ),
        to_assistant=_ASSISTANT.search(text) is not None,
        dates=dates(text, asked_at),
        age=1 if _NOW.search(text) else -1 if _FORMER.search(text) else 0,
        unreadable_share=unspaced_share(text),
    )


def _named_speakers(text: str, view: View, mask: Mask) -> dict[str, tuple[int, ...]]:
    """For each word of `text` that names a speaker of a visible bullet, the codes of those speakers."""
    named: dict[str, tuple[int, ...]] = {}
    codes = view.codes("actor_id")
    for word in words(text):
        folded = word.casefold()
        # "Will" may be a name; "will" is not.
        if folded in cues.ROLE_NAMES or (folded in _STOP_WORDS and not word[:1].isupper()):
            continue
        visible = tuple(code for code in view.speakers.get(folded, ()) if (mask & (codes == code)).any())
        if visible:
            named[word] = visible
    return named


def _without(text: str, named: Mapping[str, object]) -> str:
    """`text` without these words, unless nothing would be left."""
    pattern = "|".join(rf"\b{re.escape(word)}\b(?:['’]s)?" for word in named)
    rest = " ".join(re.sub(pattern, " ", text).split())
    return rest if any(map(str.isalnum, rest)) else text
