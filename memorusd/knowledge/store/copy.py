"""From one store into another: bullets as they are, with vectors, counts and histories, and nothing twice.

What the target has already is left alone, so a run that was cut off is finished by the next. What the
target knows and the source does not is never overwritten: then nothing is carried at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

from memorus_proto.errors import InvalidRequest

from ..bullet import Bullet, utc_now
from ..embed import ModelId
from . import Change, Stored
from .rows import image, time_text, to_row
from .server.batch import Entry
from .server.payload import Kept
from .server.replica import NOTE, Replica
from .server.store import WRITER
from .sqlite import SqliteStore
from .transaction import SqlTransaction

__all__ = ["checksum", "copy", "unlike"]

_BATCH = 250
_OWN = frozenset({"store_id", "model", NOTE, WRITER})
"""Facts about the store itself, which stay where they are."""

Progress = Callable[[int, int], None] | None


def copy(source: SqliteStore, target: SqliteStore, progress: Progress = None) -> int:
    """Make `target` hold what `source` holds; how many bullets had to be written for that.

    `progress` is called with the number of bullets done, and of all.

    Raises:
        InvalidRequest: the target holds something that the source does not know; nothing was written.
        ConfigError: the target cannot hold vectors of the source's model.
        StoreError: one of the two failed; what is written so far stays, and counts at the next try.
    """
    since, known = _ids(source, 0)
    strange = {row.bullet.id for row in target.load()[1]}.difference(known)
    if strange:
        raise InvalidRequest(
            f"the target holds {len(strange)} memories that are not in this store, for example "
            f"{min(strange)}; use an empty one (another collection_name), or bring these over with "
            "memorusctl export and import"
        )
    missing = unlike(source, target)
    model = source.model()
    if model is not None and target.model() != model:
        target.set_model(model)
    facts = {name: value for name, value in source.facts().items() if name not in _OWN}
    if facts.items() - target.facts().items():
        target.write(lambda transaction: _note(transaction, facts))
    written = 0
    while missing:
        for part in _parts(missing):
            _copy(source, target, model, part)
            written += len(part)
            if progress is not None:
                progress(written, max(written, len(missing)))
        # Somebody may have written to the source meanwhile.
        since, missing = _ids(source, since)
    return written


def unlike(source: SqliteStore, target: SqliteStore) -> list[str]:
    """The bullets, gone ones too, that the target has not, or not as they are, or not with all their changes.

    Raises:
        InvalidRequest: the target has a newer one.
    """
    return [id for part in _parts(_ids(source, 0)[1]) for id in _unlike(source, target, part)]


def checksum(store: SqliteStore) -> tuple[int, str]:
    """How many bullets there are, and the sum of the SHA-256 of each, with all its fields and vectors."""
    count = total = 0
    store.refresh()  # of a server store: have what others have written
    for row in store.load()[1]:
        digest = hashlib.sha256(image(to_row(row.bullet)).encode())
        for vectors in (row.vector, row.passages):
            digest.update(b"-" if vectors is None else vectors.tobytes())
        total += int.from_bytes(digest.digest(), "big")
        count += 1
    return count, f"{total % 2**256:064x}"


def _unlike(source: SqliteStore, target: SqliteStore, part: Sequence[str]) -> list[str]:
    """See unlike."""
    (rows, told), (there, told_there) = _look(source, part), _look(target, part)
    missing = []
    for bullet_id in part:
        row, has = rows.get(bullet_id), there.get(bullet_id)
        history, has_history = told.get(bullet_id, []), told_there.get(bullet_id, [])
        if _same(row, has) and _added(history, has_history) == []:
            continue
        states = {_state(change.after) for change in history} | {_state(row.bullet if row else None)}
        newer = [c for c in _added(has_history, history) if c.after is None or _state(c.after) not in states]
        recalled = has is not None and row is not None and has.bullet.recall_count > row.bullet.recall_count
        if newer or recalled:
            raise InvalidRequest(
                f"the target has a newer memory {bullet_id} than this store, and it would be lost; use an "
                "empty target (another collection_name), or migrate in the other direction"
            )
        missing.append(bullet_id)
    return missing


def _copy(source: SqliteStore, target: SqliteStore, model: ModelId | None, part: Sequence[str]) -> None:
    (rows, told), (_, told_there) = _look(source, part), _look(target, part)

    def work(transaction: Any) -> None:
        replica = Replica(cast(SqlTransaction, transaction))
        for bullet_id in part:
            row = rows.get(bullet_id)
            if row is None:
                replica.remove(bullet_id)
            else:
                replica.put(
                    Kept(row.bullet, model if row.vector is not None else None, row.vector, row.passages)
                )
            entries = [_entry(c) for c in _added(told.get(bullet_id, []), told_there.get(bullet_id, []))]
            # Those who follow the journal have to hear of it, though nothing has happened to the bullet.
            replica.journal(entries or [Entry(time_text(utc_now()), "REEMBED", bullet_id, None, None)])

    target.write(work)


def _ids(store: SqliteStore, since: int) -> tuple[int, list[str]]:
    """(the journal's last seq, which bullets it tells of after `since`)."""
    store.refresh()  # of a server store: have what others have written
    seq, ids, _ = store.changed_since(since)
    return seq, ids


def _look(store: SqliteStore, part: Sequence[str]) -> tuple[dict[str, Stored], dict[str, list[Change]]]:
    told: dict[str, list[Change]] = {}
    for change in store.histories(part):
        told.setdefault(str(change.bullet_id), []).append(change)
    return {row.bullet.id: row for row in store.load(part)[1]}, told


def _same(one: Stored | None, other: Stored | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.bullet == other.bullet and all(
        (a is None) == (b is None) and (a is None or b is None or a.tobytes() == b.tobytes())
        for a, b in ((one.vector, other.vector), (one.passages, other.passages))
    )


def _added(changes: Sequence[Change], known: Sequence[Change]) -> list[Change]:
    """Those of `changes` that are not `known`, in their order."""
    there = {_line(change) for change in known}
    return [change for change in changes if _line(change) not in there]


def _line(change: Change) -> str:
    entry = _entry(change)
    return "\n".join((entry.at, entry.event, entry.before or "", entry.after or ""))


def _entry(change: Change) -> Entry:
    before, after = (
        None if bullet is None else image(to_row(bullet)) for bullet in (change.before, change.after)
    )
    return Entry(time_text(change.at), change.event, str(change.bullet_id), before, after)


def _state(bullet: Bullet | None) -> str:
    """What a bullet says, recalls apart, which are counted without an image in the journal."""
    return "" if bullet is None else image(to_row(replace(bullet, recall_count=0, last_recalled_at=None)))


def _note(transaction: Any, facts: dict[str, str]) -> None:
    for name, value in facts.items():
        transaction.set_meta(name, value)


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
