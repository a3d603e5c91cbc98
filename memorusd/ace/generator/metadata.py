"""L3: what is known about a bullet beside its text, where the question speaks of it.

Labels are its tools, entities and tags; the question's are those that some visible bullet has and
that occur in it word for word. How well both agree is their Jaccard index.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...knowledge.index import FIRST_PERSON, TIME, View
from ...text.tokens import terms
from .nearness import nearness
from .question import Question

__all__ = ["MetadataMatcher"]

Mask = npt.NDArray[np.bool_]
Factors = npt.NDArray[np.float64]
Slots = npt.NDArray[np.intp]

_DAY = 86_400.0
_LONGEST_LABEL = 4
"""Terms of the longest label that is looked for."""

LABEL_BOOST = 0.3
"""What agreeing on all labels adds,"""
DATE_BOOST = 0.5
"""being made at a time that the question names,"""
AGE_BOOST = 0.3
"""being the newest where it asks how things are now, or the oldest where it asks how they were,"""
ANSWER_BOOST = 0.2
"""and each trait that an answer may be expected to have (a time for "when", a first person for "my")."""
OTHER_SPEAKER = 0.65
"""What somebody else's words count for when the question names a speaker,"""
ASSISTANT = 0.45
"""and the assistant's, which mostly repeat and advise, unless it is asked for them."""


class MetadataMatcher:
    """Factors that shade relevance; none makes an irrelevant bullet relevant."""

    def match(self, question: Question, view: View, mask: Mask, slots: Slots) -> Factors:
        """The factor of each of `slots`, shape of `slots`."""
        columns = view.columns
        factors = 1.0 + LABEL_BOOST * self._labels(question, view, mask, slots)
        flags = columns.flags[slots]
        for flag in (TIME, FIRST_PERSON):
            if question.answer_flags & flag:
                factors *= np.where(flags & flag, 1.0 + ANSWER_BOOST, 1.0)
        if question.dates:
            factors *= 1.0 + DATE_BOOST * nearness(question.dates, columns.created[slots])
        if question.age and len(slots):
            factors *= 1.0 + AGE_BOOST * _freshness(columns.created[slots], question.age)
        if question.speakers:
            speakers = view.codes("actor_id")[slots]
            nobody = view.code("actor_id", None)
            others = ~np.isin(speakers, question.speakers) & (speakers != nobody)
            factors *= np.where(others, OTHER_SPEAKER, 1.0)
        assistant = view.code("role", "assistant")
        if assistant is not None and not question.to_assistant:
            factors *= np.where(view.codes("role")[slots] == assistant, ASSISTANT, 1.0)
        return factors

    def _labels(self, question: Question, view: View, mask: Mask, slots: Slots) -> Factors:
        shared = np.zeros(view.n, np.int32)
        asked = 0
        for key in _runs(terms(question.text)):
            if key in view.labels and len(holders := view.labels.find([key], mask)[0]):
                shared[holders] += 1
                asked += 1
        if not asked:
            return np.zeros(len(slots))
        common = shared[slots]
        return common / (asked + view.columns.labels[slots] - common)


def _runs(asked: list[str]) -> set[str]:
    """Runs of up to _LONGEST_LABEL terms, as keys of labels."""
    return {
        " ".join(asked[i : i + size])
        for size in range(1, _LONGEST_LABEL + 1)
        for i in range(len(asked) - size + 1)
    }


def _freshness(created: Factors, direction: int) -> Factors:
    """From 0 for the one end of time to 1 for the other; what is of one day is of one age."""
    span = max(float(created.max() - created.min()), _DAY)
    fresh: Factors = (created - created.min() if direction > 0 else created.max() - created) / span
    return fresh
