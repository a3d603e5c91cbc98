"""SqlTransaction: what a writer may do, as statements."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from memorus_proto.errors import ConfigError, InvalidRequest, NotFound

from ...bullet import Bullet, content_hash, utc_now
from ...embed import ModelId, Vectors
from .. import Event, InboxEntry, StoredBullet
from . import inbox
from .rows import COLUMNS, from_row, image, time_text, to_row
from .sql import BULLET_COLUMNS, IN_IDS, checked_id, current_model, ids_parameter, to_stored

__all__ = ["SqlTransaction"]

_INSERT = (
    f"INSERT INTO bullets ({BULLET_COLUMNS}, model, vector, passages) VALUES (?{', ?' * (len(COLUMNS) + 2)})"
    " ON CONFLICT DO NOTHING"
)
_UPDATE = f"UPDATE bullets SET {' = ?, '.join(COLUMNS)} = ? WHERE id = ?"
_SET_VECTOR = "UPDATE bullets SET model = ?, vector = ?, passages = ? WHERE id = ?"

_REFUSALS = (
    UnicodeEncodeError,  # a lone surrogate
    OverflowError,  # an integer of more than 64 bits
    sqlite3.IntegrityError,  # the wrong type for the column
    sqlite3.InterfaceError,  # a type that SQLite does not have
    sqlite3.ProgrammingError,  # the same, since Python 3.11
)

_VectorColumns = tuple["int | None", "bytes | None", "bytes | None"]
"""The columns model, vector and passages."""


class SqlTransaction:
    """See Transaction. Works on the writer's connection, and only while its group is being written."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection
        self._model = current_model(connection)
        self.results: dict[str, bytes] = {}
        """Packed results of requests, by request id; they are written with the group."""

    @property
    def connection(self) -> sqlite3.Connection:
        """The writer's connection, inside the transaction."""
        return self._sql

    def get(self, bullet_id: str) -> StoredBullet | None:
        with _refusing(bullet_id):
            row = self._sql.execute(
                f"SELECT {BULLET_COLUMNS}, model, vector, passages FROM bullets WHERE id = ?", (bullet_id,)
            ).fetchone()
        if row is None:
            return None
        return to_stored(row, self._model and self._model[0])

    def put(
        self, bullet: Bullet, vector: Vectors | None, event: Event, passages: Vectors | None = None
    ) -> None:
        checked_id(bullet.id, "bullet id")
        row = to_row(bullet)
        columns = (None, None, None) if vector is None else self._vector_columns(vector, passages, bullet.id)
        with _refusing(bullet.id):
            before = None
            if not self._sql.execute(_INSERT, (*row, *columns)).rowcount:
                before = self._replace(bullet, row, columns)
            self._journal(event, bullet.id, before, image(row))

    def _replace(self, bullet: Bullet, row: tuple[Any, ...], columns: _VectorColumns) -> str:
        """Return the image of the bullet as it was."""
        old = self._sql.execute(
            f"SELECT {BULLET_COLUMNS}, model FROM bullets WHERE id = ?", (bullet.id,)
        ).fetchone()
        if columns[1] is None and old[-1] is not None and old[1] != bullet.text:
            raise InvalidRequest(
                f"bullet {bullet.id} has a new text but no vector of it", remedy="pass both together"
            )
        self._sql.execute(_UPDATE, (*row, bullet.id))
        if columns[1] is not None:
            self._sql.execute(_SET_VECTOR, (*columns, bullet.id))
        return image(old[:-1])

    def changed_since(self, seq: int) -> dict[str, StoredBullet | None]:
        rows = self._sql.execute("SELECT bullet_id FROM journal WHERE seq > ? AND bullet_id NOTNULL", (seq,))
        return {bullet_id: self.get(bullet_id) for bullet_id in dict.fromkeys(id for (id,) in rows)}

    def imported_since(self, seq: int) -> set[str]:
        rows = self._sql.execute("SELECT bullet_id FROM journal WHERE seq > ? AND event = 'IMPORT'", (seq,))
        return {bullet_id for (bullet_id,) in rows}

    def count_recalls(self, bullet_ids: Sequence[str], at: datetime) -> int:
        now = time_text(at)
        counted = self._sql.execute(
            "UPDATE bullets SET recall_count = recall_count + 1, last_recalled_at = ?"
            f" WHERE id {IN_IDS} AND (last_recalled_at IS NULL OR substr(last_recalled_at, 1, 10) < ?)"
            " RETURNING id",
            (now, ids_parameter(bullet_ids), now[:10]),
        ).fetchall()
        for (bullet_id,) in counted:
            self._journal("RECALL", bullet_id, None, None)
        return len(counted)

    def set_meta(self, name: str, value: str) -> None:
        """See Store.set_meta."""
        self._sql.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def post(self, request_id: str, call: bytes, worker: inbox.Worker) -> None:
        """See Store.post."""
        inbox.post(self._sql, request_id, call, worker)

    def adopt(self, path: Path, worker: inbox.Worker) -> list[InboxEntry]:
        """See Store.take_over."""
        return inbox.adopt(self._sql, path, worker)

    def ack(self, request_id: str) -> None:
        self._sql.execute("DELETE FROM inbox WHERE request_id = ?", (request_id,))

    def delete(self, bullet_id: str) -> Bullet:
        with _refusing(bullet_id):
            row = self._sql.execute(
                f"SELECT {BULLET_COLUMNS} FROM bullets WHERE id = ?", (bullet_id,)
            ).fetchone()
            if row is None:
                raise NotFound(f"there is no memory with the id {bullet_id!r}")
            self._sql.execute("DELETE FROM bullets WHERE id = ?", (bullet_id,))
            self._journal("DELETE", bullet_id, image(row), None)
        return from_row(row)

    def delete_where(self, fields: Mapping[str, str | None]) -> int:
        given = {name: value for name, value in fields.items() if value is not None}
        if unknown := given.keys() - set(COLUMNS):
            raise InvalidRequest(
                f"bullets have no field {', '.join(sorted(unknown))}",
                remedy=f"use one of {', '.join(COLUMNS)}",
            )
        where = " AND ".join(f"{name} = ?" for name in given) or "TRUE"
        ids = self._sql.execute(f"SELECT id FROM bullets WHERE {where}", tuple(given.values())).fetchall()
        for (bullet_id,) in ids:
            self.delete(bullet_id)
        return len(ids)

    def scopes(self, owner: Mapping[str, str]) -> dict[str, int]:
        where = " AND ".join(f"{name} = ?" for name in owner)
        query = f"SELECT scope, count(*) FROM bullets WHERE {where or 'TRUE'} GROUP BY scope"
        return dict(self._sql.execute(query, tuple(owner.values())).fetchall())

    def set_model(self, model: ModelId) -> None:
        """See Store.set_model."""
        identity = (model.name, model.revision, model.dimensions)
        self._sql.execute(
            "INSERT OR IGNORE INTO models (name, revision, dimensions) VALUES (?, ?, ?)", identity
        )
        self._sql.execute(
            "INSERT OR REPLACE INTO meta SELECT 'model', n FROM models"
            " WHERE (name, revision, dimensions) = (?, ?, ?)",
            identity,
        )
        self._model = current_model(self._sql)

    def set_vectors(self, vectors: Sequence[tuple[str, str, Vectors, Vectors | None]], model: ModelId) -> int:
        """See Store.set_vectors."""
        current = self._model and self._model[1]
        if current != model:
            raise ConfigError(
                f"the store's vectors are of {current}, not of {model}: another process has changed the "
                "model",
                remedy="use the same embedder everywhere",
            )
        count = 0
        for bullet_id, text_hash, vector, passages in vectors:
            columns = self._vector_columns(vector, passages, bullet_id)
            row = self._sql.execute("SELECT text FROM bullets WHERE id = ?", (bullet_id,)).fetchone()
            if row is not None and content_hash(row[0]) == text_hash:
                self._sql.execute(_SET_VECTOR, (*columns, bullet_id))
                self._journal("REEMBED", bullet_id, None, None)
                count += 1
        return count

    def reset(self) -> None:
        """See Store.reset. What is deleted is overwritten (secure_delete)."""
        for table in ("bullets", "journal", "requests", "inbox"):
            self._sql.execute(f"DELETE FROM {table}")
        self.results.clear()
        self._journal("RESET", None, None, None)

    def after_rollback(self) -> None:
        """Note that the last job's changes were undone."""
        self._model = current_model(self._sql)

    def _journal(self, event: Event, bullet_id: str | None, before: str | None, after: str | None) -> None:
        self._sql.execute(
            "INSERT INTO journal (at, event, bullet_id, before, after) VALUES (?, ?, ?, ?, ?)",
            (time_text(utc_now()), event, bullet_id, before, after),
        )

    def _vector_columns(self, vector: Vectors, passages: Vectors | None, bullet_id: str) -> _VectorColumns:
        """Check the vectors against the store's model, and return its number and their bytes."""
        model = self._model
        if model is None:
            raise ConfigError(
                f"bullet {bullet_id} has a vector, but the store has no model", remedy="set the model first"
            )
        dimensions = model[1].dimensions
        if vector.dtype != np.float32 or vector.shape != (dimensions,):
            raise InvalidRequest(
                f"the vector of bullet {bullet_id} is {vector.dtype} of shape {vector.shape}",
                remedy=f"pass what {model[1]} makes: float32 of shape ({dimensions},)",
            )
        if passages is None:
            return model[0], vector.tobytes(), None
        if passages.dtype != np.float32 or passages.ndim != 2 or passages.shape[1] != dimensions:
            raise InvalidRequest(
                f"the passages of bullet {bullet_id} are {passages.dtype} of shape {passages.shape}",
                remedy=f"pass what {model[1]} makes: float32 of shape (n, {dimensions})",
            )
        return model[0], vector.tobytes(), passages.tobytes()


@contextmanager
def _refusing(bullet_id: str) -> Iterator[None]:
    """Raise InvalidRequest for values that SQLite cannot hold: they are the caller's mistake."""
    try:
        yield
    except _REFUSALS as error:
        raise InvalidRequest(
            f"bullet {bullet_id!r:.80} cannot be stored: {error}", remedy="correct that value"
        ) from None
