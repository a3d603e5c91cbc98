"""Merges what the layers find into one score, by one formula."""

from __future__ import annotations

import time
from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from ...knowledge.ages import Ages
from ...knowledge.bullet import GLOBAL
from ...knowledge.embed import Vectors
from ...knowledge.index import View, top_k
from ...knowledge.selection import Selection
from ..options import RetrievalSettings
from .conversation import ConversationScorer
from .exact import ExactMatcher
from .fuzzy import FuzzyMatcher
from .metadata import MetadataMatcher
from .query import DecayWeights, Query, Ranking
from .query_analysis import AnalysedQuery, analyse_query
from .vector import VectorSearcher

__all__ = ["LAYERS", "Generator"]

LAYERS = ("exact", "fuzzy", "metadata", "vector", "conversation")

Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]
Slots = npt.NDArray[np.intp]

_MIN_CANDIDATES = 64
"""The least number of candidates from each searching layer."""
_CANDIDATES_PER_RESULT = 2
"""The least number of them per requested result."""
_DAY = 86_400.0


class Generator:
    """Stateless: each call brings the view of the index that it searches."""

    def __init__(self, settings: RetrievalSettings, layers: Collection[str] = LAYERS) -> None:
        self._settings = settings
        self._layers = frozenset(layers)
        self._exact = ExactMatcher()
        self._fuzzy = FuzzyMatcher()
        self._metadata = MetadataMatcher()
        self._vector = VectorSearcher()
        self._conversation = ConversationScorer()

    def search(self, query: Query, view: View) -> Ranking:
        """The bullets of the view that answer the query best. Bullets with a score of 0 are left out.

        `query.embed` is called once, with the query's text or with the part that has a meaning for the model.
        """
        mask = view.select(query.selection)
        asked_at = query.asked_at.timestamp() if query.asked_at else time.time()
        analysed = analyse_query(query.text, view, mask, asked_at)
        vector = query.embed(analysed.embedded_text) if "vector" in self._layers else None
        count = max(_MIN_CANDIDATES, _CANDIDATES_PER_RESULT * query.limit)
        slots, scores = self._relevance(analysed, vector, count, view, mask)
        scores *= self.factors(view, slots, query.selection, query.decay_weights)
        # Of equal bullets the newer comes first: it is the likelier to be still true.
        best = np.lexsort((-view.columns.created[slots], -scores))[: query.limit]
        best = best[scores[best] > 0]
        return Ranking(
            [view.ids[slot] for slot in slots[best]],
            np.clip(scores[best], 0.0, 1.0).tolist(),
            int(np.count_nonzero(mask)),
            vector is not None or "vector" not in self._layers,
        )

    def factors(
        self, view: View, slots: Slots, selection: Selection, decay_weights: DecayWeights | None
    ) -> Scores:
        """decay * recency * scope of each slot: at most 1, and never so low that it outweighs relevance."""
        settings, now = self._settings, time.time()
        created, recalled, count = view.ages
        ages = Ages(created[slots], recalled[slots], count[slots])
        factors = np.ones(len(slots))
        if decay_weights is not None:
            factors -= settings.decay_influence * (1.0 - decay_weights(ages, now))
        recent = now - ages.created <= settings.recency_boost_days * _DAY
        factors *= np.where(recent, 1.0, 1.0 / settings.recency_boost_factor)
        if selection.scope not in (None, GLOBAL):
            own = view.codes("scope")[slots] == view.code("scope", selection.scope)
            factors *= np.where(own, 1.0, 1.0 / settings.scope_boost)
        return factors

    def _relevance(
        self, query: AnalysedQuery, vector: Vectors | None, count: int, view: View, mask: Mask
    ) -> tuple[Slots, Scores]:
        """The candidates (ascending; `count` of each searching layer) and their relevance, 0 to 1."""
        keyword, perfect = self._keyword(query, view, mask)
        matching = np.flatnonzero(keyword > 0)
        chosen = np.zeros(view.n, np.bool_)
        chosen[matching[top_k(keyword[matching], count)]] = True
        if vector is not None:
            chosen[self._vector.candidates(vector, count, view, mask)] = True
        slots = np.flatnonzero(chosen)
        conversations = "conversation" in self._layers
        if conversations:
            slots = self._conversation.with_neighbours(view, mask, slots)
        scores = self._merge(query, vector, keyword[slots].astype(np.float64) / perfect, view, slots)
        if "metadata" in self._layers:
            scores *= self._metadata.match(query, view, mask, slots)
        scores = np.minimum(scores, 1.0)
        if conversations and len(slots):
            scores = self._conversation.rescore(view, slots, scores)
        return slots, scores

    def _keyword(self, query: AnalysedQuery, view: View, mask: Mask) -> tuple[npt.NDArray[np.float32], float]:
        """(L1 and L2 of each slot, shape (n,); the score of a perfect match of average length)."""
        if "exact" not in self._layers:
            return np.zeros(view.n, np.float32), 1.0
        exact = self._exact.match(query, view, mask)
        scores = exact.scores
        if "fuzzy" in self._layers and exact.unknown:
            added = self._fuzzy.match(query, exact.unknown, view, mask)
            scores = scores if added is None else scores + added
        return scores, max(exact.perfect, 1e-9)

    def _merge(
        self, query: AnalysedQuery, vector: Vectors | None, keyword: Scores, view: View, slots: Slots
    ) -> Scores:
        """The weighted mean of both scores; meaning counts as far as the model can read the query."""
        keyword_weight = self._settings.keyword_weight
        if vector is None or not len(slots):
            return keyword
        semantic_weight = self._settings.semantic_weight * (1.0 - query.unreadable_share) ** 2
        # A bullet without a vector is judged by its words alone.
        semantic_weights = np.where(view.has_vector[slots], semantic_weight, 0.0)
        both = keyword_weight * keyword + semantic_weights * self._vector.cosines(vector, view, slots)
        return both / np.maximum(keyword_weight + semantic_weights, 1e-9)
