"""Exact duplicates become one: what two hosts, or two processes, have kept at the same instant.

Everything else that says the same is the Curator's, when it comes in. Here nothing is judged: text,
owners, scope, kind, speaker and metadata have to be equal. What is merged stays in the journal.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Hashable, Sequence

from ..knowledge.bullet import Bullet
from ..knowledge.store import Store, Transaction
from .curator import merge

__all__ = ["merge_duplicates"]

logger = logging.getLogger(__name__)

_AT_ONCE = 50


def merge_duplicates(store: Store) -> int:
    """Merge them into the oldest of each kind; returns how many are gone."""
    groups = store.duplicates()
    gone = 0
    for start in range(0, len(groups), _AT_ONCE):
        gone += _merge(store, groups[start : start + _AT_ONCE])
    if gone:
        logger.info("merged %d exact duplicates", gone)
    return gone


def _merge(store: Store, groups: Sequence[Sequence[str]]) -> int:
    def work(transaction: Transaction) -> int:
        gone = 0
        for group in groups:
            found = [stored.bullet for bullet_id in group if (stored := transaction.get(bullet_id))]
            # The same one wherever it is decided, for several hosts may be at it.
            found.sort(key=lambda bullet: (bullet.created_at, bullet.id))
            present = [bullet for bullet in found if bullet.archived_at is None]
            while present:
                kept, *others = present
                same = [bullet for bullet in others if _key(bullet) == _key(kept)]
                present = [bullet for bullet in others if bullet not in same]
                merged = kept
                for bullet in same:
                    merged = merge(merged, bullet)
                    transaction.delete(bullet.id)
                    gone += 1
                if merged != kept:
                    transaction.put(merged, None, "MERGE")
        return gone

    done = store.write(work)
    return int(done)


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
