"""What happens around a transaction of the mirror: pull what is new, then push what it has changed.

    pull: version vector → new journal rows → the rows of the bullets that these name, as they are now
    push: rows of `main` → journal rows → this writer's number; only then does the mirror commit

So a writer's number never promises a row that is not there. A push that was cut off before its number was
written has not happened; one that was cut off after that comes back to this mirror with the next pull.
Changes by plain mem0 are in no journal row: a pull notices them by the number of rows, and then compares
all rows.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from memorus_proto.errors import StoreError

from ...bullet import Bullet, utc_now
from ..sqlite.raw_transaction import JournalEntry, RawTransaction
from ..sqlite.rows import image, time_text, to_row
from ..sqlite.transaction import SqlTransaction
from .adapter import CollectionAdapter, CollectionInfo, ServerState, chunks
from .journal_batch import JournalBatch, batch_id
from .payload import agrees, from_payload, row_id
from .push import Push, prepare_push
from .server_connection import ServerConnection
from .sync_state import SYNC_STATE, SyncState

__all__ = ["Replication"]

logger = logging.getLogger(__name__)

_ROWS = 500  # rows requested at a time
_BATCHES = 20  # journal rows requested at a time; they are larger
_ATTEMPTS = 5  # at finding as many rows as the journal accounts for


class Replication:
    """Surrounds the transactions of one mirror (see writer.AroundGroup)."""

    def __init__(self, connection: ServerConnection, writer: Callable[[], str]) -> None:
        """Use `connection` for the server; `writer` returns the mirror's name as a writer."""
        self._connection = connection
        self._writer = writer
        self.compare = False
        """Whether the next pull compares all rows."""
        self.emptied = False
        """Whether a pull has found that another host removed everything; its handler sets it back."""

    @contextmanager
    def __call__(self, transaction: SqlTransaction) -> Iterator[None]:
        mirror = RawTransaction(transaction)
        push: Push | None = None
        try:
            with self._connection.exclusive() as adapter:
                state, info = self._pull(mirror, adapter)
                seq = mirror.last_seq()
                yield
                push = prepare_push(mirror, self._writer(), state, info, seq)
                if push is not None:
                    mirror.set_meta(SYNC_STATE, push.after().to_text())
                    push.send(adapter)
        except StoreError as error:
            if push is None:
                raise
            logger.info("a push failed (%s)", error.data.get("reason"))
        else:
            return
        self._connection.run(push.retry)

    def _pull(self, mirror: RawTransaction, adapter: CollectionAdapter) -> tuple[SyncState, CollectionInfo]:
        """Take over what is new; return how far the mirror has come, and what holds for all hosts."""
        state, server = SyncState.of_text(mirror.get_meta(SYNC_STATE)), adapter.state()
        if server.info is None:
            # No mirror has been here before, or everything was removed.
            info = CollectionInfo(uuid.uuid4().hex, mirror.model() if state.epoch is None else None)
            adapter.upsert("writers", [info.to_row()])
        else:
            info = server.info
        if state.epoch != info.epoch:
            if state.epoch is not None:
                mirror.reset()
                self.emptied = True
            state, self.compare = SyncState(info.epoch), True
        if info.model is not None and info.model != mirror.model():
            mirror.set_model(info.model)
        for _ in range(_ATTEMPTS):
            state = self._follow(mirror, adapter, state, server)
            if server.rows == mirror.count() + state.foreign_rows and not self.compare:
                break
            # If a push is not one transaction on this server, a row may be there before its number.
            earlier, server = server, adapter.state()
            if server == earlier:
                state = replace(state, foreign_rows=_compare_all(mirror, adapter))
                self.compare = False
                break
        mirror.set_meta(SYNC_STATE, state.to_text())
        return state, info

    def _follow(
        self, mirror: RawTransaction, adapter: CollectionAdapter, state: SyncState, server: ServerState
    ) -> SyncState:
        """Take over the journal rows that the mirror does not have yet."""
        if dict(server.version_vector) == dict(state.version_vector):
            return state
        assert state.epoch is not None
        missing: list[str] = []
        for writer, last in server.version_vector.items():
            done = state.version_vector.get(writer, 0)
            missing += [batch_id(state.epoch, writer, number) for number in range(done + 1, last + 1)]
            # A server that was restored from a backup has lost some.
            self.compare = self.compare or last < done
        entries: list[JournalEntry] = []
        for part in chunks(missing, _BATCHES):
            payloads = adapter.get("journal", part)
            self.compare = self.compare or len(payloads) < len(part)
            for id in part:
                if id in payloads:
                    batch = JournalBatch.of_payload(payloads[id])
                    entries += batch.entries
                    mirror.remember_results(batch.results)
        entries.sort(key=lambda entry: entry.at)
        mirror.append_journal(entries)
        journalled = {entry.bullet_id for entry in entries if entry.after or entry.before}
        touched = list(dict.fromkeys(entry.bullet_id for entry in entries))
        for bullet_id, before, after in _replace_rows(mirror, adapter, touched):
            # RECALL and REEMBED have no images, so a bullet that came or went meanwhile gets its own entry.
            if bullet_id not in journalled and (before is None or after is None):
                mirror.append_journal([_observed_change(before, after)])
        return replace(state, version_vector=dict(server.version_vector))


def _compare_all(mirror: RawTransaction, adapter: CollectionAdapter) -> int:
    """Take over what plain mem0 has changed; return the number of rows that are not memories."""
    bullet_ids = {row_id(bullet_id): bullet_id for bullet_id in mirror.ids()}
    changed: list[str] = []
    seen: set[str] = set()
    foreign_rows = 0
    scan = adapter.scan()
    while part := list(islice(scan, _ROWS)):
        known = _bullets(mirror, [bullet_ids[id] for id, _ in part if id in bullet_ids])
        for id, payload in part:
            bullet = known.get(bullet_ids.get(id, ""))
            if from_payload(id, payload, adapter.can_hold) is None:
                foreign_rows += 1
                continue
            seen.add(id)
            if bullet is None or not agrees(payload, bullet, adapter.can_hold):
                changed.append(bullet_ids.get(id, id))
    gone = [bullet_id for id, bullet_id in bullet_ids.items() if id not in seen]
    # A new row of ours without a journal row holds its bullet's id inside, which a scan leaves out.
    if changed or gone:
        logger.info("found %d rows that are new or changed, and %d gone", len(changed), len(gone))
    for _, before, after in _replace_rows(mirror, adapter, [*changed, *gone]):
        mirror.append_journal([_observed_change(before, after)])
    return foreign_rows


def _bullets(mirror: RawTransaction, bullet_ids: Sequence[str]) -> Mapping[str, Bullet]:
    return {embedded.bullet.id: embedded.bullet for embedded in mirror.get_many(bullet_ids)}


def _replace_rows(
    mirror: RawTransaction, adapter: CollectionAdapter, bullet_ids: Sequence[str]
) -> Iterator[tuple[str, Bullet | None, Bullet | None]]:
    """Make the mirror hold these bullets as the server does; yield (id, before, after) of differences."""
    for part in chunks(bullet_ids, _ROWS):
        rows = {row_id(bullet_id): bullet_id for bullet_id in part}
        payloads = adapter.get("main", list(rows))
        old = {embedded.bullet.id: embedded for embedded in mirror.get_many(part)}
        for id, bullet_id in rows.items():
            before = old.get(bullet_id)
            after = from_payload(id, payloads[id], adapter.can_hold) if id in payloads else None
            if after is None:
                mirror.remove(bullet_id)
            else:
                if after.vector is None and before and before.bullet.text == after.bullet.text:
                    after = replace(before, bullet=after.bullet)
                mirror.put(after)
            was, now = (None if e is None else e.bullet for e in (before, after))
            if was != now:
                yield bullet_id, was, now


def _observed_change(before: Bullet | None, after: Bullet | None) -> JournalEntry:
    """Return the journal entry of what plain mem0 did, which keeps its history elsewhere."""
    bullet = after or before
    assert bullet is not None
    event = "DELETE" if after is None else "ADD" if before is None else "UPDATE"
    at = utc_now() if after is None else after.updated_at
    return JournalEntry(
        time_text(at),
        event,
        bullet.id,
        None if before is None else image(to_row(before)),
        None if after is None else image(to_row(after)),
    )
