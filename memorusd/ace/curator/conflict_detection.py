"""Finds contradictions among stored bullets without comparing every pair.

Two bullets that contradict each other speak of the same things, so each bullet is compared only with the few
that share most of its rare terms. The time is about linear in the number of bullets.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...knowledge.bullet import Bullet
from ...knowledge.selection import Selection
from ...knowledge.store import Store, StoredBullet
from ..options import CuratorSettings
from .clauses import parse_clauses
from .compare import relate
from .neighbours import place_of

__all__ = ["Conflict", "conflicts_among", "find_conflicts"]

_COMMON = 256
"""Bullets that may share a term before it is too common to bring two together."""
_PARTNERS = 12
"""Earlier bullets that each one is compared with."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two bullets that cannot both hold."""

    a: Bullet
    b: Bullet
    similarity: float
    """The cosine of their embeddings."""
    kind: str
    """See Relation.conflict."""
    reason: str
    """For people: "8080 against 9090"."""


def find_conflicts(
    store: Store,
    selection: Selection,
    settings: CuratorSettings,
    limit: int,
    settled: Callable[[Bullet, Bullet], bool] = lambda a, b: False,
) -> list[Conflict]:
    """Up to `limit` pairs of selected bullets of one place (see place_of) that contradict each other.

    The most similar first. Archived bullets, those without a vector, and pairs that are `settled`, are
    left out.
    """
    groups: dict[tuple[str | None, ...], list[StoredBullet]] = defaultdict(list)
    for stored in store.load()[1]:
        bullet = stored.bullet
        if stored.vector is not None and bullet.archived_at is None and selection.matches(bullet):
            groups[tuple(place_of(bullet).values())].append(stored)
    conflicts = (
        conflict
        for group in groups.values()
        for conflict in conflicts_among(_pairs(group), settings)
        if not settled(conflict.a, conflict.b)
    )
    return heapq.nlargest(limit, conflicts, key=lambda conflict: conflict.similarity)


def conflicts_among(
    pairs: Iterable[tuple[Bullet, Bullet, float]], settings: CuratorSettings
) -> Iterator[Conflict]:
    """The contradictions among candidate pairs (two bullets and their cosine), each pair of ids once.

    Whoever asks for conflicts gets them, also where `conflict_detection` is off for adding.
    """
    seen: set[tuple[str, str]] = set()
    for a, b, cosine in pairs:
        pair = (a.id, b.id) if a.id < b.id else (b.id, a.id)
        if a.id == b.id or pair in seen:
            continue
        seen.add(pair)
        relation = relate(a.text, b.text, cosine, settings)
        if relation.conflict is not None:
            yield Conflict(a, b, cosine, relation.conflict, relation.reason)


def _pairs(group: Sequence[StoredBullet]) -> Iterator[tuple[Bullet, Bullet, float]]:
    """Bullets that share rare terms, and the cosine of the two."""
    terms = [parse_clauses(stored.bullet.text).signs.keys() for stored in group]
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
