"""A journal row of the server: what one push changed, for the history and the index of every mirror."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .payload import FIELD, pack, unpack

__all__ = ["Batch", "Entry", "batch_id", "split"]

_IDS = uuid.UUID("a0c6f7b4-51c1-4d0e-8a73-6d656d6f7275")
_SIZE = 500_000
"""Characters of images after which a row ends, well below what a server takes at once."""
_ENTRIES = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A journal entry, texts and images as the store's table has them."""

    at: str
    event: str
    bullet_id: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries in their order, and the packed answers of the requests that were answered with them."""

    entries: Sequence[Entry]
    answers: Mapping[str, bytes] = field(default_factory=dict)

    def payload(self, writer: str, number: int) -> dict[str, Any]:
        """What the row says."""
        entries = [[e.at, e.event, e.bullet_id, e.before, e.after] for e in self.entries]
        return {"writer": writer, "n": number, FIELD: pack([entries, dict(self.answers)])}

    @classmethod
    def of_payload(cls, payload: Mapping[str, Any]) -> Batch:
        """Raises ValueError where it is none."""
        try:
            entries, answers = unpack(payload[FIELD])
            return cls([Entry(*entry) for entry in entries], answers)
        except (KeyError, TypeError) as error:
            raise ValueError(f"no journal row: {type(error).__name__}") from None


def batch_id(epoch: str, writer: str, number: int) -> str:
    """The id of a writer's row with that number."""
    return str(uuid.uuid5(_IDS, f"{epoch} {writer} {number}"))


def split(entries: Sequence[Entry], answers: Mapping[str, bytes]) -> list[Batch]:
    """Batches of a size that fits into a row; the answers come with the last."""
    batches: list[Batch] = []
    part: list[Entry] = []
    size = 0
    for entry in entries:
        part.append(entry)
        size += len(entry.before or "") + len(entry.after or "")
        if size > _SIZE or len(part) == _ENTRIES:
            batches.append(Batch(part))
            part, size = [], 0
    if part or answers:
        batches.append(Batch(part, answers))
    return batches
