"""Adds to the relevance of a bullet what the other turns of its conversation contribute.

The turn after a question answers it, often in words that have nothing to do with it ("Rex!"). And of two
equal hits, the one from a conversation about the topic is the likelier answer. Both count as independent
evidence: 1 - (1 - own) * (1 - shared), which stays within [0, 1].
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...knowledge.index import View

__all__ = ["ConversationScorer"]

Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]
Slots = npt.NDArray[np.intp]

INHERITED = 0.6
"""The share of a question's relevance that the turn after it gets."""
SHORT_QUESTION = 20
"""Words of a question up to which that holds; the turn after a longer one gets proportionally less."""
SHARED = 0.4
"""The share of the mean relevance of the best other turns of its conversation that a turn gets."""
BEST_TURNS = 2
"""How many other turns that mean is taken over, at most."""
QUESTION_PENALTY = 0.2
"""The share that a text loses if all of it is a question."""


class ConversationScorer:
    """Works on the turns of each run, in their order."""

    def with_neighbours(self, view: View, mask: Mask, slots: Slots) -> Slots:
        """`slots` and the turns that may share relevance with them, ascending, each once."""
        columns = view.columns
        questions = slots[columns.question_share[slots] > 0]
        answered = _union(slots, columns.following[questions], mask)
        return _union(answered, columns.previous[answered], mask)

    def rescore(self, view: View, slots: Slots, scores: Scores) -> Scores:
        """The scores of `slots` (ascending) with the contributions of their conversations."""
        columns = view.columns
        missing = 1.0 - scores * (1.0 - QUESTION_PENALTY * columns.question_share[slots])
        runs = columns.run[slots]
        if (runs >= 0).any():
            missing *= 1.0 - INHERITED * self._inherited(view, slots, scores)
            missing *= 1.0 - SHARED * self._shared(runs, scores)
        return 1.0 - missing

    @staticmethod
    def _inherited(view: View, slots: Slots, scores: Scores) -> Scores:
        """What each slot gets from a question just before it."""
        columns = view.columns
        previous = columns.previous[slots]
        place = np.searchsorted(slots, previous)
        place[place == len(slots)] = 0
        known = (previous >= 0) & (slots[place] == previous)
        known &= columns.question_share[slots[place]] > 0
        assistant = view.code("role", "assistant")
        if assistant is not None:
            # An assistant replies to everything, so its turn is not more relevant for that.
            known &= view.codes("role")[slots] != assistant
        length = np.maximum(columns.word_count[slots[place]], 1)
        return np.where(known, scores[place] * np.minimum(1.0, SHORT_QUESTION / length), 0.0)

    @staticmethod
    def _shared(runs: npt.NDArray[np.int32], scores: Scores) -> Scores:
        """The mean score of the best other turns in the run of each slot; 0 outside runs."""
        order = np.lexsort((-scores, runs))
        ordered, ranked = runs[order], scores[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        sizes = np.diff(np.r_[starts, len(ordered)])
        rank = np.arange(len(ordered)) - np.repeat(starts, sizes)
        best_few = np.repeat(np.add.reduceat(np.where(rank < BEST_TURNS, ranked, 0.0), starts), sizes)
        next_best = np.repeat(np.add.reduceat(np.where(rank == BEST_TURNS, ranked, 0.0), starts), sizes)
        others = np.where(rank < BEST_TURNS, best_few + next_best - ranked, best_few)
        means = others / np.maximum(np.minimum(np.repeat(sizes, sizes) - 1, BEST_TURNS), 1)
        shared = np.empty(len(runs))
        shared[order] = np.where(ordered >= 0, means, 0.0)
        return shared


def _union(slots: Slots, linked: npt.NDArray[np.int32], mask: Mask) -> Slots:
    """`slots` and those of `linked` that `mask` allows, ascending, each once."""
    linked = linked[(linked >= 0) & (linked < len(mask))]
    linked = linked[mask[linked]]
    if not len(linked):
        return slots
    chosen = np.zeros(len(mask), np.bool_)
    chosen[slots] = chosen[linked] = True
    return np.flatnonzero(chosen)
