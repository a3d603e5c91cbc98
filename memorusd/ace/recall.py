"""The way out, top to bottom: a question becomes the right few bullets.

The vector layer answers alone until the lexical layers stand beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..knowledge.embed import Embedder
from ..knowledge.index import Hit, Index
from ..knowledge.selection import Selection
from ..knowledge.store import Store
from .tokens import count_tokens
from .views import as_memory

__all__ = ["recall"]

_OVERFETCH = 4
"""How many times more is fetched when metadata, which the index does not hold, restricts too."""


def recall(
    params: Mapping[str, Any],
    selection: Selection,
    limit: int,
    store: Store,
    index: Index,
    embedder: Embedder,
) -> dict[str, Any]:
    """Answer a search with at most `limit` memories, best first, each with a `score` from 0 to 1.

    `params` are those of `memory.search`, validated.
    """
    query = embedder.embed_query(params["query"])
    threshold = params["threshold"] or 0.0
    hits, candidates = index.search(query, limit * _OVERFETCH if selection.metadata else limit, selection)
    results = _collect(hits, threshold, selection, limit, store)
    # Metadata is decided on the bullets themselves, so a selective filter may need all of them.
    if selection.metadata and len(results) < limit and len(hits) < candidates:
        hits, _ = index.search(query, candidates, selection)
        results = _collect(hits, threshold, selection, limit, store)
    return {
        "results": results,
        "ace_search": {
            # While vectors are being made anew, some bullets cannot be found: say so.
            "mode": "degraded" if index.missing_vectors() else "full",
            "total_candidates": candidates,
            "tokens": sum(count_tokens(result["memory"]) for result in results),
        },
    }


def _collect(
    hits: list[Hit], threshold: float, selection: Selection, limit: int, store: Store
) -> list[dict[str, Any]]:
    bullets = store.get_many([hit.bullet_id for hit in hits])
    results: list[dict[str, Any]] = []
    for hit in hits:
        bullet = bullets.get(hit.bullet_id)
        score = min(1.0, max(0.0, hit.cosine))
        # The full selection again: a bullet may have changed since it was indexed.
        if bullet is not None and score >= threshold and selection.matches(bullet):
            results.append(as_memory(bullet) | {"score": score})
            if len(results) == limit:
                break
    return results
