"""Qdrant: a server, or a directory of this process alone."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from .payload import FIELD
from .qdrant_path import borrow, give_back
from .remote import Look, Name, Remote, Row, chunks

__all__ = ["QdrantRemote"]

_PAGE = 500
_AT_ONCE = 100  # rows in one message
_locks: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()


class QdrantRemote(Remote):
    """Speaks to the client of mem0's object, where mem0 itself has no way to page, replace or count."""

    def __init__(self, stores: Mapping[Name, Any], dimensions: int) -> None:
        super().__init__(stores, dimensions)
        from qdrant_client import models

        self._models = models
        self._client = stores["main"].client
        # The client of a directory is made for one thread.
        self._lock: AbstractContextManager[Any] = nullcontext()
        if stores["main"].is_local:
            self._lock = _locks.setdefault(self._client, threading.RLock())

    @staticmethod
    def handles(given: Mapping[str, Any]) -> dict[str, Any]:
        lent = borrow(given)
        return {} if lent is None else {"client": lent}

    def exclusive(self) -> AbstractContextManager[Any]:
        return self._lock

    def look(self) -> Look:
        with self._lock:
            return super().look()

    def size(self) -> int | None:
        with self._lock:
            vectors = self._client.get_collection(self._name("main")).config.params.vectors
        return int(vectors.size) if hasattr(vectors, "size") else None

    def count(self) -> int:
        with self._lock:
            return int(self._client.count(self._name("main"), exact=True).count)

    def scan(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        offset = None
        without = self._models.PayloadSelectorExclude(exclude=[FIELD])
        while True:
            with self._lock:
                rows, offset = self._client.scroll(
                    self._name("main"), limit=_PAGE, offset=offset, with_payload=without
                )
            yield from ((str(row.id), row.payload or {}) for row in rows)
            if offset is None:
                return

    def get(self, name: Name, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        with self._lock:
            rows = self._client.retrieve(self._name(name), ids=list(ids), with_payload=True)
        return {str(row.id): row.payload or {} for row in rows}

    def upsert(self, name: Name, rows: Sequence[Row]) -> None:
        whole = [row for row in rows if row.vector is not None]
        rest = [row for row in rows if row.vector is None]
        with self._lock:
            there = self.get(name, [row.id for row in rest]) if rest else {}
            whole += [Row(row.id, row.payload, self.stand_in()) for row in rest if row.id not in there]
            for part in chunks(whole, _AT_ONCE):
                self._stores[name].insert(
                    vectors=[row.vector for row in part],
                    payloads=[row.payload for row in part],
                    ids=[row.id for row in part],
                )
            for row in rest:
                if row.id in there:
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
        if not give_back(self._client):
            self._client.close()

    def _name(self, name: Name) -> str:
        return str(self._stores[name].collection_name)
