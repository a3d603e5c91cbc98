"""Pieces of SQL that readers and the writer share, and how a row with its vectors is read."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from typing import Any

import numpy as np

from memorus_proto.errors import InvalidRequest

from ...embed import ModelId
from .. import StoredBullet
from .rows import COLUMNS, from_row

__all__ = [
    "BULLET_COLUMNS",
    "CURRENT_MODEL",
    "IN_IDS",
    "LAST_SEQ",
    "checked_id",
    "current_model",
    "ids_parameter",
    "to_stored",
]

BULLET_COLUMNS = ", ".join(COLUMNS)
"""The columns of a bullet, for a SELECT."""

LAST_SEQ = "(SELECT coalesce(max(seq), 0) FROM journal)"

CURRENT_MODEL = "(SELECT value FROM meta WHERE key = 'model')"
"""The number of the store's model in the table `models`."""

IN_IDS = "IN (SELECT value FROM json_each(?))"
"""Comes after the name of a column; `ids_parameter` makes its parameter."""

_UNFIT = re.compile("[\0\ud800-\udfff]")


def to_stored(row: Sequence[Any], model: int | None) -> StoredBullet:
    """Read a row that ends with model, vector and passages. Vectors of another model become None."""
    if row[-3] is None or row[-3] != model:
        return StoredBullet(from_row(row), None)
    vector = np.frombuffer(row[-2], dtype=np.float32)
    passages = np.frombuffer(row[-1] or b"", dtype=np.float32).reshape(-1, len(vector))
    return StoredBullet(from_row(row), vector, passages if len(passages) else None)


def current_model(connection: sqlite3.Connection) -> tuple[int, ModelId] | None:
    """Return the number and the identity of the model of the stored vectors."""
    row = connection.execute(
        f"SELECT n, name, revision, dimensions FROM models WHERE n = {CURRENT_MODEL}"
    ).fetchone()
    return None if row is None else (row[0], ModelId(*row[1:]))


def ids_parameter(bullet_ids: Sequence[str]) -> str:
    """Return the parameter for IN_IDS, for any number of ids; ids that no bullet can have are left out."""
    return json.dumps([id for id in bullet_ids if _can_be_id(id)])


def checked_id(value: str, what: str) -> str:
    """Return `value` if the store can find it again. Raises InvalidRequest."""
    if not isinstance(value, str) or not value or not _can_be_id(value):
        raise InvalidRequest(
            f"{value!r:.80} cannot be a {what}", remedy="use a string without NUL and lone surrogates"
        )
    return value


def _can_be_id(value: str) -> bool:
    # SQLite's JSON ends at NUL, so such an id would find another bullet.
    return not _UNFIT.search(value)
