"""L1: the words of the query, wherever they occur."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...knowledge.index import KeywordScores, View, bm25_scores
from .query_analysis import AnalysedQuery

__all__ = ["ExactMatcher"]


class ExactMatcher:
    """BM25 over stemmed words, names in code (as a whole and in parts) and pairs of CJK letters."""

    def match(self, query: AnalysedQuery, view: View, mask: npt.NDArray[np.bool_]) -> KeywordScores:
        """BM25 of each slot that `mask`, shape (n,), allows, and that of a perfect match."""
        return bm25_scores(view.postings, view.term_counts, query.terms, mask)
