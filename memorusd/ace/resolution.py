"""How people resolve a contradiction: keep one of the two memories, both, or one merged from both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from memorus_proto.errors import InvalidRequest, NotFound

from ..knowledge.bullet import Bullet, content_hash, utc_now
from ..knowledge.embed import Embedder
from ..knowledge.index import embed_texts
from ..knowledge.store import Store, Transaction
from ..requests import Json, ResolveRequest
from .curator import merge_bullets, place_of
from .mutations import Mutation

__all__ = ["is_resolved", "resolve"]


def resolve(
    request: ResolveRequest, store: Store, embedder: Callable[[], Embedder], cancelled: Callable[[], bool]
) -> Json:
    """Resolve a conflict, see `memory.resolve` in SPEC.md. What is not kept is deleted; its history stays.

    `embedder` is called only where a merged text needs a vector.

    Raises:
        NotFound: one of the ids is unknown.
        InvalidRequest: the two cannot contradict each other, or have changed meanwhile.
    """
    a, b = _get(store, request.id_a), _get(store, request.id_b)
    if a.id == b.id:
        raise InvalidRequest(
            f"{a.id} was given twice", remedy="name the two memories that contradict each other"
        )
    if place_of(a) != place_of(b):
        raise InvalidRequest(
            f"{a.id} and {b.id} are not in one place, so they do not contradict each other",
            remedy="delete one of them if it is wrong",
        )
    if request.keep == "both":
        store.set_meta(_meta_name(a, b), _text_hashes(a, b))
        return _answer("Both memories are kept.", [a.id, b.id], [])
    if request.keep == "merge":
        work = _merge(a, b, embedder())
    else:
        work = _keep_one(a, b) if request.keep == "a" else _keep_one(b, a)
    answer: Json = store.write(work, request_id=request.request_id, cancelled=cancelled)
    return answer


def is_resolved(store: Store, a: Bullet, b: Bullet) -> bool:
    """Whether somebody has decided to keep both, worded as they are now."""
    return store.get_meta(_meta_name(a, b)) == _text_hashes(a, b)


def _keep_one(kept: Bullet, deleted: Bullet) -> Mutation:
    def work(transaction: Transaction) -> Json:
        _check_unchanged(transaction, kept)
        _check_unchanged(transaction, deleted)
        transaction.delete(deleted.id)
        return _answer("One memory is kept.", [kept.id], [deleted.id])

    return work


def _merge(a: Bullet, b: Bullet, embedder: Embedder) -> Mutation:
    merged = merge_bullets(a, b, "merge_content", limit=len(a.text) + len(b.text) + 2)
    merged = replace(merged, updated_at=max(utc_now(), merged.updated_at))
    embedded = embed_texts(embedder, [merged.text])[0]

    def work(transaction: Transaction) -> Json:
        _check_unchanged(transaction, a)
        _check_unchanged(transaction, b)
        transaction.put(merged, embedded.vector, "MERGE", embedded.passages)
        transaction.delete(b.id)
        return _answer("The two memories are one now.", [a.id], [b.id]) | {"memory": merged.text}

    return work


def _answer(message: str, kept: list[str], deleted: list[str]) -> Json:
    return {"message": message, "kept": kept, "deleted": deleted, "memory": None}


def _get(store: Store, memory_id: str) -> Bullet:
    bullet = store.get(memory_id)
    if bullet is None:
        raise NotFound(f"Memory with id {memory_id} not found", data={"memory_id": memory_id})
    return bullet


def _check_unchanged(transaction: Transaction, bullet: Bullet) -> None:
    """People decide about the text they saw, so it must still be that."""
    stored = transaction.get(bullet.id)
    if stored is None or stored.bullet.text != bullet.text:
        raise InvalidRequest(f"memory {bullet.id} has changed meanwhile", remedy="look at the conflict again")


def _meta_name(a: Bullet, b: Bullet) -> str:
    return "both:" + ":".join(sorted((a.id, b.id)))


def _text_hashes(a: Bullet, b: Bullet) -> str:
    return ":".join(sorted((content_hash(a.text), content_hash(b.text))))
