"""What a writer may do: the statements behind Transaction, and how the store reads its own rows."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from memorus_proto.errors import ConfigError, InvalidRequest, NotFound

from ..bullet import Bullet, content_hash, utc_now
from ..embed import ModelId, Vectors
from . import Event, Posted, Stored, inbox
from .rows import COLUMNS, from_row, image, time_text, to_row

__all__ = [
    "AMONG",
    "MODEL",
    "ROW",
    "SEQ",
    "SqlTransaction",
    "checked_id",
    "current_model",
    "id_list",
    "stored",
]

ROW = ", ".join(COLUMNS)
"""The columns of a bullet, to select."""

SEQ = "(SELECT coalesce(max(seq), 0) FROM journal)"
AMONG = "IN (SELECT value FROM json_each(?))"
"""Stands after a column's name; see id_list."""

MODEL = "(SELECT value FROM meta WHERE key = 'model')"

_INSERT = (
    f"INSERT INTO bullets ({ROW}, model, vector, passages) VALUES (?{', ?' * (len(COLUMNS) + 2)})"
    " ON CONFLICT DO NOTHING"
)
_UPDATE = f"UPDATE bullets SET {' = ?, '.join(COLUMNS)} = ? WHERE id = ?"
# Lone surrogates, integers over 64 bit, the wrong type for the column, a type that SQLite has not.
_REFUSALS = (
    UnicodeEncodeError,
    OverflowError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)
_UNFIT = re.compile("[\0\ud800-\udfff]")
_SET_VECTOR = "UPDATE bullets SET model = ?, vector = ?, passages = ? WHERE id = ?"


_Blobs = tuple["int | None", "bytes | None", "bytes | None"]
"""Model, vector and passages, as columns."""


def stored(row: Sequence[Any], model: int | None) -> Stored:
    """A row that ends with model, vector and passages; vectors that are not of `model` are left out."""
    if row[-3] is None or row[-3] != model:
        return Stored(from_row(row), None)
    vector = np.frombuffer(row[-2], dtype=np.float32)
    passages = np.frombuffer(row[-1] or b"", dtype=np.float32).reshape(-1, len(vector))
    return Stored(from_row(row), vector, passages if len(passages) else None)


def current_model(connection: sqlite3.Connection) -> tuple[int, ModelId] | None:
    """The number and identity of the model of the stored vectors."""
    row = connection.execute(f"SELECT n, name, revision, dimensions FROM models WHERE n = {MODEL}").fetchone()
    return None if row is None else (row[0], ModelId(*row[1:]))


def id_list(bullet_ids: Sequence[str]) -> tuple[str]:
    """The parameter for AMONG: any number of ids."""
    return (json.dumps([id for id in bullet_ids if _can_be_id(id)]),)


def checked_id(value: str, what: str) -> str:
    """`value`, if the store can find it again. Raises InvalidRequest."""
    if not isinstance(value, str) or not value or not _can_be_id(value):
        raise InvalidRequest(f"{value!r:.80} is no {what}; use a string without NUL and lone surrogates")
    return value


def _can_be_id(value: str) -> bool:
    # SQLite's JSON ends at NUL, so that such an id would find another's bullet.
    return not _UNFIT.search(value)


class SqlTransaction:
    """A Transaction on the writer's connection. Good only while its group is being written."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection
        self._model = current_model(connection)
        self.results: dict[str, bytes] = {}
        """Results of requests, packed, that are to be written with the group."""

    @property
    def connection(self) -> sqlite3.Connection:
        """The writer's connection, inside its transaction."""
        return self._sql

    def get(self, bullet_id: str) -> Stored | None:
        with _refused(bullet_id):
            row = self._sql.execute(
                f"SELECT {ROW}, model, vector, passages FROM bullets WHERE id = ?", (bullet_id,)
            ).fetchone()
        if row is None:
            return None
        return stored(row, self._model and self._model[0])

    def put(
        self, bullet: Bullet, vector: Vectors | None, event: Event, passages: Vectors | None = None
    ) -> None:
        checked_id(bullet.id, "id of a bullet")
        row = to_row(bullet)
        blobs = (None, None, None) if vector is None else self._checked(vector, passages, bullet.id)
        with _refused(bullet.id):
            before = None
            if not self._sql.execute(_INSERT, (*row, *blobs)).rowcount:
                before = self._replace(bullet, row, blobs)
            self._journal(event, bullet.id, before, image(row))

    def _replace(self, bullet: Bullet, row: tuple[Any, ...], blobs: _Blobs) -> str:
        """Returns the image of what it was."""
        old = self._sql.execute(f"SELECT {ROW}, model FROM bullets WHERE id = ?", (bullet.id,)).fetchone()
        if blobs[1] is None and old[-1] is not None and old[1] != bullet.text:
            raise InvalidRequest(f"bullet {bullet.id} has a new text but not its vector; give both")
        self._sql.execute(_UPDATE, (*row, bullet.id))
        if blobs[1] is not None:
            self._sql.execute(_SET_VECTOR, (*blobs, bullet.id))
        return image(old[:-1])

    def changed_since(self, seq: int) -> dict[str, Stored | None]:
        rows = self._sql.execute("SELECT bullet_id FROM journal WHERE seq > ? AND bullet_id NOTNULL", (seq,))
        return {bullet_id: self.get(bullet_id) for bullet_id in dict.fromkeys(id for (id,) in rows)}

    def imported_since(self, seq: int) -> set[str]:
        rows = self._sql.execute("SELECT bullet_id FROM journal WHERE seq > ? AND event = 'IMPORT'", (seq,))
        return {bullet_id for (bullet_id,) in rows}

    def recalled(self, bullet_ids: Sequence[str], at: datetime) -> int:
        now = time_text(at)
        counted = self._sql.execute(
            "UPDATE bullets SET recall_count = recall_count + 1, last_recalled_at = ?"
            f" WHERE id {AMONG} AND (last_recalled_at IS NULL OR substr(last_recalled_at, 1, 10) < ?)"
            " RETURNING id",
            (now, *id_list(bullet_ids), now[:10]),
        ).fetchall()
        for (bullet_id,) in counted:
            self._journal("RECALL", bullet_id, None, None)
        return len(counted)

    def set_meta(self, name: str, value: str) -> None:
        """See Store.note."""
        self._sql.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def post(self, request_id: str, call: bytes, worker: inbox.Worker) -> None:
        """See Store.post."""
        inbox.post(self._sql, request_id, call, worker)

    def adopt(self, path: Path, worker: inbox.Worker) -> list[Posted]:
        """See Store.take_over."""
        return inbox.adopt(self._sql, path, worker)

    def ack(self, request_id: str) -> None:
        self._sql.execute("DELETE FROM inbox WHERE request_id = ?", (request_id,))

    def delete(self, bullet_id: str) -> Bullet:
        with _refused(bullet_id):
            row = self._sql.execute(f"SELECT {ROW} FROM bullets WHERE id = ?", (bullet_id,)).fetchone()
            if row is None:
                raise NotFound(f"there is no memory with the id {bullet_id!r}")
            self._sql.execute("DELETE FROM bullets WHERE id = ?", (bullet_id,))
            self._journal("DELETE", bullet_id, image(row), None)
        return from_row(row)

    def delete_where(self, fields: Mapping[str, str | None]) -> int:
        given = {name: value for name, value in fields.items() if value is not None}
        if unknown := given.keys() - set(COLUMNS):
            raise InvalidRequest(f"bullets have no field {', '.join(sorted(unknown))}")
        where = " AND ".join(f"{name} = ?" for name in given) or "TRUE"
        ids = self._sql.execute(f"SELECT id FROM bullets WHERE {where}", tuple(given.values())).fetchall()
        for (bullet_id,) in ids:
            self.delete(bullet_id)
        return len(ids)

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
                f"the store's vectors are of {current}, not of {model}; "
                "another process has changed the model: use the same one everywhere"
            )
        count = 0
        for bullet_id, text_hash, vector, passages in vectors:
            blobs = self._checked(vector, passages, bullet_id)
            row = self._sql.execute("SELECT text FROM bullets WHERE id = ?", (bullet_id,)).fetchone()
            if row is not None and content_hash(row[0]) == text_hash:
                self._sql.execute(_SET_VECTOR, (*blobs, bullet_id))
                self._journal("REEMBED", bullet_id, None, None)
                count += 1
        return count

    def reset(self) -> None:
        """Take out all there is; what is deleted is overwritten (secure_delete)."""
        for table in ("bullets", "journal", "requests", "inbox"):
            self._sql.execute(f"DELETE FROM {table}")
        self.results.clear()
        self._journal("RESET", None, None, None)

    def undone(self) -> None:
        """The last job's changes were taken back."""
        self._model = current_model(self._sql)

    def _journal(self, event: Event, bullet_id: str | None, before: str | None, after: str | None) -> None:
        self._sql.execute(
            "INSERT INTO journal (at, event, bullet_id, before, after) VALUES (?, ?, ?, ?, ?)",
            (time_text(utc_now()), event, bullet_id, before, after),
        )

    def _checked(self, vector: Vectors, passages: Vectors | None, bullet_id: str) -> _Blobs:
        """The number of the store's model, and the bytes of the vector and of those of the passages."""
        model = self._model
        if model is None:
            raise ConfigError(f"bullet {bullet_id} has a vector, but the store has no model; set it first")
        dimensions = model[1].dimensions
        if vector.dtype != np.float32 or vector.shape != (dimensions,):
            raise InvalidRequest(
                f"the vector of bullet {bullet_id} is {vector.dtype} of shape {vector.shape}; "
                f"{model[1]} makes float32 of shape ({dimensions},)"
            )
        if passages is None:
            return model[0], vector.tobytes(), None
        if passages.dtype != np.float32 or passages.ndim != 2 or passages.shape[1] != dimensions:
            raise InvalidRequest(
                f"the passages of bullet {bullet_id} are {passages.dtype} of shape {passages.shape}; "
                f"{model[1]} makes float32 of shape (n, {dimensions})"
            )
        return model[0], vector.tobytes(), passages.tobytes()


@contextmanager
def _refused(bullet_id: str) -> Iterator[None]:
    """Values that SQLite has no form for are the caller's mistake, not the store's."""
    try:
        yield
    except _REFUSALS as error:
        raise InvalidRequest(
            f"bullet {bullet_id!r:.80} cannot be stored: {error}; correct that value"
        ) from None
