"""What people change by hand: each function gives the work of one call, to be done in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from memorus_proto.errors import InvalidRequest, NotFound

from ..knowledge.bullet import OWNERS, PRIVATE, Bullet, utc_now
from ..knowledge.index import Embedded
from ..knowledge.store import Transaction
from ..requests import DeleteAllRequest, DeleteRequest, Json, RestoreRequest, UpdateRequest

__all__ = ["Mutation", "delete", "delete_all", "restore", "update"]

Mutation = Callable[[Transaction], Json]
"""Changes the store, and returns the answer to the call."""


def update(request: UpdateRequest, embedded: Embedded | None) -> Mutation:
    """Set a new text, whose vectors are `embedded`, and merge metadata into what is stored.

    Raises:
        InvalidRequest: the request has neither.
        NotFound: there is no such memory (when the mutation runs).
    """
    text, metadata = request.text, request.metadata
    if text is None and metadata is None:
        raise InvalidRequest("update needs text or metadata", remedy="give at least one")

    def work(transaction: Transaction) -> Json:
        old = _stored(transaction, request.memory_id)
        new = replace(
            old,
            text=old.text if text is None else text.strip(),
            metadata={**old.metadata, **(metadata or {})},
            updated_at=max(utc_now(), old.updated_at),
        )
        transaction.put(new, embedded and embedded.vector, "UPDATE", embedded and embedded.passages)
        return {"message": "Memory updated successfully!"}

    return work


def delete(request: DeleteRequest) -> Mutation:
    """Forget one memory. The mutation raises NotFound."""

    def work(transaction: Transaction) -> Json:
        transaction.delete(_stored(transaction, request.memory_id).id)
        return {"message": "Memory deleted successfully!"}

    return work


def delete_all(request: DeleteAllRequest) -> Mutation:
    """Forget exactly what is named; of an owner without a scope, what is private.

    The answer also counts what the owner has written in each shared scope, which stays.

    Raises:
        InvalidRequest: the request names neither an owner nor a scope.
    """
    owner = {name: value for name in OWNERS if (value := getattr(request, name)) is not None}
    if not owner and request.scope is None:
        raise InvalidRequest(
            "delete_all needs user_id, agent_id, run_id or scope", remedy="to delete everything, use reset()"
        )

    def work(transaction: Transaction) -> Json:
        return {
            "message": "Memories deleted successfully!",
            "deleted": transaction.delete_where({**owner, "scope": request.scope or PRIVATE}),
            "shared": transaction.scopes(owner) if request.scope is None else {},
        }

    return work


def restore(request: RestoreRequest, now: datetime) -> Mutation:
    """Take one memory out of the archive, as if it had been recalled `now`. The mutation raises NotFound."""

    def work(transaction: Transaction) -> Json:
        old = _stored(transaction, request.memory_id)
        if old.archived_at is not None:
            transaction.put(replace(old, archived_at=None, last_recalled_at=now), None, "RESTORE")
        return {"message": "Memory restored successfully!"}

    return work


def _stored(transaction: Transaction, memory_id: str) -> Bullet:
    stored = transaction.get(memory_id)
    if stored is None:
        raise NotFound(f"Memory with id {memory_id} not found", data={"memory_id": memory_id})
    return stored.bullet
