"""SqliteStore: the Store contract as queries on one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from ...ages import Ages
from ...bullet import Bullet
from ...embed import ModelId, Vectors
from ...selection import Selection
from .. import Change, InboxEntry, Store, StoredBullet, Transaction
from . import schema
from .connections import RowStream
from .database import Database, never
from .failure import store_error
from .listing import page, where_selected
from .rows import from_image, from_row
from .sql import (
    BULLET_COLUMNS,
    CURRENT_MODEL,
    IN_IDS,
    LAST_SEQ,
    checked_id,
    current_model,
    ids_parameter,
    to_stored,
)
from .transaction import SqlTransaction
from .writer import AroundGroup

__all__ = ["SqliteStore"]


class SqliteStore(Store):
    """See Store. Make one with `open`."""

    def __init__(self, path: Path, around: AroundGroup | None = None) -> None:
        """Open the store at `path`; see writer.AroundGroup for `around`."""
        self._database = Database(path, around)
        self._database.open()

    @classmethod
    def open(cls, path: Path) -> SqliteStore:
        """Open the store at `path`, creating it (and its directory, 0700) if there is none.

        Raises:
            StoreError: `data["reason"]` is too_new, read_only, disk_full, locked, io or corrupt.
                A corrupt file has been set aside (as `data["set_aside"]`), and the next open
                begins with an empty store.
        """
        return cls(path.absolute())

    @property
    def path(self) -> Path:
        """The store's file."""
        return self._database.path

    @property
    def store_id(self) -> str:
        return self._database.store_id

    def write(
        self,
        work: Callable[[Transaction], Any],
        *,
        request_id: str | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> Any:
        return self._database.submit(work, request_id, cancelled)

    def post(self, request_id: str, call: bytes) -> None:
        checked_id(request_id, "request id")
        database = self._database
        database.submit(lambda t: t.post(request_id, call, database.inbox_worker()), local=True)

    def ack(self, request_id: str) -> None:
        self._database.submit(lambda transaction: transaction.ack(request_id), local=True)

    def take_over(self) -> list[InboxEntry]:
        database = self._database
        if not database.select("SELECT 1 FROM inbox LIMIT 1"):
            return []
        adopted: list[InboxEntry] = database.submit(
            lambda t: t.adopt(database.path, database.inbox_worker()), local=True
        )
        return adopted

    def get(self, bullet_id: str) -> Bullet | None:
        return self.get_many([bullet_id]).get(bullet_id)

    def get_many(self, bullet_ids: Sequence[str]) -> dict[str, Bullet]:
        rows = self._database.select(
            f"SELECT {BULLET_COLUMNS} FROM bullets WHERE id {IN_IDS}", ids_parameter(bullet_ids)
        )
        return {row[0]: from_row(row) for row in rows}

    def page(
        self, selection: Selection, after: str | None, limit: int, archived: bool | None = False
    ) -> tuple[list[Bullet], str | None]:
        with self._database.reading() as connection:
            return page(connection, selection, after, limit, archived)

    def history(self, bullet_id: str) -> list[Change]:
        return self.histories([bullet_id])

    def histories(self, bullet_ids: Sequence[str]) -> list[Change]:
        return self._changes(f"bullet_id {IN_IDS}", ids_parameter(bullet_ids))

    def changes(self, since: int, until: int, limit: int) -> list[Change]:
        return self._changes("seq > ? AND seq <= ?", since, until, limit=limit)

    def counts(self, selection: Selection) -> list[tuple[str, str, str, bool, int]]:
        kind = "type, section, scope, archived_at NOTNULL"
        where, values = where_selected(selection)
        rows = self._database.select(
            f"SELECT {kind}, count(*) FROM bullets WHERE {where} GROUP BY {kind}", *values
        )
        return [(type, section, scope, bool(archived), n) for type, section, scope, archived, n in rows]

    def duplicates(self) -> list[list[str]]:
        rows = self._database.select(
            "SELECT json_group_array(id) FROM bullets WHERE archived_at IS NULL"
            " GROUP BY text, user_id, agent_id, run_id, scope, type, section HAVING count(*) > 1"
        )
        return [json.loads(ids) for (ids,) in rows]

    def ages(self, bullet_ids: Sequence[str] | None = None) -> tuple[list[str], Ages]:
        among, parameters = _among("AND", bullet_ids)
        rows = self._database.select(
            "SELECT id, created_at, last_recalled_at, recall_count FROM bullets"
            f" WHERE archived_at IS NULL{among}",
            *parameters,
        )
        return [row[0] for row in rows], Ages.of_rows(row[1:] for row in rows)

    def selected_ages(self, selection: Selection) -> Ages:
        where, values = where_selected(selection)
        rows = self._database.select(
            "SELECT created_at, last_recalled_at, recall_count FROM bullets"
            f" WHERE archived_at IS NULL AND {where}",
            *values,
        )
        return Ages.of_rows(rows)

    def get_meta(self, name: str) -> str | None:
        rows = self._database.select("SELECT value FROM meta WHERE key = ?", name)
        return str(rows[0][0]) if rows else None

    def all_meta(self) -> dict[str, str]:
        return {name: str(value) for name, value in self._database.select("SELECT key, value FROM meta")}

    def set_meta(self, name: str, value: str) -> None:
        self._database.submit(lambda transaction: transaction.set_meta(name, value), local=True)

    def refresh(self) -> int:
        return self._database.last_seq()

    def changed_since(self, seq: int) -> tuple[int, list[str], bool]:
        rows = self._database.select(
            "SELECT seq, event, bullet_id FROM journal WHERE seq > ? ORDER BY seq", seq
        )
        ids = dict.fromkeys(id for _, _, id in rows if id is not None)
        return rows[-1][0] if rows else seq, list(ids), any(event == "RESET" for _, event, _ in rows)

    def recalled_since(self, seq: int) -> list[str]:
        rows = self._database.select(
            "SELECT bullet_id FROM journal WHERE seq > ? AND bullet_id NOTNULL"
            " GROUP BY bullet_id HAVING min(event) = 'RECALL' AND max(event) = 'RECALL'",
            seq,
        )
        return [bullet_id for (bullet_id,) in rows]

    def reconcile(self) -> None:
        pass

    def load(self, bullet_ids: Sequence[str] | None = None) -> tuple[int, Iterator[StoredBullet]]:
        among, parameters = _among("WHERE", bullet_ids)
        (seq, model), rows = self._database.stream(
            f"SELECT {LAST_SEQ}, {CURRENT_MODEL}",
            f"SELECT {BULLET_COLUMNS}, model, vector, passages FROM bullets{among}",
            parameters,
        )
        return seq, self._stored(rows, model)

    def count(self) -> int:
        return int(self._database.select("SELECT count(*) FROM bullets")[0][0])

    def model(self) -> ModelId | None:
        with self._database.reading() as connection:
            current = current_model(connection)
        return None if current is None else current[1]

    def set_model(self, model: ModelId) -> None:
        self._database.submit(lambda transaction: transaction.set_model(model))

    def without_vector(self, limit: int) -> list[Bullet]:
        # Written so that SQLite can use the index on `model`.
        other = f"model IS NULL OR model < {CURRENT_MODEL} OR model > {CURRENT_MODEL}"
        rows = self._database.select(f"SELECT {BULLET_COLUMNS} FROM bullets WHERE {other} LIMIT ?", limit)
        return [from_row(row) for row in rows]

    def set_vectors(self, vectors: Sequence[tuple[str, str, Vectors, Vectors | None]], model: ModelId) -> int:
        return int(self._database.submit(lambda transaction: transaction.set_vectors(vectors, model)))

    def reset(self, request_id: str | None = None) -> None:
        self._database.submit(SqlTransaction.reset, request_id)
        self.purge()

    def purge(self) -> None:
        """Leave no trace of removed bullets in the log or in copies of older schemas."""
        self._database.purge()

    def status(self) -> dict[str, Any]:
        path, model = self.path, self.model()
        files = [path.with_name(path.name + suffix) for suffix in ("", "-wal")]
        return {
            "kind": "sqlite",
            "path": str(path),
            "bytes": sum(file.stat().st_size for file in files if file.exists()),
            "schema": len(schema.STEPS),
            "seq": self.refresh(),
            "count": self.count(),
            "model": None if model is None else str(model),
            "fsyncs": self._database.fsyncs,
            "transactions": self._database.transactions,
        }

    def close(self) -> None:
        self._database.close()

    def _changes(self, where: str, *parameters: Any, limit: int = -1) -> list[Change]:
        """Return journal entries that belong to histories; a negative limit means all."""
        rows = self._database.select(
            "SELECT seq, at, event, bullet_id, before, after FROM journal"
            f" WHERE {where} AND event NOT IN ('REEMBED', 'RECALL') ORDER BY seq LIMIT ?",
            *parameters,
            limit,
        )
        return [
            Change(seq, datetime.fromisoformat(at), event, id, from_image(before), from_image(after))
            for seq, at, event, id, before, after in rows
        ]

    def _stored(self, rows: RowStream, model: int | None) -> Iterator[StoredBullet]:
        try:
            for row in rows:
                yield to_stored(row, model)
        except sqlite3.Error as error:
            raise store_error(error, self.path) from error


def _among(keyword: str, bullet_ids: Sequence[str] | None) -> tuple[str, tuple[str, ...]]:
    """Return the end of a statement that selects these bullets (None: all), and its parameters."""
    if bullet_ids is None:
        return "", ()
    return f" {keyword} id {IN_IDS}", (ids_parameter(bullet_ids),)
