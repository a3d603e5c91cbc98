"""The sweep: merges exact duplicates, and archives what has faded.

Archived bullets leave search; they can be listed and restored. The weakest go first, and a sweep archives at
most a share of all bullets, so that a wrong clock or a long holiday does not empty a memory. It writes in
small transactions, so that other writers need not wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from ..knowledge.ages import Ages
from ..knowledge.bullet import Bullet
from ..knowledge.store import Store, Transaction
from .decay import decay
from .duplicates import merge_duplicates
from .options import DecaySettings

__all__ = ["sweep"]

_BATCH = 200
"""Bullets in one transaction."""


def sweep(store: Store, now: datetime, settings: DecaySettings, *, dry_run: bool = False) -> dict[str, int]:
    """Merge exact duplicates, and archive what is below `settings.archive_threshold` at `now`.

    Returns counts: `archived`, `updated` (fading, but kept), `permanent` and `unchanged` (as fresh as new).
    With `dry_run` nothing is changed, and `archived` counts what would be.

    Raises:
        StoreError: the store refused; what was archived before that stays archived.
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
            _archive(store, [ids[i] for i in chosen[start : start + _BATCH]], now, settings)
            for start in range(0, len(chosen), _BATCH)
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
            # It may have been deleted, archived or recalled since its weight was computed.
            if stored is None or stored.bullet.archived_at is not None:
                continue
            if not _is_fading(stored.bullet, now, settings):
                continue
            transaction.put(replace(stored.bullet, archived_at=now), None, "ARCHIVE")
            count += 1
        return count

    archived: int = store.write(work)
    return archived


def _is_fading(bullet: Bullet, now: datetime, settings: DecaySettings) -> bool:
    return bool(decay(Ages.of([bullet]), now.timestamp(), settings).fading[0])
