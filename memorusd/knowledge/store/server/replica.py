"""What the mirror takes over from the server: rows and journal entries, as they are."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ...bullet import Bullet, utc_now
from ...embed import ModelId
from ..rows import COLUMNS, from_row, image, time_text, to_row
from ..transaction import AMONG, ROW, SEQ, SqlTransaction, current_model, id_list
from .batch import Entry
from .payload import Kept

__all__ = ["NOTE", "Known", "Replica"]

NOTE = "server"
"""The fact under which Known is noted."""

_COLUMNS = f"{', '.join(COLUMNS)}, model, vector, passages"
_REPLACE = (
    f"INSERT INTO bullets ({_COLUMNS}) VALUES (?{', ?' * (len(COLUMNS) + 2)})"
    f" ON CONFLICT (id) DO UPDATE SET ({_COLUMNS}) = ("
    f"{', '.join('excluded.' + name for name in [*COLUMNS, 'model', 'vector', 'passages'])})"
)


@dataclass(frozen=True, slots=True)
class Known:
    """How far the mirror has come."""

    epoch: str | None = None
    heads: Mapping[str, int] = field(default_factory=dict)
    strangers: int = 0
    """Rows of the server that are no memories."""

    def text(self) -> str:
        """As it is noted."""
        return json.dumps([self.epoch, dict(self.heads), self.strangers])

    @classmethod
    def of(cls, text: str | None) -> Known:
        """What was noted."""
        return cls() if text is None else cls(*json.loads(text))


class Replica:
    """Works inside the transaction of a group."""

    def __init__(self, transaction: SqlTransaction) -> None:
        self._transaction = transaction
        self._sql: sqlite3.Connection = transaction.connection

    def known(self) -> Known:
        """See Known."""
        row = self._sql.execute("SELECT value FROM meta WHERE key = ?", (NOTE,)).fetchone()
        return Known.of(row and row[0])

    def note(self, known: Known) -> None:
        """Keep it, with everything else in this transaction."""
        self._transaction.set_meta(NOTE, known.text())

    def refresh(self) -> int:
        """The last entry of the mirror's journal."""
        return int(self._sql.execute(f"SELECT {SEQ}").fetchone()[0])

    def count(self) -> int:
        """Bullets in the mirror."""
        return int(self._sql.execute("SELECT count(*) FROM bullets").fetchone()[0])

    def model(self) -> ModelId | None:
        """The model of the vectors."""
        found = current_model(self._sql)
        return None if found is None else found[1]

    def set_model(self, model: ModelId) -> None:
        """See Store.set_model."""
        self._transaction.set_model(model)

    def ids(self) -> list[str]:
        """Of all bullets."""
        return [id for (id,) in self._sql.execute("SELECT id FROM bullets")]

    def kept(self, bullet_ids: Sequence[str]) -> Iterator[Kept]:
        """The bullets that exist, with their vectors."""
        rows = self._sql.execute(
            f"SELECT {ROW}, vector, passages, m.name, m.revision, m.dimensions FROM bullets b"
            f" LEFT JOIN models m ON m.n = b.model WHERE b.id {AMONG}",
            id_list(bullet_ids),
        )
        for *row, vector, passages, name, revision, dimensions in rows:
            if vector is None or name is None:
                yield Kept(from_row(row))
                continue
            parts = np.frombuffer(passages or b"", np.float32).reshape(-1, dimensions)
            yield Kept(
                from_row(row),
                ModelId(name, revision, dimensions),
                np.frombuffer(vector, np.float32),
                parts if len(parts) else None,
            )

    def put(self, kept: Kept) -> None:
        """Have the bullet as the server has it."""
        row = to_row(kept.bullet)
        if kept.vector is None or kept.model is None:
            self._sql.execute(_REPLACE, (*row, None, None, None))
            return
        identity = (kept.model.name, kept.model.revision, kept.model.dimensions)
        self._sql.execute(
            "INSERT OR IGNORE INTO models (name, revision, dimensions) VALUES (?, ?, ?)", identity
        )
        (number,) = self._sql.execute(
            "SELECT n FROM models WHERE (name, revision, dimensions) = (?, ?, ?)", identity
        ).fetchone()
        passages = None if kept.passages is None else kept.passages.tobytes()
        self._sql.execute(_REPLACE, (*row, number, kept.vector.tobytes(), passages))

    def remove(self, bullet_id: str) -> None:
        """Have the bullet no more."""
        self._sql.execute("DELETE FROM bullets WHERE id = ?", (bullet_id,))

    def clear(self) -> None:
        """The server was emptied."""
        self._transaction.reset()

    def journal(self, entries: Iterable[Entry]) -> None:
        """Take over entries of others."""
        self._sql.executemany(
            "INSERT INTO journal (at, event, bullet_id, before, after) VALUES (?, ?, ?, ?, ?)",
            [(e.at, e.event, e.bullet_id, e.before, e.after) for e in entries],
        )

    def found(self, before: Bullet | None, after: Bullet | None) -> Entry:
        """The entry of what plain mem0 did, which keeps its history elsewhere."""
        some = after or before
        assert some is not None
        event = "DELETE" if after is None else "ADD" if before is None else "UPDATE"
        at = utc_now() if after is None else after.updated_at
        return Entry(
            time_text(at),
            event,
            some.id,
            None if before is None else image(to_row(before)),
            None if after is None else image(to_row(after)),
        )

    def answered(self, answers: Mapping[str, bytes]) -> None:
        """Know the answers to requests that were answered elsewhere."""
        now = int(time.time())
        self._sql.executemany(
            "INSERT OR IGNORE INTO requests VALUES (?, ?, ?)",
            [(request_id, now, answer) for request_id, answer in answers.items()],
        )

    def answers(self) -> dict[str, bytes]:
        """Those of this group."""
        return dict(self._transaction.results)

    def entries(self, seq: int) -> tuple[list[Entry], bool]:
        """What the journal has after `seq`, and whether everything was removed before that."""
        rows = self._sql.execute(
            "SELECT at, event, bullet_id, before, after FROM journal WHERE seq > ? ORDER BY seq", (seq,)
        ).fetchall()
        entries = [Entry(*row) for row in rows if row[2] is not None]
        return entries, any(event == "RESET" for _, event, *_ in rows)
