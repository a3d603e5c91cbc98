"""The way out, top to bottom: a question becomes the right few bullets.

    index brought up to date → Generator (four layers, one formula) → bullets from the store → trimmer

A missing model never makes a search fail: words and metadata answer then (`degraded`). If the index itself
fails, the store is scanned (`fallback`) while the index is rebuilt; and while a very large index is being
loaded at the start, the part that is loaded answers (also `fallback`).
"""

from __future__ import annotations

import logging

import numpy as np
import numpy.typing as npt

from memorus_proto.errors import EmbeddingError, MemorusError

from ..knowledge.ages import Ages
from ..knowledge.embed import Embedder, Vectors
from ..knowledge.index import Index, View
from ..knowledge.selection import Selection
from ..knowledge.store import Store
from ..requests import Json, SearchRequest
from .decay import decay
from .fallback import scan_store
from .generator import Generator, Query, Ranking, explain
from .options import DecaySettings, RetrievalSettings
from .serializers import as_memory
from .token_budget import trim

__all__ = ["Recall"]

logger = logging.getLogger(__name__)

_DEFAULTS = RetrievalSettings()
_DEFAULT_DECAY = DecaySettings()

_PATIENCE = 5.0
"""Seconds that a search waits for a large index to be loaded before the loaded part answers."""


class Recall:
    """The pipeline over one store. Thread-safe."""

    def __init__(
        self, store: Store, embedder: Embedder, decay_settings: DecaySettings = _DEFAULT_DECAY
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._decay_settings = decay_settings

    def answer(
        self,
        request: SearchRequest,
        selection: Selection,
        index: Index,
        settings: RetrievalSettings = _DEFAULTS,
        seq: int | None = None,
    ) -> Json:
        """Answer a search with at most `request.limit` memories, best first.

        `seq` is what the store's `refresh` has just returned, if the caller has called it.

        Returns `{"results": [...], "ace_search": {...}}`. Each result has a `score` from 0 to 1. The envelope
        has the `mode` (full, degraded or fallback), the `reason` if it is not full, `total_candidates`
        (memories that the selection allows) and `tokens` (of all results).

        Raises:
            InvalidRequest: the filters are wrong.
            StoreError: the store cannot be read.
        """
        reasons: list[str] = []
        query = self._query(request, selection, settings, reasons)
        ranking, mode, view = self._rank(query, index, settings, seq, reasons)
        bullets = self._store.get_many(ranking.ids)
        results: list[Json] = []
        for bullet_id, score in zip(ranking.ids, ranking.scores, strict=True):
            bullet = bullets.get(bullet_id)
            # The selection is checked again, because a bullet may have changed since it was indexed.
            if bullet is None or bullet.archived_at is not None or not selection.matches(bullet):
                continue
            if score >= (request.threshold or 0.0):
                results.append(as_memory(bullet) | {"score": score})
        if request.explain:
            why = {} if view is None else explain(settings, query, ranking, view)
            results = [result | {"explain": why.get(result["id"])} for result in results]
        kept, tokens = trim([result["memory"] for result in results], settings.token_budget)
        envelope: Json = {"mode": mode, "total_candidates": ranking.candidates, "tokens": tokens}
        if reasons:
            envelope["reason"] = "; ".join(reasons)
        return {"results": results[:kept], "ace_search": envelope}

    def _query(
        self,
        request: SearchRequest,
        selection: Selection,
        settings: RetrievalSettings,
        reasons: list[str],
    ) -> Query:
        def embed(text: str) -> Vectors | None:
            try:
                return self._embedder.embed_query(text)
            except EmbeddingError as error:
                reasons.append(f"no embedding: {error}")
                return None

        def weights(ages: Ages, now: float) -> npt.NDArray[np.float64]:
            return decay(ages, now, self._decay_settings).weight

        limit = request.limit or settings.max_results
        return Query(request.query, limit, selection, embed, weights, request.asked_at)

    def _rank(
        self, query: Query, index: Index, settings: RetrievalSettings, seq: int | None, reasons: list[str]
    ) -> tuple[Ranking, str, View | None]:
        """(the ranking, its mode, the view it is from if that is complete)."""
        try:
            view = index.view(_PATIENCE, seq)
            ranking = Generator(settings).search(query, view)
        except MemorusError:
            raise
        except Exception as error:
            # Not the caller's fault nor the store's: the index is derived, so the search can do without it.
            # The message might quote the question, which must not be logged.
            logger.error("the index failed (%s); it is being rebuilt", type(error).__name__)
            reasons.append(f"the index failed ({type(error).__name__}) and is being rebuilt")
            index.rebuild_in_background()
            return scan_store(self._store, query), "fallback", None
        if not view.complete:
            loaded = f"{view.n} of {self._store.count()} memories so far"
            reasons.append(f"the index is being loaded: {loaded}")
            return ranking, "fallback", None
        if not ranking.embedded:
            return ranking, "degraded", view
        missing = view.missing_vectors
        if missing:
            reasons.append(f"{missing} memories wait for their vectors")
        return ranking, "degraded" if missing else "full", view
