"""The answer to a search when the index cannot give one: a scan of the whole store.

It shares no code with the index, so what broke the index cannot break it. It is slow (every row is read) and
simple: the cosine of the stored vectors, and the share of the query's words that a text contains.
"""

from __future__ import annotations

import heapq
import re

from ..knowledge.store import Store
from ..text.scripts import CJK
from .generator import Query, Ranking

__all__ = ["scan_store"]

_WORD = re.compile(rf"[{CJK}]|[^\W_]{{3,}}")


def scan_store(store: Store, query: Query) -> Ranking:
    """The bullets of the store that answer the query best.

    Raises StoreError if the store cannot be read.
    """
    vector = query.embed(query.text)
    words = set(_WORD.findall(query.text.casefold()))
    best: list[tuple[float, str]] = []
    candidates = 0
    for stored in store.load()[1]:
        bullet = stored.bullet
        if bullet.archived_at is not None or not query.selection.matches(bullet):
            continue
        candidates += 1
        text = bullet.text.casefold()
        score = sum(word in text for word in words) / max(1, len(words))
        if vector is not None and stored.vector is not None and stored.vector.shape == vector.shape:
            score = (score + max(0.0, float(stored.vector @ vector))) / 2
        if score > 0:
            best.append((min(1.0, score), bullet.id))
    ranked = heapq.nlargest(query.limit, best)
    return Ranking([id for _, id in ranked], [score for score, _ in ranked], candidates, vector is not None)
