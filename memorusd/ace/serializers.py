"""How bullets and journal entries look to callers: mem0's shapes, and our fields beside them."""

from __future__ import annotations

from ..knowledge.bullet import OWNERS, Bullet
from ..knowledge.store import Change
from ..requests import Json
from .curator import Conflict

__all__ = ["as_change", "as_conflict", "as_export_entry", "as_history_row", "as_memory", "as_weighted_memory"]

_ONLY_IF_SET = (*OWNERS, "actor_id", "role")
_DISTILLED = ("tools", "entities", "distilled_rule", "instructivity_score")


def as_memory(bullet: Bullet) -> Json:
    """One memory: mem0's keys (id, memory, hash, metadata, score, times, owners), then ours."""
    memory: Json = {
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
        **{
            key: list(value) if isinstance(value, tuple) else value
            for key in _DISTILLED
            if (value := getattr(bullet, key))
        },
    }


def as_weighted_memory(bullet: Bullet, weight: float) -> Json:
    """One memory with its decay weight, 0 to 1, and when and how often it was recalled."""
    return as_memory(bullet) | {"weight": weight, "recall_count": bullet.recall_count, **_times(bullet)}


def as_export_entry(bullet: Bullet) -> Json:
    """One memory as it is exported: everything but what is computed."""
    entry = as_memory(bullet)
    del entry["hash"], entry["score"]
    return entry | {"recall_count": bullet.recall_count, **_times(bullet)}


def as_conflict(conflict: Conflict) -> Json:
    """Two memories that contradict each other."""
    return {
        "id_a": conflict.a.id,
        "memory_a": conflict.a.text,
        "id_b": conflict.b.id,
        "memory_b": conflict.b.text,
        "similarity": conflict.similarity,
        "kind": conflict.kind,
        "reason": conflict.reason,
    }


def as_change(change: Change) -> Json:
    """One entry of the journal, for those who follow it."""
    bullet = change.after or change.before
    entry: Json = {
        "seq": change.seq,
        "at": change.at.isoformat(),
        "event": change.event,
        "memory_id": change.bullet_id,
        "memory": change.after.text if change.after else None,
        "previous_memory": change.before.text if change.before else None,
    }
    if bullet is not None:
        entry |= {"scope": bullet.scope, "type": bullet.type, "section": bullet.section}
        entry |= {key: value for key in OWNERS if (value := getattr(bullet, key)) is not None}
    return entry


def as_history_row(change: Change) -> Json:
    """One row of a memory's history, with mem0's keys; `id` is the journal's seq."""
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


def _times(bullet: Bullet) -> dict[str, str]:
    times = {"last_recalled_at": bullet.last_recalled_at, "archived_at": bullet.archived_at}
    return {name: at.isoformat() for name, at in times.items() if at is not None}
