"""L2: words of the question that no visible text has, by those that are written nearly like them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ...knowledge.index import View, bm25
from .question import Question

__all__ = ["FuzzyMatcher"]


class FuzzyMatcher:
    """Looks through the vocabulary for what L1 does not know."""

    def match(
        self, question: Question, unknown: Sequence[str], view: View, mask: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.float32] | None:
        """What the nearest known words add to L1's scores, shape (n,); None where there are none.

        They count by the square of their likeness.
        """
        added: npt.NDArray[np.float32] | None = None
        for term in unknown if mask.any() else ():
            for near, alike in view.postings.near(term):
                weight = question.terms[term] * alike**2
                found = bm25(view.postings, view.columns.lengths[: view.n], {near: weight}, mask)
                if not found.unknown:
                    # Only the likest that can be seen: the others are other words.
                    added = found.scores if added is None else added + found.scores
                    break
        return added
