"""Explains the score of each result: what each layer adds, and the factors for age and scope.

The same search is run with one more layer each time, and the growth of the score is that layer's share. So
the shares add up to the score. This takes several times as long as a search, so it is only done on request.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...knowledge.ages import Ages
from ...knowledge.index import View
from ...knowledge.selection import Selection
from ..options import RetrievalSettings
from .generator import LAYERS, Generator
from .query import Query, Ranking

__all__ = ["explain"]

_ORDER = ("vector", *(layer for layer in LAYERS if layer != "vector"))
"""The vector comes first, because the weight of the words depends on whether there is one."""


def explain(
    settings: RetrievalSettings, query: Query, ranking: Ranking, view: View
) -> dict[str, dict[str, Any]]:
    """By id: `{"layers": {name: share of the score}, "weight", "decay", "recency", "scope"}`.

    The last three are factors, at most 1, which the shares already include; `weight` is decay's weight.
    `query` needs `decay_weights`.
    """
    everything = replace(query, limit=max(view.n, 1))
    before = dict.fromkeys(ranking.ids, 0.0)
    shares: dict[str, dict[str, float]] = {bullet_id: {} for bullet_id in ranking.ids}
    for count, layer in enumerate(_ORDER, 1):
        result = ranking
        if count < len(_ORDER):
            result = Generator(settings, _ORDER[:count]).search(everything, view)
        scores = dict(zip(result.ids, result.scores, strict=True))
        for bullet_id in ranking.ids:
            shares[bullet_id][layer] = round(scores.get(bullet_id, 0.0) - before[bullet_id], 4)
            before[bullet_id] = scores.get(bullet_id, 0.0)
    wanted = set(ranking.ids)
    slots = {view.ids[slot]: slot for slot in np.flatnonzero(view.alive).tolist() if view.ids[slot] in wanted}
    return {
        bullet_id: {"layers": shares[bullet_id], **_factors(settings, query, view, slots[bullet_id])}
        for bullet_id in ranking.ids
        if bullet_id in slots
    }


def _factors(settings: RetrievalSettings, query: Query, view: View, slot: int) -> dict[str, float]:
    """Each factor alone, as the quotient of the product with it and without it."""
    generator, slots = Generator(settings), np.array([slot], np.intp)
    weights: list[float] = []

    def recorded(ages: Ages, now: float) -> npt.NDArray[np.float64]:
        assert query.decay_weights is not None
        weights.append(float(query.decay_weights(ages, now)[0]))
        return np.array(weights[-1:])

    recency = float(generator.factors(view, slots, Selection(), None)[0])
    with_scope = float(generator.factors(view, slots, query.selection, None)[0])
    with_decay = float(generator.factors(view, slots, query.selection, recorded)[0])
    return {
        "weight": round(weights[0], 3),
        "decay": round(with_decay / with_scope, 4),
        "recency": round(recency, 4),
        "scope": round(with_scope / recency, 4),
    }
