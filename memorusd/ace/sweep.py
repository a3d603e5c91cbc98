"""The sweep: merges exact duplicates, and archives what has faded.

Archived bullets leave search, and can be listed and restored.
The weakest go first, and at most a share of all at once, so that a wrong clock or a long holiday does
not empty a memory. It writes in small transactions, between which others write too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np

from ..knowledge.ages import Ages
from ..knowledge.bullet import Bullet
from ..knowledge.store import Store, Transaction
from .decay import decay
from .duplicates import merge_duplicates
from .options import DecaySettings

__all__ = ["sweep"]

_AT_ONCE = 200


def sweep(store: Store, now: datetime, settings: DecaySettings, *, dry_run: bool = False) -> dict[str, int]:
    """Merge exact duplicates, and archive what is below the threshold.

    Returns counts: `archived` (with `dry_run`: would be), `updated` (fading, but kept), `permanent`,
    `unchanged` (as fresh as new).
    """
    if not dry_run:
        merge_duplicates(store)
    ids, ages = store.ages()
    state = decay(ages, now.timestamp(), settings)
    candidates = np.flatnonzero(state.fading)
    weakest = candidates[np.argsort(state.weight[candidates], kind="stable")]
    chosen = weakest[: int(np.ceil(settings.archive_share * len(ids)))]
    archived = len(chosen)
    if not dry_run:
        archived = sum(
            _archive(store, [ids[i] for i in chosen[start : start + _AT_ONCE]], now, settings)
            for start in range(0, len(chosen), _AT_ONCE)
        )
    permanent = int(np.count_nonzero(state.permanent))
    fresh = int(np.count_nonzero((state.weight >= 1.0) & ~state.permanent))
    return {
        "archived": archived,
        "updated": len(ids) - archived - permanent - fresh,
        "permanent": permanent,
        "unchanged": fresh,
    }


def _archive(store: Store, bullet_ids: Sequence[str], now: datetime, settings: DecaySettings) -> int:
    def work(transaction: Transaction) -> int:
        count = 0
        for bullet_id in bullet_ids:
            stored = transaction.get(bullet_id)
            # Somebody may have deleted, archived or recalled it since it was weighed.
            if stored is None or stored.bullet.archived_at is not None:
                continue
            if not _fading(stored.bullet, now, settings):
                continue
            transaction.put(replace(stored.bullet, archived_at=now), None, "ARCHIVE")
            count += 1
        return count

    done: Any = store.write(work)
    return int(done)


def _fading(bullet: Bullet, now: datetime, settings: DecaySettings) -> bool:
    return bool(decay(Ages.of([bullet]), now.timestamp(), settings).fading[0])
