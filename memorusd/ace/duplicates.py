"""Merges exact duplicates: what two hosts, or two processes, have kept at the same instant.

Everything else that says the same is merged by the Curator when it comes in. Nothing is judged here: text,
owners, scope, kind, speaker and metadata have to be equal. What is merged stays in the journal.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Hashable, Sequence

from ..knowledge.bullet import Bullet
from ..knowledge.store import Store, Transaction
from .curator import merge_bullets

__all__ = ["merge_duplicates"]

logger = logging.getLogger(__name__)

_BATCH = 50
"""Groups of duplicates in one transaction."""


def merge_duplicates(store: Store) -> int:
    """Merge each group of exact duplicates into its oldest bullet; returns how many were removed."""
    groups = store.duplicates()
    removed = 0
    for start in range(0, len(groups), _BATCH):
        removed += _merge(store, groups[start : start + _BATCH])
    if removed:
        logger.info("merged %d exact duplicates", removed)
    return removed


def _merge(store: Store, groups: Sequence[Sequence[str]]) -> int:
    def work(transaction: Transaction) -> int:
        removed = 0
        for group in groups:
            bullets = [stored.bullet for bullet_id in group if (stored := transaction.get(bullet_id))]
            # Several hosts may do this at once, and all have to keep the same one.
            bullets.sort(key=lambda bullet: (bullet.created_at, bullet.id))
            present = [bullet for bullet in bullets if bullet.archived_at is None]
            while present:
                kept, *others = present
                same = [bullet for bullet in others if _key(bullet) == _key(kept)]
                present = [bullet for bullet in others if bullet not in same]
                merged = kept
                for bullet in same:
                    merged = merge_bullets(merged, bullet)
                    transaction.delete(bullet.id)
                    removed += 1
                if merged != kept:
                    transaction.put(merged, None, "MERGE")
        return removed

    removed: int = store.write(work)
    return removed


def _key(bullet: Bullet) -> Hashable:
    return (
        bullet.text,
        bullet.user_id,
        bullet.agent_id,
        bullet.run_id,
        bullet.scope,
        bullet.type,
        bullet.section,
        bullet.role,
        bullet.actor_id,
        json.dumps(bullet.metadata, sort_keys=True),
    )
