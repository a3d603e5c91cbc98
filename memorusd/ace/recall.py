"""The way out, top to bottom: a question becomes the right few bullets.

    index brought up to date → Generator (four layers, one formula) → bullets from the store → trimmer

Nothing here fails for want of a model: without one, words and metadata answer (`degraded`). If the
index itself breaks, the store is read through (`fallback`) while the index is made anew; and while a
very large one is loaded at the start, what is loaded so far answers (`fallback`, too).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from memorus_proto.errors import EmbeddingError, MemorusError

from ..knowledge.ages import Ages
from ..knowledge.embed import Embedder, Vectors
from ..knowledge.index import Index
from ..knowledge.selection import Selection
from ..knowledge.store import Store
from .decay import decay
from .fallback import scan_store
from .generator import Generator, Query, Ranking, explain
from .options import DecaySettings, RetrievalSettings
from .serializers import as_memory
from .tokens import trim

__all__ = ["recall"]

logger = logging.getLogger(__name__)

_DEFAULTS = RetrievalSettings()
_DECAY = DecaySettings()

_PATIENCE = 5.0
"""Seconds that a search waits for a large index to be loaded, before it answers from what is there."""


def recall(
    params: Mapping[str, Any],
    selection: Selection,
    limit: int,
    store: Store,
    index: Index,
    embedder: Embedder,
    settings: RetrievalSettings = _DEFAULTS,
    fading: DecaySettings = _DECAY,
) -> dict[str, Any]:
    """Answer a search with at most `limit` memories, best first, each with a `score` from 0 to 1.

    `params` are those of `memory.search`, validated. The envelope `ace_search` has `mode` (full, degraded
    or fallback), where it is not full `reason`, `total_candidates` (memories that the selection
    allows) and `tokens` (of all results).
    """
    threshold = params["threshold"] or 0.0
    reasons: list[str] = []

    def embed(text: str) -> Vectors | None:
        try:
            return embedder.embed_query(text)
        except EmbeddingError as error:
            reasons.append(f"no embedding: {error.message}")
            return None

    def weigh(ages: Ages, now: float) -> Any:
        return decay(ages, now, fading).weight

    query = Query(params["query"], limit, selection, embed, weigh, params["asked_at"])
    found, mode = _find(query, store, index, settings, reasons)
    bullets = store.get_many(found.ids)
    results: list[dict[str, Any]] = []
    for bullet_id, score in zip(found.ids, found.scores, strict=True):
        bullet = bullets.get(bullet_id)
        # The selection again: a bullet may have changed since it was indexed.
        if bullet is None or bullet.archived_at is not None or not selection.matches(bullet):
            continue
        if score >= threshold:
            results.append(as_memory(bullet) | {"score": score})
    if params.get("explain"):
        why = {} if mode == "fallback" else explain(settings, query, found, index.view(_PATIENCE))
        results = [result | {"explain": why.get(result["id"])} for result in results]
    kept, tokens = trim([result["memory"] for result in results], settings.token_budget)
    envelope = {"mode": mode, "total_candidates": found.candidates, "tokens": tokens}
    if reasons:
        envelope["reason"] = "; ".join(reasons)
    return {"results": results[:kept], "ace_search": envelope}


def _find(
    query: Query, store: Store, index: Index, settings: RetrievalSettings, reasons: list[str]
) -> tuple[Ranking, str]:
    try:
        view = index.view(_PATIENCE)
        found = Generator(settings).search(query, view)
    except MemorusError:
        raise
    except Exception as error:
        # Not the caller's fault nor the store's: the index is derived, so it can be done without.
        # Its message might quote the question, which no log may hold.
        logger.error("the index failed (%s); it is made anew", type(error).__name__)
        reasons.append(f"the index failed ({type(error).__name__}) and is being made anew")
        index.rebuild_in_background()
        return scan_store(store, query), "fallback"
    if not view.complete:
        reasons.append(f"the index is being loaded: {view.n} of {store.count()} memories so far")
        return found, "fallback"
    if not found.embedded:
        return found, "degraded"
    missing = view.missing_vectors
    if missing:
        reasons.append(f"{missing} memories wait for their vectors")
    return found, "degraded" if missing else "full"
