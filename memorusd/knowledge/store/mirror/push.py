"""Push: sends to the server what one transaction of the mirror has changed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from memorus_proto.errors import StoreError

from ..sqlite.raw_transaction import JournalEntry, RawTransaction
from .adapter import CollectionAdapter, CollectionInfo, ServerRow, side_vector, writer_row
from .journal_batch import JournalBatch, batch_id, split_into_batches
from .payload import row_id, to_payload
from .sync_state import SyncState

__all__ = ["Push", "prepare_push"]


@dataclass(frozen=True, slots=True)
class Push:
    """What is to be written to the server: rows, then journal rows, then the writer's number."""

    mirror: RawTransaction
    writer: str
    info: CollectionInfo
    before: SyncState
    """What the server had before."""
    emptied: bool
    """Whether everything is removed first."""
    entries: Sequence[JournalEntry]
    batches: Sequence[JournalBatch]
    first: int
    """The number of the first batch."""

    @property
    def last(self) -> int:
        """The writer's number once all is written."""
        return self.first + len(self.batches) - 1

    def after(self) -> SyncState:
        """Return the mirror's state once all is written."""
        if not self.batches:
            return self.before
        return replace(self.before, version_vector={**self.before.version_vector, self.writer: self.last})

    def send(self, adapter: CollectionAdapter) -> None:
        """Write everything, the writer's number last."""
        if self.emptied:
            adapter.clear()
        changed, removed = self._rows(adapter)
        adapter.upsert("main", changed)
        adapter.delete(removed)
        journal = [
            ServerRow(
                batch_id(self.info.epoch, self.writer, number),
                batch.to_payload(self.writer, number),
                side_vector(),
            )
            for number, batch in enumerate(self.batches, self.first)
        ]
        adapter.upsert("journal", journal)
        writers = [writer_row(self.writer, self.last)] if self.batches else []
        adapter.upsert("writers", [self.info.to_row(), *writers])

    def retry(self, adapter: CollectionAdapter) -> None:
        """Send again after a failure that may have come before or after the push was complete.

        Raises:
            StoreError: others have written meanwhile, so what was decided may be wrong.
        """
        with adapter.exclusive():
            state = adapter.state()
            if state.info == self.info and state.version_vector.get(self.writer, 0) == self.last:
                return
            now = (state.info and state.info.epoch, dict(state.version_vector))
            if not self.emptied and now != (self.before.epoch, dict(self.before.version_vector)):
                raise StoreError(
                    "the connection to the vector store was lost for a moment, and others have written to "
                    "it since; nothing of this write was kept",
                    remedy="try again",
                    data={"reason": "unreachable"},
                    retryable=True,
                )
            self.send(adapter)

    def _rows(self, adapter: CollectionAdapter) -> tuple[list[ServerRow], list[str]]:
        """Return (rows of the bullets that changed, ids of the rows of those that were removed)."""
        touched = list(dict.fromkeys(entry.bullet_id for entry in self.entries))
        changed = [
            ServerRow(
                row_id(embedded.bullet.id),
                to_payload(embedded, adapter.can_hold),
                None if embedded.vector is None else embedded.vector.tolist(),
            )
            for embedded in self.mirror.get_many(touched)
        ]
        present = {row.id for row in changed}
        return changed, [id for id in map(row_id, touched) if id not in present]


def prepare_push(
    mirror: RawTransaction, writer: str, before: SyncState, info: CollectionInfo, seq: int
) -> Push | None:
    """Return the push of what the mirror's journal has after `seq`; None if there is nothing to send.

    `before` and `info` are what the server holds.
    """
    entries, emptied = mirror.journal_after(seq)
    new_info = CollectionInfo(uuid.uuid4().hex if emptied else info.epoch, mirror.model())
    if not entries and new_info == info:
        return None
    if emptied:
        before = SyncState(new_info.epoch)
    batches = split_into_batches(entries, mirror.group_results()) if entries else []
    first = before.version_vector.get(writer, 0) + 1
    return Push(mirror, writer, new_info, before, emptied, entries, batches, first)
