"""Chroma: a server, or a directory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .remote import Name, Remote, Row, chunks

__all__ = ["ChromaRemote"]

_PAGE = 500
_AT_ONCE = 100  # rows in one message
_PATIENCE = 30.0  # seconds without a byte of an answer


class ChromaRemote(Remote):
    """Speaks to the collections of mem0's objects, where mem0 itself has no way to page, replace or count."""

    def __init__(self, stores: Mapping[Name, Any], dimensions: int) -> None:
        super().__init__(stores, dimensions)
        for session in _sessions(stores["main"].client):
            session.timeout = _PATIENCE  # else it waits for ever

    def fits(self, value: Any) -> bool:
        return isinstance(value, (str, bool, float)) or (isinstance(value, int) and abs(value) < 2**53)

    def size(self) -> int | None:
        with_vector = self._collection("main").get(limit=1, include=["embeddings"])["embeddings"]
        return len(with_vector[0]) if with_vector is not None and len(with_vector) else None

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

    def get(self, name: Name, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for part in chunks(ids, _PAGE):
            page = self._collection(name).get(ids=list(part), include=["metadatas"])
            found.update(zip(page["ids"], (fields or {} for fields in page["metadatas"]), strict=True))
        return found

    def upsert(self, name: Name, rows: Sequence[Row]) -> None:
        collection = self._collection(name)
        for part in chunks(rows, _AT_ONCE):
            # The side collections' rows always have the same fields.
            there = self.get(name, [row.id for row in part]) if name == "main" else {}
            # What is given is laid over what is there; only None takes a field away.
            fields = [{**dict.fromkeys(there.get(row.id, ())), **row.payload} for row in part]
            kept = [n for n, row in enumerate(part) if row.vector is None and row.id in there]
            fresh = [n for n in range(len(part)) if n not in kept]
            if kept:
                collection.update(ids=[part[n].id for n in kept], metadatas=[fields[n] for n in kept])
            if fresh:
                collection.upsert(
                    ids=[part[n].id for n in fresh],
                    embeddings=[part[n].vector or self.stand_in() for n in fresh],
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

    def _collection(self, name: Name) -> Any:
        return self._stores[name].collection


def _sessions(client: Any) -> list[Any]:
    """The HTTP sessions of a client, which it leaves open; none where it has the data in this process."""
    servers = (client._server, client._admin_client._server)
    return [server._session for server in servers if hasattr(server, "_session")]
