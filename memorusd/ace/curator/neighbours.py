"""Finds the bullets that a new one has to be compared with, and keeps them true inside the transaction.

A search is slow and a transaction must be short, so the index is searched before the transaction begins.
Inside it, entries that the journal has got since (from other processes, and from the same group commit)
replace what the index knew. So two writers at the same instant see each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...knowledge.bullet import OWNERS, PRIVATE, Bullet
from ...knowledge.embed import Vectors
from ...knowledge.index import Index
from ...knowledge.store import Store, StoredBullet, Transaction

__all__ = ["CurrentNeighbours", "Neighbour", "Neighbourhood", "find_neighbours", "place_of"]

_NEAREST = 16


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A known bullet of the same place (see place_of), and how near the new one is to it."""

    bullet: Bullet
    cosine: float


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """For each new bullet the known ones that are like it, as of journal entry `seq`."""

    seq: int
    near: Sequence[Sequence[Neighbour]]


def find_neighbours(
    store: Store, index: Index, bullets: Sequence[Bullet], vectors: Sequence[Vectors]
) -> Neighbourhood:
    """Search the index. `vectors` are those of the bullets' texts, each of shape (dimensions,)."""
    index.catch_up()
    seq = index.seq
    hits = [
        index.neighbours(vector, bullet.text, _NEAREST, place_of(bullet))
        for bullet, vector in zip(bullets, vectors, strict=True)
    ]
    known = store.get_many([id for nearest in hits for id, _ in nearest])
    return Neighbourhood(
        seq, [[Neighbour(known[id], cosine) for id, cosine in nearest if id in known] for nearest in hits]
    )


class CurrentNeighbours:
    """A neighbourhood as it is inside one transaction, with what that transaction wrote."""

    def __init__(self, transaction: Transaction, before: Neighbourhood) -> None:
        self._near = before.near
        self._fresh: dict[str, StoredBullet | None] = transaction.changed_since(before.seq)

    def of(self, number: int, bullet: Bullet, vector: Vectors) -> list[Neighbour]:
        """The neighbours of the new bullet that stands at `number`."""
        owner = place_of(bullet)
        return [
            *(near for near in self._near[number] if near.bullet.id not in self._fresh),
            *(
                Neighbour(stored.bullet, float(stored.vector @ vector))
                for stored in self._fresh.values()
                if stored is not None
                and stored.vector is not None
                and stored.bullet.archived_at is None
                and place_of(stored.bullet) == owner
            ),
        ]

    def add_written(self, bullet: Bullet, vector: Vectors | None) -> None:
        """Count in what was just written, for the bullets that follow."""
        self._fresh[bullet.id] = StoredBullet(bullet, vector)


def place_of(bullet: Bullet) -> Mapping[str, str | None]:
    """The fields that two bullets must have in common to be compared.

    In a shared scope that is the scope, whoever wrote them; nobody's private memory is merged into another's.
    """
    names = (*OWNERS, "scope") if bullet.scope == PRIVATE else ("scope",)
    return {name: getattr(bullet, name) for name in names}
