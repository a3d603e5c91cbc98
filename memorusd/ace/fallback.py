"""The answer when the index cannot give one: the store, read through from end to end.

It shares no code with the index, so what broke that cannot break this. Slow (every row is read) and
plain: the cosine of the stored vectors, and the share of the question's words that a text holds.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable

from ..knowledge.embed import Vectors
from ..knowledge.selection import Selection
from ..knowledge.store import Store
from .generator import Found

__all__ = ["read_through"]

_WORD = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]|[^\W_]{3,}")


def read_through(
    store: Store, selection: Selection, query: str, k: int, embed: Callable[[str], Vectors | None]
) -> Found:
    """The `k` best bullets of the store that the selection allows."""
    vector = embed(query)
    words = set(_WORD.findall(query.casefold()))
    best: list[tuple[float, str]] = []
    candidates = 0
    for stored in store.load()[1]:
        bullet = stored.bullet
        if bullet.archived_at is not None or not selection.matches(bullet):
            continue
        candidates += 1
        text = bullet.text.casefold()
        score = sum(word in text for word in words) / max(1, len(words))
        if vector is not None and stored.vector is not None and stored.vector.shape == vector.shape:
            score = (score + max(0.0, float(stored.vector @ vector))) / 2
        if score > 0:
            best.append((min(1.0, score), bullet.id))
    ranked = heapq.nlargest(k, best)
    return Found([id for _, id in ranked], [score for score, _ in ranked], candidates, vector is not None)
