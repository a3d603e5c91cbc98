"""How many memories there are of each kind, and how fresh they are: figures for people."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from ..knowledge.ages import Ages
from ..knowledge.bullet import Bullet
from ..knowledge.selection import Selection
from ..knowledge.store import Store
from ..requests import Json
from .decay import decay
from .options import DecaySettings

__all__ = ["decay_weights", "memory_stats"]

_MAX_SCOPES = 100
"""Scopes that are listed, those with most memories first; there may be as many as there are projects."""


def memory_stats(
    store: Store, selection: Selection, ages: Ages, now: datetime, settings: DecaySettings
) -> Json:
    """Counts of what is selected: `memories` in all, `archived` ones, and of the others those of each type,
    section and scope.

    `ages` are those of the selected memories that are not archived; `average_weight` is the mean of their
    decay weights, 0 to 1, or None if there are none.
    """
    archived = total = 0
    kinds: dict[str, Counter[str]] = {"types": Counter(), "sections": Counter(), "scopes": Counter()}
    for *values, in_archive, count in store.counts(selection):
        total += count
        if in_archive:
            archived += count
            continue
        for counter, value in zip(kinds.values(), values, strict=True):
            counter[value] += count
    weight = decay(ages, now.timestamp(), settings).weight
    return {
        "memories": total,
        "archived": archived,
        **{name: dict(counter.most_common(_MAX_SCOPES)) for name, counter in kinds.items()},
        "average_weight": round(float(weight.mean()), 3) if len(weight) else None,
    }


def decay_weights(bullets: list[Bullet], now: datetime, settings: DecaySettings) -> list[float]:
    """The decay weight of each bullet, 0 to 1."""
    return [round(w, 3) for w in decay(Ages.of(bullets), now.timestamp(), settings).weight.tolist()]
