"""L3: what is known about a bullet beside its text, as far as the query mentions it.

A bullet's labels are its tools, entities and tags. The query's labels are those of any visible bullet that
occur in it word for word. The agreement of both is their Jaccard index.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...knowledge.index import HAS_FIRST_PERSON, HAS_TIME, View
from ...text.tokens import terms
from .date_fit import date_fit
from .query_analysis import AnalysedQuery

__all__ = ["MetadataMatcher"]

Mask = npt.NDArray[np.bool_]
Factors = npt.NDArray[np.float64]
Slots = npt.NDArray[np.intp]

_DAY = 86_400.0
_MAX_LABEL_TERMS = 4
"""Longer labels are not searched for."""

LABEL_BOOST = 0.3
"""Added for agreement on all labels."""
DATE_BOOST = 0.5
"""Added for a bullet from a time that the query names."""
AGE_BOOST = 0.3
"""Added for the newest bullet if the query asks how things are, for the oldest if it asks how they were."""
ANSWER_BOOST = 0.2
"""Added for each feature that an answer is likely to have: a time for "when", a first person for "my"."""
OTHER_SPEAKER = 0.65
"""Factor for the words of other speakers if the query names a speaker."""
ASSISTANT = 0.45
"""Factor for the assistant's words, which mostly repeat and advise, unless the query asks for them."""


class MetadataMatcher:
    """Factors that adjust relevance. None of them makes an irrelevant bullet relevant."""

    def match(self, query: AnalysedQuery, view: View, mask: Mask, slots: Slots) -> Factors:
        """The factor of each slot, shape of `slots`."""
        columns = view.columns
        factors = 1.0 + LABEL_BOOST * self._label_agreement(query, view, mask, slots)
        flags = columns.flags[slots]
        for flag in (HAS_TIME, HAS_FIRST_PERSON):
            if query.answer_flags & flag:
                factors *= np.where(flags & flag, 1.0 + ANSWER_BOOST, 1.0)
        if query.dates:
            factors *= 1.0 + DATE_BOOST * date_fit(query.dates, columns.created[slots])
        if query.age and len(slots):
            factors *= 1.0 + AGE_BOOST * _freshness(columns.created[slots], query.age)
        if query.speakers:
            speakers = view.codes("actor_id")[slots]
            nobody = view.code("actor_id", None)
            others = ~np.isin(speakers, query.speakers) & (speakers != nobody)
            factors *= np.where(others, OTHER_SPEAKER, 1.0)
        assistant = view.code("role", "assistant")
        if assistant is not None and not query.to_assistant:
            factors *= np.where(view.codes("role")[slots] == assistant, ASSISTANT, 1.0)
        return factors

    def _label_agreement(self, query: AnalysedQuery, view: View, mask: Mask, slots: Slots) -> Factors:
        shared = np.zeros(view.n, np.int32)
        mentioned = 0
        for key in _label_keys(terms(query.text)):
            if key in view.labels and len(holders := view.labels.lookup([key], mask)[0]):
                shared[holders] += 1
                mentioned += 1
        if not mentioned:
            return np.zeros(len(slots))
        common = shared[slots]
        return common / (mentioned + view.columns.label_count[slots] - common)


def _label_keys(query_terms: list[str]) -> set[str]:
    """All sequences of up to _MAX_LABEL_TERMS terms, as keys of labels."""
    return {
        " ".join(query_terms[i : i + size])
        for size in range(1, _MAX_LABEL_TERMS + 1)
        for i in range(len(query_terms) - size + 1)
    }


def _freshness(created: Factors, direction: int) -> Factors:
    """From 0 for the oldest to 1 for the newest; the other way round for direction -1.

    Differences within a day hardly count.
    """
    span = max(float(created.max() - created.min()), _DAY)
    fresh: Factors = (created - created.min() if direction > 0 else created.max() - created) / span
    return fresh
