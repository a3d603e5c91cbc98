"""The adapter for Qdrant: a server, or a directory that only this process uses."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from .adapter import CollectionAdapter, CollectionName, ServerRow, ServerState, chunks
from .payload import MEMORUS_FIELD
from .qdrant_path import borrow_client, return_client

__all__ = ["QdrantAdapter"]

_PAGE = 500
_BATCH = 100  # rows in one request
_locks: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()


class QdrantAdapter(CollectionAdapter):
    """Uses the client of mem0's object, because mem0 itself cannot page, replace or count."""

    def __init__(self, stores: Mapping[CollectionName, Any], dimensions: int) -> None:
        super().__init__(stores, dimensions)
        from qdrant_client import models

        self._models = models
        self._client = stores["main"].client
        # The client of a directory is not thread-safe.
        self._lock: AbstractContextManager[Any] = nullcontext()
        if stores["main"].is_local:
            self._lock = _locks.setdefault(self._client, threading.RLock())

    @staticmethod
    def client_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
        client = borrow_client(settings)
        return {} if client is None else {"client": client}

    def exclusive(self) -> AbstractContextManager[Any]:
        return self._lock

    def state(self) -> ServerState:
        with self._lock:
            return super().state()

    def stored_dimensions(self) -> int | None:
        with self._lock:
            vectors = self._client.get_collection(self._name("main")).config.params.vectors
        return int(vectors.size) if hasattr(vectors, "size") else None

    def count(self) -> int:
        with self._lock:
            return int(self._client.count(self._name("main"), exact=True).count)

    def scan(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        offset = None
        without = self._models.PayloadSelectorExclude(exclude=[MEMORUS_FIELD])
        while True:
            with self._lock:
                rows, offset = self._client.scroll(
                    self._name("main"), limit=_PAGE, offset=offset, with_payload=without
                )
            yield from ((str(row.id), row.payload or {}) for row in rows)
            if offset is None:
                return

    def get(self, name: CollectionName, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        with self._lock:
            rows = self._client.retrieve(self._name(name), ids=list(ids), with_payload=True)
        return {str(row.id): row.payload or {} for row in rows}

    def upsert(self, name: CollectionName, rows: Sequence[ServerRow]) -> None:
        complete = [row for row in rows if row.vector is not None]
        without_vector = [row for row in rows if row.vector is None]
        with self._lock:
            existing = self.get(name, [row.id for row in without_vector]) if without_vector else {}
            complete += [
                ServerRow(row.id, row.payload, self.placeholder())
                for row in without_vector
                if row.id not in existing
            ]
            for part in chunks(complete, _BATCH):
                self._stores[name].insert(
                    vectors=[row.vector for row in part],
                    payloads=[row.payload for row in part],
                    ids=[row.id for row in part],
                )
            for row in without_vector:
                if row.id in existing:
                    self._client.overwrite_payload(self._name(name), payload=row.payload, points=[row.id])

    def delete(self, ids: Sequence[str]) -> None:
        with self._lock:
            for part in chunks(ids, _PAGE):
                self._client.delete(
                    self._name("main"), points_selector=self._models.PointIdsList(points=list(part))
                )

    def clear(self) -> None:
        with self._lock:
            super().clear()

    def close(self) -> None:
        if not return_client(self._client):
            self._client.close()

    def _name(self, name: CollectionName) -> str:
        return str(self._stores[name].collection_name)
