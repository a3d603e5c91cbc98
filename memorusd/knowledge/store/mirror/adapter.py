"""The server's three collections through mem0's interface, in ways that work with every provider.

    main      one row for each bullet; the user's own collection, which plain mem0 reads and writes too
    journal   one row for each journal batch (journal_batch.py)
    writers   one row for each mirror, with the number of its last batch, and one with the CollectionInfo

Subclasses use better ways where a provider has them; see server_connection.adapter_class.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeVar

from ...embed import ModelId
from .payload import pack, unpack

__all__ = [
    "SIDE_DIMENSIONS",
    "CollectionAdapter",
    "CollectionInfo",
    "CollectionName",
    "ServerRow",
    "ServerState",
    "chunks",
    "parse_state",
    "side_vector",
    "writer_row",
]

CollectionName = Literal["main", "journal", "writers"]

SIDE_DIMENSIONS = 2
"""Dimensions of the vectors in `journal` and `writers`, which nobody searches."""

_NAMESPACE = uuid.UUID("c5f1ac0e-6a3e-49cb-8a0f-6d656d6f7275")
_INFO_ID = str(uuid.uuid5(_NAMESPACE, "about"))
_LIST_LIMIT = 10_000
_T = TypeVar("_T")


class ServerRow(NamedTuple):
    """A row to write. A `vector` of None keeps that of an existing row, and gives a new one a placeholder."""

    id: str
    payload: dict[str, Any]
    vector: list[float] | None = None


@dataclass(frozen=True, slots=True)
class CollectionInfo:
    """What holds for the whole knowledge base, whichever host uses it."""

    epoch: str
    """A random id that each reset changes."""
    model: ModelId | None
    """The model of the vectors."""

    def to_row(self) -> ServerRow:
        """Return the info as a row of `writers`."""
        model = None if self.model is None else [self.model.name, self.model.revision, self.model.dimensions]
        return ServerRow(
            _INFO_ID, {"kind": "about", "epoch": self.epoch, "model": pack(model)}, side_vector()
        )


@dataclass(frozen=True, slots=True)
class ServerState:
    """What tells a mirror whether there is anything new."""

    info: CollectionInfo | None
    version_vector: Mapping[str, int] = field(default_factory=dict)
    """For each writer the number of its last journal row."""
    rows: int = 0
    """The number of rows in `main`."""


class CollectionAdapter:
    """One connection to the server. Any method may raise whatever the provider's client raises."""

    def __init__(self, stores: Mapping[CollectionName, Any], dimensions: int) -> None:
        """Use mem0's vector stores `stores`; vectors in `main` have `dimensions`."""
        self._stores = stores
        self._dimensions = dimensions

    @staticmethod
    def client_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return clients and pools for mem0 to use, by the name of its setting; mem0 makes the others."""
        return {}

    def can_hold(self, value: Any) -> bool:
        """Return whether a payload's field can hold this value of a bullet's metadata."""
        return value is not None

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep other hosts from writing, and make all changes at once, where the provider supports that."""
        return nullcontext()

    def state(self) -> ServerState:
        """Return the server's state."""
        writers = [row.payload or {} for row in self._list("writers")]
        return parse_state(writers, self.count())

    def stored_dimensions(self) -> int | None:
        """Return the dimensions of the vectors in `main`; None if that is not known."""
        return None

    def count(self) -> int:
        """Return the number of rows in `main`."""
        return len(self._list("main"))

    def scan(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield id and payload of every row of `main`; payloads may lack MEMORUS_FIELD."""
        for row in self._list("main"):
            yield str(row.id), row.payload or {}

    def get(self, name: CollectionName, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Return the payloads of those rows that exist, by id."""
        rows = {id: self._stores[name].get(id) for id in ids}
        return {id: row.payload or {} for id, row in rows.items() if row is not None}

    def upsert(self, name: CollectionName, rows: Sequence[ServerRow]) -> None:
        """Insert or replace rows."""
        store = self._stores[name]
        for row in rows:
            if store.get(row.id) is None:
                vector = row.vector or self.placeholder()
                store.insert(vectors=[vector], payloads=[row.payload], ids=[row.id])
            else:
                store.update(row.id, vector=row.vector, payload=row.payload)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows from `main`."""
        for id in ids:
            self._stores["main"].delete(id)

    def clear(self) -> None:
        """Remove everything from all three collections."""
        for store in self._stores.values():
            store.reset()

    def close(self) -> None:
        """Release the connection."""

    def placeholder(self) -> list[float]:
        """Return a vector for a bullet that has none yet; not of zeros, which some servers cannot compare."""
        return [1.0] + [0.0] * (self._dimensions - 1)

    def _list(self, name: CollectionName) -> list[Any]:
        limit = _LIST_LIMIT
        while True:
            result = self._stores[name].list(top_k=limit)
            # Some providers return the rows, some the rows in a list, some the rows and a cursor.
            rows = result[0] if len(result) and isinstance(result[0], (list, tuple)) else result
            if len(rows) < limit:
                return list(rows)
            limit *= 10


def side_vector() -> list[float]:
    """Return the vector of every row in `journal` and `writers`."""
    return [1.0, 0.0]


def writer_row(writer: str, number: int) -> ServerRow:
    """Return a writer's row in `writers`, with the number of its last batch."""
    payload = {"kind": "writer", "writer": writer, "n": number}
    return ServerRow(str(uuid.uuid5(_NAMESPACE, writer)), payload, side_vector())


def parse_state(writers: Iterable[Mapping[str, Any]], rows: int) -> ServerState:
    """Return the state that the payloads of `writers` and the number of rows in `main` tell."""
    info = None
    version_vector: dict[str, int] = {}
    for payload in writers:
        if payload.get("kind") == "writer":
            version_vector[payload["writer"]] = int(payload["n"])
        elif payload.get("kind") == "about":
            model = unpack(payload["model"])
            info = CollectionInfo(payload["epoch"], None if model is None else ModelId(*model))
    return ServerState(info, version_vector, rows)


def chunks(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """Yield slices of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))
