"""Copies one store into another: bullets with their vectors, recall counts and histories, and nothing twice.

What the target has already is left alone, so the next run completes one that was cut off. What the target
knows and the source does not is never overwritten; in that case nothing is copied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from memorus_proto.errors import InvalidRequest

from ..bullet import Bullet, utc_now
from ..embed import ModelId, Vectors
from . import Change, Store, StoredBullet, Transaction
from .mirror.sync_state import SYNC_STATE, WRITER
from .sqlite.raw_transaction import EmbeddedBullet, JournalEntry, RawTransaction
from .sqlite.rows import image, time_text, to_row
from .sqlite.transaction import SqlTransaction

__all__ = ["checksum", "copy_store", "differing_ids"]

_BATCH = 250
_PER_STORE = frozenset({"store_id", "model", SYNC_STATE, WRITER})
"""Values in `meta` about the store itself, which are not copied."""

Progress = Callable[[int, int], None] | None
"""Called with the number of bullets done, and of all."""


def copy_store(source: Store, target: Store, progress: Progress = None) -> int:
    """Make `target` hold what `source` holds; return how many bullets had to be written for that.

    Raises:
        InvalidRequest: the target holds something that the source does not know; nothing was written.
        ConfigError: the target cannot hold vectors of the source's model.
        StoreError: one of the two failed. What is written so far stays, and the next run continues from it.
    """
    since, known = _changed_ids(source, 0)
    unknown = {row.bullet.id for row in target.load()[1]}.difference(known)
    if unknown:
        raise InvalidRequest(
            f"the target holds {len(unknown)} memories that are not in this store, for example "
            f"{min(unknown)}",
            remedy="use an empty target (another collection_name), or bring these memories over with "
            "memorusctl export and import",
        )
    missing = differing_ids(source, target)
    model = source.model()
    if model is not None and target.model() != model:
        target.set_model(model)
    meta = {name: value for name, value in source.all_meta().items() if name not in _PER_STORE}
    if meta.items() - target.all_meta().items():
        target.write(lambda transaction: _set_all_meta(transaction, meta))
    written = 0
    while missing:
        for batch in _batches(missing):
            _copy_bullets(source, target, model, batch)
            written += len(batch)
            if progress is not None:
                progress(written, max(written, len(missing)))
        # Others may have written to the source meanwhile.
        since, missing = _changed_ids(source, since)
    return written


def differing_ids(source: Store, target: Store) -> list[str]:
    """Return the ids of bullets, removed ones too, of which the target lacks the current state or a change.

    Raises:
        InvalidRequest: the target has a newer state of one.
    """
    return [
        bullet_id
        for batch in _batches(_changed_ids(source, 0)[1])
        for bullet_id in _differing_in_batch(source, target, batch)
    ]


def checksum(store: Store) -> tuple[int, str]:
    """Return the number of bullets, and the sum of the SHA-256 of each, with all its fields and vectors."""
    count = total = 0
    store.refresh()
    for row in store.load()[1]:
        digest = hashlib.sha256(image(to_row(row.bullet)).encode())
        for vectors in (row.vector, row.passages):
            digest.update(b"-" if vectors is None else vectors.tobytes())
        total += int.from_bytes(digest.digest(), "big")
        count += 1
    return count, f"{total % 2**256:064x}"


@dataclass(frozen=True, slots=True)
class _Batch:
    """Some bullets of one store, and their histories."""

    rows: dict[str, StoredBullet]
    histories: dict[str, list[Change]]

    @classmethod
    def of(cls, store: Store, bullet_ids: Sequence[str]) -> _Batch:
        histories: dict[str, list[Change]] = {id: [] for id in bullet_ids}
        for change in store.histories(bullet_ids):
            histories[str(change.bullet_id)].append(change)
        return cls({row.bullet.id: row for row in store.load(bullet_ids)[1]}, histories)


def _differing_in_batch(source: Store, target: Store, bullet_ids: Sequence[str]) -> list[str]:
    """See differing_ids."""
    ours, theirs = _Batch.of(source, bullet_ids), _Batch.of(target, bullet_ids)
    differing = []
    for bullet_id in bullet_ids:
        row, target_row = ours.rows.get(bullet_id), theirs.rows.get(bullet_id)
        history, target_history = ours.histories[bullet_id], theirs.histories[bullet_id]
        if _same(row, target_row) and not _missing_changes(history, target_history):
            continue
        states = {_state(change.after) for change in history} | {_state(row.bullet if row else None)}
        newer = any(
            change.after is None or _state(change.after) not in states
            for change in _missing_changes(target_history, history)
        )
        recalled = (
            target_row is not None
            and row is not None
            and target_row.bullet.recall_count > row.bullet.recall_count
        )
        if newer or recalled:
            raise InvalidRequest(
                f"the target has a newer memory {bullet_id} than this store, and it would be lost",
                remedy="use an empty target (another collection_name), or migrate in the other direction",
            )
        differing.append(bullet_id)
    return differing


def _copy_bullets(source: Store, target: Store, model: ModelId | None, bullet_ids: Sequence[str]) -> None:
    ours, theirs = _Batch.of(source, bullet_ids), _Batch.of(target, bullet_ids)

    def work(transaction: Transaction) -> None:
        # Both kinds of store run their transactions in SQLite.
        raw = RawTransaction(cast(SqlTransaction, transaction))
        for bullet_id in bullet_ids:
            row = ours.rows.get(bullet_id)
            if row is None:
                raw.remove(bullet_id)
            else:
                made_by = model if row.vector is not None else None
                raw.put(EmbeddedBullet(row.bullet, made_by, row.vector, row.passages))
            changes = _missing_changes(ours.histories[bullet_id], theirs.histories[bullet_id])
            # Followers of the journal must notice the bullet even if its history has nothing new.
            reload = JournalEntry(time_text(utc_now()), "REEMBED", bullet_id, None, None)
            raw.append_journal([_journal_entry(change) for change in changes] or [reload])

    target.write(work)


def _changed_ids(store: Store, since: int) -> tuple[int, list[str]]:
    """Return (the journal's last seq, the bullets that it names after `since`)."""
    store.refresh()
    seq, ids, _ = store.changed_since(since)
    return seq, ids


def _same(one: StoredBullet | None, other: StoredBullet | None) -> bool:
    if one is None or other is None:
        return one is other
    return (
        one.bullet == other.bullet
        and _same_vectors(one.vector, other.vector)
        and _same_vectors(one.passages, other.passages)
    )


def _same_vectors(one: Vectors | None, other: Vectors | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.tobytes() == other.tobytes()


def _missing_changes(changes: Sequence[Change], known: Sequence[Change]) -> list[Change]:
    """Return those of `changes` that are not in `known`, in their order."""
    present = {_text(change) for change in known}
    return [change for change in changes if _text(change) not in present]


def _text(change: Change) -> str:
    entry = _journal_entry(change)
    return "\n".join((entry.at, entry.event, entry.before or "", entry.after or ""))


def _journal_entry(change: Change) -> JournalEntry:
    before, after = (
        None if bullet is None else image(to_row(bullet)) for bullet in (change.before, change.after)
    )
    return JournalEntry(time_text(change.at), change.event, str(change.bullet_id), before, after)


def _state(bullet: Bullet | None) -> str:
    """Return the bullet without its recalls, which are counted without an image in the journal."""
    return "" if bullet is None else image(to_row(replace(bullet, recall_count=0, last_recalled_at=None)))


def _set_all_meta(transaction: Any, meta: dict[str, str]) -> None:
    for name, value in meta.items():
        transaction.set_meta(name, value)


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
