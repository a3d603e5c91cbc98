"""Finds the contradictions in what is stored, without comparing everything with everything.

Two bullets that contradict each other speak of the same things, so only those are compared that share
some of their rarer terms: each bullet with the few that share most. That takes time about linear in
the number of bullets, where all pairs would take its square.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

from ...knowledge.bullet import Bullet
from ...knowledge.selection import Selection
from ...knowledge.store import Store, StoredBullet
from ..options import CuratorSettings
from .conflicts import Conflict, conflicts
from .lookup import owner_of
from .reading import read

__all__ = ["find_conflicts"]

_COMMON = 256
"""Bullets that may share a term before it is too common to bring two together."""
_PARTNERS = 12
"""Earlier bullets that each one is compared with."""


def find_conflicts(
    store: Store,
    selection: Selection,
    settings: CuratorSettings,
    limit: int,
    settled: Callable[[Bullet, Bullet], bool] = lambda a, b: False,
) -> list[Conflict]:
    """Up to `limit` pairs of selected bullets of one owner and scope that contradict each other.

    The most similar first. Archived bullets, those without a vector, and pairs that are `settled`, are
    left out.
    """
    groups: dict[tuple[str | None, ...], list[StoredBullet]] = defaultdict(list)
    for stored in store.load()[1]:
        bullet = stored.bullet
        if stored.vector is not None and bullet.archived_at is None and selection.matches(bullet):
            groups[tuple(owner_of(bullet).values())].append(stored)
    found = (
        conflict
        for group in groups.values()
        for conflict in conflicts(_pairs(group), settings)
        if not settled(conflict.a, conflict.b)
    )
    return heapq.nlargest(limit, found, key=lambda conflict: conflict.similarity)


def _pairs(group: Sequence[StoredBullet]) -> Iterator[tuple[Bullet, Bullet, float]]:
    """Bullets that share rare terms, and the cosine of the two."""
    terms = [read(stored.bullet.text).signs.keys() for stored in group]
    count = Counter(term for each in terms for term in each)
    holders: dict[str, list[int]] = defaultdict(list)
    for number, (stored, own) in enumerate(zip(group, terms, strict=True)):
        shared: dict[int, float] = defaultdict(float)
        for term in own:
            if len(holders[term]) <= _COMMON:
                weight = math.log1p(len(group) / count[term])
                for other in holders[term]:
                    shared[other] += weight
            holders[term].append(number)
        for other in heapq.nlargest(_PARTNERS, shared, key=shared.__getitem__):
            partner = group[other]
            if stored.vector is not None and partner.vector is not None:
                yield partner.bullet, stored.bullet, float(stored.vector @ partner.vector)
