"""What people change by hand: the work of each such call inside one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from memorus_proto.errors import InvalidRequest, NotFound

from ..knowledge.bullet import Bullet, utc_now
from ..knowledge.index import Embedded
from ..knowledge.store import Transaction

__all__ = ["Edit", "delete", "delete_all", "restore", "update"]

Edit = Callable[[Transaction], dict[str, Any]]
"""Changes the store, and returns the answer to the call."""


def update(params: Mapping[str, Any], made: Embedded | None) -> Edit:
    """A new text, whose vectors are `made`, and metadata over what is there. Raises NotFound in the end."""
    text, metadata = params["text"], params["metadata"]
    if text is None and metadata is None:
        raise InvalidRequest("update needs text or metadata; give at least one")

    def work(transaction: Transaction) -> dict[str, Any]:
        old = _stored(transaction, params)
        new = replace(
            old,
            text=old.text if text is None else text.strip(),
            metadata={**old.metadata, **(metadata or {})},
            updated_at=max(utc_now(), old.updated_at),
        )
        transaction.put(new, made and made.vector, "UPDATE", made and made.passages)
        return {"message": "Memory updated successfully!"}

    return work


def delete(params: Mapping[str, Any]) -> Edit:
    """Forget one memory. Raises NotFound in the end."""

    def work(transaction: Transaction) -> dict[str, Any]:
        transaction.delete(_stored(transaction, params).id)
        return {"message": "Memory deleted successfully!"}

    return work


def delete_all(params: Mapping[str, Any]) -> Edit:
    """Forget exactly what is named: a project's scope reads `global` too, but must not delete it."""
    chosen = {key: params[key] for key in ("user_id", "agent_id", "run_id", "scope")}
    if not any(chosen.values()):
        raise InvalidRequest(
            "delete_all needs user_id, agent_id, run_id or scope; to delete everything, use reset()"
        )

    def work(transaction: Transaction) -> dict[str, Any]:
        return {
            "message": "Memories deleted successfully!",
            "deleted": transaction.delete_where(chosen),
        }

    return work


def restore(params: Mapping[str, Any], now: datetime) -> Edit:
    """Take one memory out of the archive, as if it had been recalled `now`. Raises NotFound in the end."""

    def work(transaction: Transaction) -> dict[str, Any]:
        old = _stored(transaction, params)
        if old.archived_at is not None:
            transaction.put(replace(old, archived_at=None, last_recalled_at=now), None, "RESTORE")
        return {"message": "Memory restored successfully!"}

    return work


def _stored(transaction: Transaction, params: Mapping[str, Any]) -> Bullet:
    memory_id = params["memory_id"]
    stored = transaction.get(memory_id)
    if stored is None:
        raise NotFound(f"Memory with id {memory_id} not found", data={"memory_id": memory_id})
    return stored.bullet
