"""Why a result has its score: what each layer adds to it, and what time and place take away.

Nothing here is guessed from the formula: the same search is run with one layer more each time, and what
the score grows by is that layer's share. So the shares add up to the score. It takes a few times as long
as a search, and is done for people alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np

from ...knowledge.index import View
from ...knowledge.selection import Selection
from ..options import RetrievalSettings
from .generator import LAYERS, Embed, Found, Generator, Weigh

__all__ = ["explain"]

_ORDER = ("vector", *(layer for layer in LAYERS if layer != "vector"))
"""The meaning first: words are then weighed beside it, as they are in the end."""


def explain(
    settings: RetrievalSettings,
    text: str,
    found: Found,
    view: View,
    selection: Selection,
    embed: Embed,
    weigh: Weigh,
    asked_at: datetime | None = None,
) -> dict[str, dict[str, Any]]:
    """By id: `{"layers": {name: share of the score}, "weight", "decay", "recency", "scope"}`.

    The last three are the factors, at most 1, that are in the shares already; `weight` is decay's own.
    """
    everything = max(view.n, 1)
    before = dict.fromkeys(found.ids, 0.0)
    shares: dict[str, dict[str, float]] = {bullet_id: {} for bullet_id in found.ids}
    for count, layer in enumerate(_ORDER, 1):
        last = found
        if count < len(_ORDER):
            some = Generator(settings, _ORDER[:count])
            last = some.search(text, everything, view, selection, embed, weigh, asked_at)
        scores = dict(zip(last.ids, last.scores, strict=True))
        for bullet_id in found.ids:
            shares[bullet_id][layer] = round(scores.get(bullet_id, 0.0) - before[bullet_id], 4)
            before[bullet_id] = scores.get(bullet_id, 0.0)
    wanted = set(found.ids)
    slots = {view.ids[slot]: slot for slot in np.flatnonzero(view.alive).tolist() if view.ids[slot] in wanted}
    return {
        bullet_id: {
            "layers": shares[bullet_id],
            **_factors(settings, view, slots[bullet_id], selection, weigh),
        }
        for bullet_id in found.ids
        if bullet_id in slots
    }


def _factors(
    settings: RetrievalSettings, view: View, slot: int, selection: Selection, weigh: Weigh
) -> dict[str, float]:
    """Each factor by itself, as the quotient of what is left with it and without it."""
    generator, slots = Generator(settings), np.array([slot], np.intp)
    weights: list[float] = []

    def weighed(ages: Any, now: float) -> Any:
        weights.append(float(weigh(ages, now)[0]))
        return np.array(weights[-1:])

    recency = float(generator.shade(view, slots, Selection(), None)[0])
    here = float(generator.shade(view, slots, selection, None)[0])
    whole = float(generator.shade(view, slots, selection, weighed)[0])
    return {
        "weight": round(weights[0], 3),
        "decay": round(whole / here, 4),
        "recency": round(recency, 4),
        "scope": round(here / recency, 4),
    }
