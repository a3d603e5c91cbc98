"""Finds what a new bullet has to be compared with: first in the index, then kept true inside the write.

Looking is slow and writing must be quick, so the index is asked before the transaction begins; inside
it, whatever the journal has since then (other processes' writes, and those of the same group
commit) takes the place of what the index knew. So two writers at the same instant see each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...knowledge.bullet import Bullet
from ...knowledge.embed import Vectors
from ...knowledge.index import Index
from ...knowledge.store import Store, StoredBullet, Transaction
from .decide import Neighbour

__all__ = ["Neighbourhood", "Present", "look", "owner_of"]

_OWNED = ("user_id", "agent_id", "run_id", "scope")
"""What two bullets must have in common to be compared: nobody's memory is merged into another's."""
_NEAREST = 16


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """As of journal entry `seq`: for each new bullet those like it, under the same owner and scope."""

    seq: int
    near: Sequence[Sequence[Neighbour]]


def look(store: Store, index: Index, bullets: Sequence[Bullet], vectors: Sequence[Vectors]) -> Neighbourhood:
    """Ask the index. `vectors` are those of the bullets' texts, each of shape (dimensions,)."""
    index.catch_up()
    seq = index.seq
    hits = [
        index.neighbours(vector, bullet.text, _NEAREST, owner_of(bullet))
        for bullet, vector in zip(bullets, vectors, strict=True)
    ]
    known = store.get_many([id for found in hits for id, _ in found])
    return Neighbourhood(
        seq, [[Neighbour(known[id], cosine) for id, cosine in found if id in known] for found in hits]
    )


class Present:
    """A neighbourhood as it is inside one transaction, its own writes included."""

    def __init__(self, transaction: Transaction, before: Neighbourhood) -> None:
        self._near = before.near
        self._fresh: dict[str, StoredBullet | None] = transaction.changed_since(before.seq)

    def of(self, number: int, bullet: Bullet, vector: Vectors) -> list[Neighbour]:
        """The neighbours of the new bullet that stands at `number`."""
        owner = owner_of(bullet)
        return [
            *(near for near in self._near[number] if near.bullet.id not in self._fresh),
            *(
                Neighbour(stored.bullet, float(stored.vector @ vector))
                for stored in self._fresh.values()
                if stored is not None
                and stored.vector is not None
                and stored.bullet.archived_at is None
                and owner_of(stored.bullet) == owner
            ),
        ]

    def put(self, bullet: Bullet, vector: Vectors | None) -> None:
        """What was just written, for the bullets that follow."""
        self._fresh[bullet.id] = StoredBullet(bullet, vector)


def owner_of(bullet: Bullet) -> Mapping[str, str | None]:
    """The fields that two bullets must have in common to be compared."""
    return {name: getattr(bullet, name) for name in _OWNED}
