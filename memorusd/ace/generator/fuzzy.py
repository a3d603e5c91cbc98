"""L2: similar words in place of those words of the query that no visible text has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ...knowledge.index import View, bm25_scores
from .query_analysis import AnalysedQuery

__all__ = ["FuzzyMatcher"]


class FuzzyMatcher:
    """Finds words that are spelt like the unknown ones."""

    def match(
        self, query: AnalysedQuery, unknown: Sequence[str], view: View, mask: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.float32] | None:
        """What similar words add to L1's scores, shape (n,); None if there are no similar words.

        A similar word counts by the square of its similarity.
        """
        added: npt.NDArray[np.float32] | None = None
        for term in unknown if mask.any() else ():
            for similar, similarity in view.postings.similar_terms(term):
                weight = query.terms[term] * similarity**2
                result = bm25_scores(view.postings, view.term_counts, {similar: weight}, mask)
                if not result.unknown:
                    # Only the most similar visible word counts: the others are different words.
                    added = result.scores if added is None else added + result.scores
                    break
        return added
