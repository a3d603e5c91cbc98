"""How many memories there are of each kind, and how fresh they are: numbers for people."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from ..knowledge.ages import Ages
from ..knowledge.bullet import Bullet
from ..knowledge.store import Store
from .decay import decay
from .options import DecaySettings

__all__ = ["census", "weights"]

_SCOPES = 100
"""Scopes that are named, those with most memories; there may be as many as there are projects."""


def census(store: Store, ages: Ages, now: datetime, settings: DecaySettings) -> dict[str, Any]:
    """What is there in all, and of what is not archived how much of each type, section and scope.

    `ages` are those of all that is not archived. `average_weight` is their mean decay weight, 0 to 1; None
    where there is nothing.
    """
    archived = total = 0
    kinds: dict[str, Counter[str]] = {"types": Counter(), "sections": Counter(), "scopes": Counter()}
    for *values, in_archive, count in store.counts():
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
        **{name: dict(counter.most_common(_SCOPES)) for name, counter in kinds.items()},
        "average_weight": round(float(weight.mean()), 3) if len(weight) else None,
    }


def weights(bullets: list[Bullet], now: datetime, settings: DecaySettings) -> list[float]:
    """The decay weight of each, 0 to 1."""
    return [round(w, 3) for w in decay(Ages.of(bullets), now.timestamp(), settings).weight.tolist()]
