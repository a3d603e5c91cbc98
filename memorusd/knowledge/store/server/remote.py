"""The server's three collections through mem0's interface: what works with every provider.

    main      one row a bullet; the user's own collection, which plain mem0 reads and writes too
    journal   one row a push (batch.py)
    writers   one row a mirror with the number of its last push, and one row about all (`Look`)

For some providers there are better ways, see `remote_for`; they are subclasses.
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
    "About",
    "Look",
    "Name",
    "Remote",
    "Row",
    "chunks",
    "head_row",
    "look_of",
    "side_vector",
]

Name = Literal["main", "journal", "writers"]

SIDE_DIMENSIONS = 2
"""Of the vectors in the side collections, which nobody searches."""

_IDS = uuid.UUID("c5f1ac0e-6a3e-49cb-8a0f-6d656d6f7275")
_ABOUT = str(uuid.uuid5(_IDS, "about"))
_MANY = 10_000
_T = TypeVar("_T")


class Row(NamedTuple):
    """What is written. `vector` None leaves that of a row which is there, and is a stand-in for a new one."""

    id: str
    payload: dict[str, Any]
    vector: list[float] | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What holds for the whole knowledge base."""

    epoch: str
    """A random id, another one after each reset."""
    model: ModelId | None
    """What made the vectors."""

    def row(self) -> Row:
        """As a row of `writers`."""
        model = None if self.model is None else [self.model.name, self.model.revision, self.model.dimensions]
        return Row(_ABOUT, {"kind": "about", "epoch": self.epoch, "model": pack(model)}, side_vector())


@dataclass(frozen=True, slots=True)
class Look:
    """What tells whether there is anything new."""

    about: About | None
    heads: Mapping[str, int] = field(default_factory=dict)
    """For each writer the number of its last push."""
    count: int = 0
    """Rows in `main`."""


class Remote:
    """One connection to the server: `stores` are mem0's, one for each Name. Any call may raise anything."""

    def __init__(self, stores: Mapping[Name, Any], dimensions: int) -> None:
        self._stores = stores
        self._dimensions = dimensions

    @staticmethod
    def handles(given: Mapping[str, Any]) -> dict[str, Any]:
        """Clients and pools for mem0 to use, by the name of its setting; what is missing it makes itself."""
        return {}

    def fits(self, value: Any) -> bool:
        """Whether a value of the metadata can be kept in a field of its own."""
        return value is not None

    def exclusive(self) -> AbstractContextManager[None]:
        """Where the provider can: no other host writes meanwhile, and all that is written is so at once."""
        return nullcontext()

    def look(self) -> Look:
        """See Look."""
        return look_of(self._list("writers"), self.count())

    def size(self) -> int | None:
        """Dimensions of the vectors in `main`; None where that is not known."""
        return None

    def count(self) -> int:
        """Rows in `main`."""
        return sum(1 for _ in self._list("main"))

    def scan(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Id and payload of every row of `main`; FIELD may be left out of them."""
        for found in self._listed("main"):
            yield str(found.id), found.payload or {}

    def get(self, name: Name, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """The payloads of the rows that exist."""
        found = {row: self._stores[name].get(row) for row in ids}
        return {row: one.payload or {} for row, one in found.items() if one is not None}

    def upsert(self, name: Name, rows: Sequence[Row]) -> None:
        """Insert or replace rows."""
        store = self._stores[name]
        for row in rows:
            if store.get(row.id) is None:
                vector = row.vector or self.stand_in()
                store.insert(vectors=[vector], payloads=[row.payload], ids=[row.id])
            else:
                store.update(row.id, vector=row.vector, payload=row.payload)

    def delete(self, ids: Sequence[str]) -> None:
        """Take rows out of `main`."""
        for row in ids:
            self._stores["main"].delete(row)

    def clear(self) -> None:
        """Take everything out of all three."""
        for store in self._stores.values():
            store.reset()

    def close(self) -> None:
        """Let go of the connection."""

    def stand_in(self) -> list[float]:
        """For a bullet whose vector is not made yet: servers want one, and some cannot compare zeros."""
        return [1.0] + [0.0] * (self._dimensions - 1)

    def _list(self, name: Name) -> list[Mapping[str, Any]]:
        return [found.payload or {} for found in self._listed(name)]

    def _listed(self, name: Name) -> list[Any]:
        limit = _MANY
        while True:
            found = self._stores[name].list(top_k=limit)
            # Some give the rows, some the rows in a list, some the rows and a cursor.
            rows = found[0] if len(found) and isinstance(found[0], (list, tuple)) else found
            if len(rows) < limit:
                return list(rows)
            limit *= 10


def side_vector() -> list[float]:
    """Of every row in the side collections."""
    return [1.0, 0.0]


def head_row(writer: str, number: int) -> Row:
    """A writer's row in `writers`."""
    payload = {"kind": "writer", "writer": writer, "n": number}
    return Row(str(uuid.uuid5(_IDS, writer)), payload, side_vector())


def look_of(writers: Iterable[Mapping[str, Any]], count: int) -> Look:
    """Of the payloads of `writers`."""
    about = None
    heads: dict[str, int] = {}
    for payload in writers:
        if payload.get("kind") == "writer":
            heads[payload["writer"]] = int(payload["n"])
        elif payload.get("kind") == "about":
            model = unpack(payload["model"])
            about = About(payload["epoch"], None if model is None else ModelId(*model))
    return Look(about, heads, count)


def chunks(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    """Slices of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))
