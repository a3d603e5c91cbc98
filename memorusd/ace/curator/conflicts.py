"""Contradictions among what is known, for people to settle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...knowledge.bullet import Bullet
from ..options import CuratorSettings
from .compare import relate

__all__ = ["Conflict", "conflicts"]


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


def conflicts(pairs: Iterable[tuple[Bullet, Bullet, float]], settings: CuratorSettings) -> Iterator[Conflict]:
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
