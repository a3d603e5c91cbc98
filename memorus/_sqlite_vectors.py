"""A durable vector store for mem0 in one SQLite file, for any number of threads and processes."""

from __future__ import annotations

import copy
import json
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from mem0.vector_stores.base import VectorStoreBase

from memorus_proto.errors import InvalidRequest, NotFound
from memorus_proto.paths import Paths

from ._collection import CollectionCache, Hit, Vector, parse_mem0_filter, payload_matches
from ._vector_file import VectorFile

__all__ = ["SqliteVectors", "StoredRow"]


@dataclass(slots=True)
class StoredRow:
    """A row in the form that mem0 expects."""

    id: str
    score: float | None
    payload: dict[str, Any]


class SqliteVectors(VectorStoreBase):  # type: ignore[misc]
    """One collection of the file at `path`. Thread-safe, and usable after a fork.

    Every method raises StoreError if the file cannot be read or written, and InvalidRequest (a ValueError)
    for a vector or a payload that cannot be stored, or a filter that is not valid.
    """

    def __init__(
        self, collection_name: str = "mem0", path: str | None = None, embedding_model_dims: int | None = None
    ) -> None:
        self.collection_name = collection_name
        self.embedding_model_dims = embedding_model_dims
        self._file = VectorFile(Path(path).expanduser() if path else Paths.from_environ().home / "mem0.db")
        self._cache = CollectionCache()
        self._cache_lock = threading.Lock()
        self.create_col(collection_name, embedding_model_dims)

    def create_col(self, name: str, vector_size: int | None = None, distance: str = "cosine") -> None:
        """Create a collection, unless it exists. The only distance is "cosine"."""
        if distance != "cosine":
            raise InvalidRequest(f"the distance {distance!r} is not supported", remedy="use 'cosine'")
        with self._file.writing() as (connection, _):
            connection.execute("INSERT OR IGNORE INTO collections VALUES (?, ?)", (name, vector_size))

    def insert(
        self,
        vectors: Sequence[Sequence[float]],
        payloads: Sequence[dict[str, Any]] | None = None,
        ids: Sequence[str] | None = None,
    ) -> None:
        """Store vectors with their payloads, all or none of them. A row with the same id is replaced."""
        payloads = [{} for _ in vectors] if payloads is None else payloads
        ids = [str(uuid.uuid4()) for _ in vectors] if ids is None else ids
        if not len(vectors) == len(payloads) == len(ids):
            raise InvalidRequest(
                f"{len(vectors)} vectors, {len(payloads)} payloads and {len(ids)} ids do not match",
                remedy="give one of each for a row",
            )
        with self._file.writing() as (connection, version):
            for vector, payload, row_id in zip(vectors, payloads, ids, strict=True):
                raw = self._vector(connection, vector).tobytes()
                self._put(connection, version, str(row_id), payload, raw)

    def update(
        self, vector_id: str, vector: Sequence[float] | None = None, payload: dict[str, Any] | None = None
    ) -> None:
        """Replace the vector, the payload or both. Raises NotFound (a ValueError) for an unknown id."""
        with self._file.writing() as (connection, version):
            row = self._row(connection, vector_id)
            if row is None:
                raise NotFound(f"no row has the id {vector_id!r}")
            raw = row[1] if vector is None else self._vector(connection, vector).tobytes()
            self._put(connection, version, str(vector_id), row[0] if payload is None else payload, raw)

    def delete(self, vector_id: str) -> None:
        """Remove a row, if it is there."""
        with self._file.writing() as (connection, version):
            self._remove(connection, version, "id = ?", str(vector_id))

    def get(self, vector_id: str) -> StoredRow | None:
        """The row with that id, or None."""
        with self._file.reading() as connection:
            row = self._row(connection, vector_id)
        return None if row is None else StoredRow(str(vector_id), None, row[0])

    def search(
        self,
        query: str,
        vectors: Sequence[float],
        top_k: int = 5,
        filters: Mapping[str, Any] | None = None,
    ) -> list[StoredRow]:
        """The nearest rows that match `filters`, best first. The score is the cosine, but at least 0."""
        tree = parse_mem0_filter(filters)
        with self._file.reading() as connection, self._cache_lock:
            cache = self._current_cache(connection)
            vector = self._vector(connection, vectors, keep=False)
            return _rows(cache.nearest(vector, tree, top_k))

    def keyword_search(
        self, query: str, top_k: int = 5, filters: Mapping[str, Any] | None = None
    ) -> list[StoredRow]:
        """Rows with a word of `query` in their `text_lemmatized`, best first. The score is BM25."""
        tree = parse_mem0_filter(filters)
        with self._file.reading() as connection, self._cache_lock:
            return _rows(self._current_cache(connection).with_words(query, tree, top_k))

    def list(
        self, filters: Mapping[str, Any] | None = None, top_k: int | None = None
    ) -> list[list[StoredRow]]:
        """At most `top_k` (None: all) rows that match `filters`, oldest first, in a list of one for mem0."""
        tree = parse_mem0_filter(filters)
        rows: list[StoredRow] = []
        with self._file.reading() as connection:
            for row_id, text in connection.execute(
                "SELECT id, payload FROM vectors WHERE collection = ? AND payload IS NOT NULL ORDER BY key",
                (self.collection_name,),
            ):
                if top_k is not None and len(rows) >= top_k:
                    break
                payload = json.loads(text)
                if payload_matches(tree, payload):
                    rows.append(StoredRow(row_id, None, payload))
        return [rows]

    def list_cols(self) -> Sequence[str]:
        """The names of the file's collections."""
        with self._file.reading() as connection:
            return [name for (name,) in connection.execute("SELECT name FROM collections ORDER BY name")]

    def col_info(self) -> dict[str, Any]:
        """`{"name", "count", "dimensions", "path"}` of this collection."""
        with self._file.reading() as connection:
            (count,) = connection.execute(
                "SELECT count(*) FROM vectors WHERE collection = ? AND payload IS NOT NULL",
                (self.collection_name,),
            ).fetchone()
            return {
                "name": self.collection_name,
                "count": count,
                "dimensions": self._dimensions(connection),
                "path": str(self._file.path),
            }

    def delete_col(self) -> None:
        """Remove the collection with all its rows."""
        with self._file.writing() as (connection, version):
            self._remove(connection, version, "?", 1)
            connection.execute("DELETE FROM collections WHERE name = ?", (self.collection_name,))

    def reset(self) -> None:
        """Empty the collection."""
        self.delete_col()
        self.create_col(self.collection_name, self.embedding_model_dims)

    @property
    def client(self) -> VectorFile:
        """The file, which mem0 closes on a reset. The next use opens it again."""
        return self._file

    def _row(self, connection: sqlite3.Connection, row_id: Any) -> tuple[dict[str, Any], bytes] | None:
        row = connection.execute(
            "SELECT payload, vector FROM vectors WHERE collection = ? AND id = ? AND payload IS NOT NULL",
            (self.collection_name, str(row_id)),
        ).fetchone()
        return None if row is None else (json.loads(row[0]), row[1])

    def _put(
        self,
        connection: sqlite3.Connection,
        version: int,
        row_id: str,
        payload: dict[str, Any],
        vector: bytes,
    ) -> None:
        try:
            text = json.dumps(payload)
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidRequest(
                f"the payload of {row_id} is not JSON ({error})", remedy="use texts, numbers, lists and dicts"
            ) from None
        connection.execute(
            "INSERT INTO vectors (collection, id, version, payload, vector) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET version = excluded.version, payload = excluded.payload,"
            " vector = excluded.vector",
            (self.collection_name, row_id, version, text, vector),
        )

    def _remove(self, connection: sqlite3.Connection, version: int, which: str, value: Any) -> None:
        connection.execute(
            "UPDATE vectors SET payload = NULL, vector = NULL, version = ?"
            f" WHERE collection = ? AND payload IS NOT NULL AND {which}",
            (version, self.collection_name, value),
        )

    def _current_cache(self, connection: sqlite3.Connection) -> CollectionCache:
        """The cache with all changes in the file, including those of other processes."""
        cache = CollectionCache() if self._cache.wasteful else self._cache
        self._cache = CollectionCache()  # in case of an exception
        changes = connection.execute(
            "SELECT id, version, payload, vector FROM vectors"
            " WHERE collection = ? AND version > ? ORDER BY version",
            (self.collection_name, cache.version),
        )
        cache.apply(changes)
        self._cache = cache
        return cache

    def _dimensions(self, connection: sqlite3.Connection) -> int | None:
        row = connection.execute(
            "SELECT dimensions FROM collections WHERE name = ?", (self.collection_name,)
        ).fetchone()
        size: int | None = None if row is None else row[0]
        return size

    def _vector(self, connection: sqlite3.Connection, numbers: Sequence[float], keep: bool = True) -> Vector:
        """The vector, if it has the size of the collection. The first one that is stored sets that size."""
        try:
            vector = np.asarray(numbers, np.float32)
        except (TypeError, ValueError, OverflowError):
            vector = np.empty(0, np.float32)
        if vector.ndim != 1 or not vector.size or not np.isfinite(vector).all():
            raise InvalidRequest(f"{numbers!r:.80} is not a vector", remedy="give a list of finite numbers")
        size = self._dimensions(connection)
        if size is None and keep:
            connection.execute(
                "INSERT INTO collections VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET dimensions = excluded.dimensions",
                (self.collection_name, len(vector)),
            )
        elif size not in (None, len(vector)):
            raise InvalidRequest(
                f"the collection {self.collection_name!r} in {self._file.path} has vectors of {size} "
                f"numbers, this one has {len(vector)}",
                remedy="use the embedder that it was made with, or another collection_name",
            )
        return vector


def _rows(hits: Iterable[Hit]) -> list[StoredRow]:
    # Copies, because mem0 changes what it gets.
    return [StoredRow(row_id, max(0.0, score), copy.deepcopy(payload)) for row_id, score, payload in hits]
