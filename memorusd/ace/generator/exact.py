"""L1: the words of the question, wherever they occur."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...knowledge.index import Scored, View, bm25
from .question import Question

__all__ = ["ExactMatcher"]


class ExactMatcher:
    """BM25 over stemmed words, names of code as wholes and as parts, and pairs of wide letters."""

    def match(self, question: Question, view: View, mask: npt.NDArray[np.bool_]) -> Scored:
        """BM25 of every slot, and that of a perfect match."""
        return bm25(view.postings, view.columns.lengths[: view.n], question.terms, mask)
