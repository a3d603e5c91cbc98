"""What surrounds a hit in its conversation counts too.

The turn after a question answers it, often in words that have nothing to do with it ("Rex!"); and of
two equal hits the one from the conversation that is about the matter is the likelier. Both are added
as independent evidence: 1 - (1 - own) * (1 - shared), which never leaves [0, 1].
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...knowledge.index import View

__all__ = ["Conversation"]

Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]
Slots = npt.NDArray[np.intp]

INHERITED = 0.6
"""How much of a question's relevance its answer has,"""
SHORT = 20
"""for questions of up to so many words; of longer ones proportionally less."""
SHARED = 0.4
"""How much of the relevance of the best BEST other turns of its conversation a turn has."""
BEST = 2
ASKING = 0.2
"""What a text loses that is a question itself."""


class Conversation:
    """Turns of one run, in their order."""

    def around(self, view: View, mask: Mask, slots: Slots) -> Slots:
        """`slots` and what may share relevance with them, ascending, each once."""
        columns = view.columns
        asking = slots[columns.asking[slots] > 0]
        wider = _with(slots, columns.following[asking], mask)
        return _with(wider, columns.previous[wider], mask)

    def share(self, view: View, slots: Slots, scores: Scores) -> Scores:
        """The scores of `slots` (ascending) with what they have from their conversations."""
        columns = view.columns
        missing = 1.0 - scores * (1.0 - ASKING * columns.asking[slots])
        runs = columns.run[slots]
        if (runs >= 0).any():
            missing *= 1.0 - INHERITED * self._inherited(view, slots, scores)
            missing *= 1.0 - SHARED * self._shared(runs, scores)
        return 1.0 - missing

    @staticmethod
    def _inherited(view: View, slots: Slots, scores: Scores) -> Scores:
        columns = view.columns
        previous = columns.previous[slots]
        place = np.searchsorted(slots, previous)
        place[place == len(slots)] = 0
        known = (previous >= 0) & (slots[place] == previous)
        known &= columns.asking[slots[place]] > 0
        assistant = view.code("role", "assistant")
        if assistant is not None:
            # An assistant answers everything; what it says is worth no more for that.
            known &= view.codes("role")[slots] != assistant
        length = np.maximum(columns.spoken[slots[place]], 1)
        return np.where(known, scores[place] * np.minimum(1.0, SHORT / length), 0.0)

    @staticmethod
    def _shared(runs: npt.NDArray[np.int32], scores: Scores) -> Scores:
        order = np.lexsort((-scores, runs))
        ordered, best = runs[order], scores[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        sizes = np.diff(np.r_[starts, len(ordered)])
        rank = np.arange(len(ordered)) - np.repeat(starts, sizes)
        best_few = np.repeat(np.add.reduceat(np.where(rank < BEST, best, 0.0), starts), sizes)
        one_more = np.repeat(np.add.reduceat(np.where(rank == BEST, best, 0.0), starts), sizes)
        others = np.where(rank < BEST, best_few + one_more - best, best_few)
        means = others / np.maximum(np.minimum(np.repeat(sizes, sizes) - 1, BEST), 1)
        shared = np.empty(len(runs))
        shared[order] = np.where(ordered >= 0, means, 0.0)
        return shared


def _with(slots: Slots, linked: npt.NDArray[np.int32], mask: Mask) -> Slots:
    """`slots` and those of `linked` that may be seen, ascending, each once."""
    linked = linked[(linked >= 0) & (linked < len(mask))]
    linked = linked[mask[linked]]
    if not len(linked):
        return slots
    chosen = np.zeros(len(mask), np.bool_)
    chosen[slots] = chosen[linked] = True
    return np.flatnonzero(chosen)
