"""How far a mirror has followed its server: kept in the mirror, in the same transaction as its rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["SYNC_STATE", "WRITER", "SyncState"]

SYNC_STATE = "server"
"""The key in `meta` of the sync state."""

WRITER = "writer"
"""The key in `meta` of the mirror's name as a writer."""


@dataclass(frozen=True, slots=True)
class SyncState:
    """What the mirror has taken over so far."""

    epoch: str | None = None
    """The epoch of the knowledge base (see adapter.CollectionInfo); None before the first pull."""
    version_vector: Mapping[str, int] = field(default_factory=dict)
    """For each writer the number of its last journal row that is in the mirror."""
    foreign_rows: int = 0
    """Rows of the server's collection that are not memories."""

    def to_text(self) -> str:
        """Return the state as `of_text` reads it."""
        return json.dumps([self.epoch, dict(self.version_vector), self.foreign_rows])

    @classmethod
    def of_text(cls, text: str | None) -> SyncState:
        """Read a state; None is that of a new mirror."""
        return cls() if text is None else cls(*json.loads(text))
