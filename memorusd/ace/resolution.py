"""How people settle a contradiction: keep one of the two, both, or one that says what both say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from memorus_proto.errors import InvalidRequest, NotFound

from ..knowledge.bullet import Bullet, content_hash, utc_now
from ..knowledge.embed import Embedder
from ..knowledge.index import embed_texts
from ..knowledge.store import Store, Transaction
from .curator import merge, owner_of

__all__ = ["resolve", "settled"]


def resolve(
    params: Mapping[str, Any], store: Store, embedder: Callable[[], Embedder], cancelled: Callable[[], bool]
) -> dict[str, Any]:
    """See `memory.resolve`. What is not kept is deleted; its history stays. Raises NotFound."""
    ids, keep = (params["id_a"], params["id_b"]), params["keep"]
    a, b = (_known(store, id) for id in ids)
    if a.id == b.id:
        raise InvalidRequest(f"{a.id} was given twice; name the two memories that contradict each other")
    if owner_of(a) != owner_of(b):
        raise InvalidRequest(
            f"{a.id} and {b.id} differ in owner or scope, so they do not contradict each other; forget one"
        )
    if keep == "both":
        store.set_meta(_name(a, b), _texts(a, b))
        return _answer("Both memories are kept.", [a.id, b.id], [])
    if keep == "merge":
        return _merged(a, b, store, embedder(), params["request_id"], cancelled)
    kept, gone = (a, b) if keep == "a" else (b, a)

    def work(transaction: Transaction) -> dict[str, Any]:
        _unchanged(transaction, kept)
        _unchanged(transaction, gone)
        transaction.delete(gone.id)
        return _answer("One memory is kept.", [kept.id], [gone.id])

    answer: dict[str, Any] = store.write(work, request_id=params["request_id"], cancelled=cancelled)
    return answer


def settled(store: Store, a: Bullet, b: Bullet) -> bool:
    """Whether somebody has said that these two may stand side by side, worded as they are."""
    return store.get_meta(_name(a, b)) == _texts(a, b)


def _merged(
    a: Bullet,
    b: Bullet,
    store: Store,
    embedder: Embedder,
    request_id: str | None,
    cancelled: Callable[[], bool],
) -> dict[str, Any]:
    one = merge(a, b, "merge_content", limit=len(a.text) + len(b.text) + 2)
    one = replace(one, updated_at=max(utc_now(), one.updated_at))
    made = embed_texts(embedder, [one.text])[0]

    def work(transaction: Transaction) -> dict[str, Any]:
        _unchanged(transaction, a)
        _unchanged(transaction, b)
        transaction.put(one, made.vector, "MERGE", made.passages)
        transaction.delete(b.id)
        return _answer("The two memories are one now.", [a.id], [b.id]) | {"memory": one.text}

    answer: dict[str, Any] = store.write(work, request_id=request_id, cancelled=cancelled)
    return answer


def _answer(message: str, kept: list[str], deleted: list[str]) -> dict[str, Any]:
    return {"message": message, "kept": kept, "deleted": deleted, "memory": None}


def _known(store: Store, memory_id: str) -> Bullet:
    bullet = store.get(memory_id)
    if bullet is None:
        raise NotFound(f"Memory with id {memory_id} not found", data={"memory_id": memory_id})
    return bullet


def _unchanged(transaction: Transaction, bullet: Bullet) -> None:
    """What people decided about was what they saw."""
    stored = transaction.get(bullet.id)
    if stored is None or stored.bullet.text != bullet.text:
        raise InvalidRequest(f"memory {bullet.id} has changed meanwhile; look at the conflict again")


def _name(a: Bullet, b: Bullet) -> str:
    return "both:" + ":".join(sorted((a.id, b.id)))


def _texts(a: Bullet, b: Bullet) -> str:
    return ":".join(sorted((content_hash(a.text), content_hash(b.text))))
