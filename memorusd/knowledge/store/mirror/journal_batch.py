"""A row of the server's journal: the changes of one push, for the history and index of every mirror."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..sqlite.raw_transaction import JournalEntry
from .payload import MEMORUS_FIELD, pack, unpack

__all__ = ["JournalBatch", "batch_id", "split_into_batches"]

_NAMESPACE = uuid.UUID("a0c6f7b4-51c1-4d0e-8a73-6d656d6f7275")
_MAX_CHARACTERS = 500_000
"""Characters of images after which a batch ends, well below what a server accepts in one row."""
_MAX_ENTRIES = 500


@dataclass(frozen=True, slots=True)
class JournalBatch:
    """Journal entries in their order, and the packed results of the requests that made them."""

    entries: Sequence[JournalEntry]
    results: Mapping[str, bytes] = field(default_factory=dict)

    def to_payload(self, writer: str, number: int) -> dict[str, Any]:
        """Return the payload of the row, as number `number` of `writer`."""
        entries = [[e.at, e.event, e.bullet_id, e.before, e.after] for e in self.entries]
        return {"writer": writer, "n": number, MEMORUS_FIELD: pack([entries, dict(self.results)])}

    @classmethod
    def of_payload(cls, payload: Mapping[str, Any]) -> JournalBatch:
        """Read a payload. Raises ValueError if it is not that of a journal row."""
        try:
            entries, results = unpack(payload[MEMORUS_FIELD])
            return cls([JournalEntry(*entry) for entry in entries], results)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a journal row: {type(error).__name__}") from None


def batch_id(epoch: str, writer: str, number: int) -> str:
    """Return the id of a writer's batch with that number."""
    return str(uuid.uuid5(_NAMESPACE, f"{epoch} {writer} {number}"))


def split_into_batches(entries: Sequence[JournalEntry], results: Mapping[str, bytes]) -> list[JournalBatch]:
    """Split entries into batches that fit into a row; the results go with the last batch."""
    batches: list[JournalBatch] = []
    part: list[JournalEntry] = []
    characters = 0
    for entry in entries:
        part.append(entry)
        characters += len(entry.before or "") + len(entry.after or "")
        if characters > _MAX_CHARACTERS or len(part) == _MAX_ENTRIES:
            batches.append(JournalBatch(part))
            part, characters = [], 0
    if part or results:
        batches.append(JournalBatch(part, results))
    return batches
