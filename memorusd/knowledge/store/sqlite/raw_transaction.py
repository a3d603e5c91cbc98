"""RawTransaction: rows and journal entries copied as another store has them.

Unlike SqlTransaction it neither checks what it writes nor adds journal entries of its own.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...bullet import Bullet
from ...embed import ModelId, Vectors
from .rows import COLUMNS, from_row, to_row
from .sql import BULLET_COLUMNS, IN_IDS, LAST_SEQ, current_model, ids_parameter
from .transaction import SqlTransaction

__all__ = ["EmbeddedBullet", "JournalEntry", "RawTransaction"]

_COLUMNS = f"{', '.join(COLUMNS)}, model, vector, passages"
_REPLACE = (
    f"INSERT INTO bullets ({_COLUMNS}) VALUES (?{', ?' * (len(COLUMNS) + 2)})"
    f" ON CONFLICT (id) DO UPDATE SET ({_COLUMNS}) = ("
    f"{', '.join('excluded.' + name for name in [*COLUMNS, 'model', 'vector', 'passages'])})"
)


@dataclass(frozen=True, slots=True)
class EmbeddedBullet:
    """A bullet with its vectors and the model that made them, whether or not it is the store's model."""

    bullet: Bullet
    model: ModelId | None = None
    vector: Vectors | None = None
    """Float32 of shape (dimensions,)."""
    passages: Vectors | None = None
    """Float32 of shape (m, dimensions)."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A journal entry with times and images as text, just as the table has them."""

    at: str
    event: str
    bullet_id: str
    before: str | None
    after: str | None


class RawTransaction:
    """Works inside the transaction of a group, as `transaction` does."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction
        self._sql: sqlite3.Connection = transaction.connection

    def get_meta(self, name: str) -> str | None:
        """See Store.get_meta."""
        row = self._sql.execute("SELECT value FROM meta WHERE key = ?", (name,)).fetchone()
        return row and str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        """See Store.set_meta."""
        self._transaction.set_meta(name, value)

    def last_seq(self) -> int:
        """Return the `seq` of the last journal entry."""
        return int(self._sql.execute(f"SELECT {LAST_SEQ}").fetchone()[0])

    def count(self) -> int:
        """Return the number of bullets."""
        return int(self._sql.execute("SELECT count(*) FROM bullets").fetchone()[0])

    def model(self) -> ModelId | None:
        """Return the model of the store's vectors."""
        current = current_model(self._sql)
        return None if current is None else current[1]

    def set_model(self, model: ModelId) -> None:
        """See Store.set_model."""
        self._transaction.set_model(model)

    def ids(self) -> list[str]:
        """Return the ids of all bullets."""
        return [id for (id,) in self._sql.execute("SELECT id FROM bullets")]

    def get_many(self, bullet_ids: Sequence[str]) -> Iterator[EmbeddedBullet]:
        """Yield those of the bullets that exist, with their vectors."""
        rows = self._sql.execute(
            f"SELECT {BULLET_COLUMNS}, vector, passages, m.name, m.revision, m.dimensions FROM bullets b"
            f" LEFT JOIN models m ON m.n = b.model WHERE b.id {IN_IDS}",
            (ids_parameter(bullet_ids),),
        )
        for *row, vector, passages, name, revision, dimensions in rows:
            if vector is None or name is None:
                yield EmbeddedBullet(from_row(row))
                continue
            parts = np.frombuffer(passages or b"", np.float32).reshape(-1, dimensions)
            yield EmbeddedBullet(
                from_row(row),
                ModelId(name, revision, dimensions),
                np.frombuffer(vector, np.float32),
                parts if len(parts) else None,
            )

    def put(self, embedded: EmbeddedBullet) -> None:
        """Insert or replace a bullet with its vectors; no vector removes the one that is stored."""
        row = to_row(embedded.bullet)
        if embedded.vector is None or embedded.model is None:
            self._sql.execute(_REPLACE, (*row, None, None, None))
            return
        identity = (embedded.model.name, embedded.model.revision, embedded.model.dimensions)
        self._sql.execute(
            "INSERT OR IGNORE INTO models (name, revision, dimensions) VALUES (?, ?, ?)", identity
        )
        (number,) = self._sql.execute(
            "SELECT n FROM models WHERE (name, revision, dimensions) = (?, ?, ?)", identity
        ).fetchone()
        passages = None if embedded.passages is None else embedded.passages.tobytes()
        self._sql.execute(_REPLACE, (*row, number, embedded.vector.tobytes(), passages))

    def remove(self, bullet_id: str) -> None:
        """Remove a bullet, if it is there."""
        self._sql.execute("DELETE FROM bullets WHERE id = ?", (bullet_id,))

    def reset(self) -> None:
        """Remove everything; see Store.reset."""
        self._transaction.reset()

    def append_journal(self, entries: Iterable[JournalEntry]) -> None:
        """Append journal entries as they are."""
        self._sql.executemany(
            "INSERT INTO journal (at, event, bullet_id, before, after) VALUES (?, ?, ?, ?, ?)",
            [(e.at, e.event, e.bullet_id, e.before, e.after) for e in entries],
        )

    def journal_after(self, seq: int) -> tuple[list[JournalEntry], bool]:
        """Return the journal's entries after `seq`, and whether there was a RESET among them."""
        rows = self._sql.execute(
            "SELECT at, event, bullet_id, before, after FROM journal WHERE seq > ? ORDER BY seq", (seq,)
        ).fetchall()
        entries = [JournalEntry(*row) for row in rows if row[2] is not None]
        return entries, any(event == "RESET" for _, event, *_ in rows)

    def remember_results(self, results: Mapping[str, bytes]) -> None:
        """Keep the packed results of requests that another store has answered."""
        now = int(time.time())
        self._sql.executemany(
            "INSERT OR IGNORE INTO requests VALUES (?, ?, ?)",
            [(request_id, now, result) for request_id, result in results.items()],
        )

    def group_results(self) -> dict[str, bytes]:
        """Return the packed results of the requests in this group, by request id."""
        return dict(self._transaction.results)
