"""How bullets and journal entries look to callers: mem0's shapes, and ours beside them."""

from __future__ import annotations

from typing import Any

from ..knowledge.bullet import Bullet
from ..knowledge.store import Change

__all__ = ["as_history", "as_memory"]

_ONLY_IF_SET = ("user_id", "agent_id", "run_id", "actor_id", "role")


def as_memory(bullet: Bullet) -> dict[str, Any]:
    """One memory: mem0's keys (id, memory, hash, metadata, score, times, owners), then ours."""
    memory: dict[str, Any] = {
        "id": bullet.id,
        "memory": bullet.text,
        "hash": bullet.hash,
        "metadata": dict(bullet.metadata) or None,
        "score": None,
        "created_at": bullet.created_at.isoformat(),
        "updated_at": bullet.updated_at.isoformat(),
    }
    memory |= {key: value for key in _ONLY_IF_SET if (value := getattr(bullet, key)) is not None}
    return memory | {
        "scope": bullet.scope,
        "type": bullet.type,
        "section": bullet.section,
        "origin": bullet.origin,
        "tags": list(bullet.tags),
    }


def as_history(change: Change) -> dict[str, Any]:
    """One row of a history, with mem0's keys; `id` is the journal's seq."""
    bullet = change.after or change.before
    return {
        "id": change.seq,
        "memory_id": change.bullet_id,
        "old_memory": change.before.text if change.before else None,
        "new_memory": change.after.text if change.after else None,
        "event": change.event,
        "created_at": bullet.created_at.isoformat() if bullet else None,
        "updated_at": change.at.isoformat(),
        "is_deleted": change.event == "DELETE",
        "actor_id": bullet.actor_id if bullet else None,
        "role": bullet.role if bullet else None,
    }
