"""The adapter for Chroma: a server, or a directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .adapter import CollectionAdapter, CollectionName, ServerRow, chunks

__all__ = ["ChromaAdapter"]

_PAGE = 500
_BATCH = 100  # rows in one request
_TIMEOUT = 30.0  # seconds without a byte of a response


class ChromaAdapter(CollectionAdapter):
    """Uses the collections of mem0's objects, because mem0 itself cannot page, replace or count."""

    def __init__(self, stores: Mapping[CollectionName, Any], dimensions: int) -> None:
        super().__init__(stores, dimensions)
        for session in _sessions(stores["main"].client):
            session.timeout = _TIMEOUT  # by default it waits for ever

    def can_hold(self, value: Any) -> bool:
        return isinstance(value, (str, bool, float)) or (isinstance(value, int) and abs(value) < 2**53)

    def stored_dimensions(self) -> int | None:
        vectors = self._collection("main").get(limit=1, include=["embeddings"])["embeddings"]
        return len(vectors[0]) if vectors is not None and len(vectors) else None

    def count(self) -> int:
        return int(self._collection("main").count())

    def scan(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        offset = 0
        while True:
            page = self._collection("main").get(limit=_PAGE, offset=offset, include=["metadatas"])
            yield from zip(page["ids"], (fields or {} for fields in page["metadatas"]), strict=True)
            if len(page["ids"]) < _PAGE:
                return
            offset += _PAGE

    def get(self, name: CollectionName, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        payloads: dict[str, Mapping[str, Any]] = {}
        for part in chunks(ids, _PAGE):
            page = self._collection(name).get(ids=list(part), include=["metadatas"])
            payloads.update(zip(page["ids"], (fields or {} for fields in page["metadatas"]), strict=True))
        return payloads

    def upsert(self, name: CollectionName, rows: Sequence[ServerRow]) -> None:
        collection = self._collection(name)
        for part in chunks(rows, _BATCH):
            # Rows of the other collections always have the same fields.
            existing = self.get(name, [row.id for row in part]) if name == "main" else {}
            # Chroma merges the new fields into the old ones; only None removes a field.
            fields = [{**dict.fromkeys(existing.get(row.id, ())), **row.payload} for row in part]
            kept = [n for n, row in enumerate(part) if row.vector is None and row.id in existing]
            fresh = [n for n in range(len(part)) if n not in kept]
            if kept:
                collection.update(ids=[part[n].id for n in kept], metadatas=[fields[n] for n in kept])
            if fresh:
                collection.upsert(
                    ids=[part[n].id for n in fresh],
                    embeddings=[part[n].vector or self.placeholder() for n in fresh],
                    metadatas=[fields[n] for n in fresh],
                )

    def delete(self, ids: Sequence[str]) -> None:
        for part in chunks(ids, _PAGE):
            self._collection("main").delete(ids=list(part))

    def close(self) -> None:
        client = self._stores["main"].client
        client.close()
        for session in _sessions(client):
            session.close()

    def _collection(self, name: CollectionName) -> Any:
        return self._stores[name].collection


def _sessions(client: Any) -> list[Any]:
    """Return the HTTP sessions of a client, which it does not close; none if it works in this process."""
    servers = (client._server, client._admin_client._server)
    return [server._session for server in servers if hasattr(server, "_session")]
