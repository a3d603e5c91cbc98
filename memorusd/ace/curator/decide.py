"""Decides what becomes of a new bullet: it is added, merged into a known one, or replaces one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from ...knowledge.bullet import ORIGINS, Bullet
from ..options import CuratorSettings
from .clauses import parse_clauses
from .compare import Relation, relate
from .conflict_detection import Conflict
from .merge_bullets import LIMIT, merge_bullets, supersede
from .neighbours import Neighbour

__all__ = ["Decision", "decide"]

_SAME_SUBJECT = 0.6
"""The share of a bullet, without the words put aside, that a correction must also say to replace it."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, what to store, and what to report."""

    event: Literal["ADD", "MERGE", "SUPERSEDE", "SKIP"]
    target: Bullet | None
    """The known bullet that is merged into or replaced."""
    bullet: Bullet
    """What to store; for MERGE and SUPERSEDE it has the id of `target`."""
    conflicts: tuple[Conflict, ...]
    """Known bullets that contradict what is stored (`a` is what is stored), the nearest first."""
    reason: str


def decide(
    new: Bullet,
    corrects: str | None,
    neighbours: Sequence[Neighbour],
    settings: CuratorSettings,
    *,
    limit: int = LIMIT,
) -> Decision:
    """Decide about `new`.

    - MERGE: the same text, or the same meaning. Also a text that says all that the other says, and adds a
      reason or a fact in a clause of its own: the fuller text remains, and nothing is lost.
    - SUPERSEDE: a correction replaces the nearest bullet that it contradicts. If it names the words that it
    puts
      aside, the bullet must hold them; without a visible contradiction the bullet must also say little that
      the new one does not say. Output of a tool and imports do not correct what is trusted more: they are
      added, and the conflict is reported.
    - ADD: anything else. A plain statement never replaces another silently; its contradictions are reported.

    Args:
        corrects: the words that a correction puts aside ("npm"), "" if it names none; None for no correction.
        neighbours: in any order; archived bullets should not be among them.
        limit: see merge.
    """
    if not new.text.strip():
        return Decision("SKIP", None, new, (), "nothing in it")
    near = sorted(neighbours, key=lambda n: -n.cosine)
    seen: list[tuple[Neighbour, Relation]] = []
    for neighbour in near:
        if neighbour.bullet.text == new.text:
            seen.insert(0, (neighbour, Relation("same", "the same words")))
        else:
            seen.append((neighbour, relate(new.text, neighbour.bullet.text, neighbour.cosine, settings)))

    target, relation = _first(seen, lambda r: r.kind == "same")
    if target is None and corrects is not None:
        target, relation = _corrected(new, corrects, seen)
        if target is not None and relation is not None:
            stored = supersede(target, new)
            return Decision(
                "SUPERSEDE", target, stored, _conflicts(stored, target, seen, settings), relation.reason
            )
    if target is None:
        target, relation = _first(seen, lambda r: r.covers is not None)
    if target is not None and relation is not None:
        stored = merge_bullets(target, new, settings.merge_strategy, limit=limit)
        return Decision("MERGE", target, stored, _conflicts(stored, target, seen, settings), relation.reason)
    conflicts = _conflicts(new, None, seen, settings)
    return Decision("ADD", None, new, conflicts, "contradicts what is known" if conflicts else "new")


def _first(
    seen: Sequence[tuple[Neighbour, Relation]], wanted: Callable[[Relation], bool]
) -> tuple[Bullet | None, Relation | None]:
    for neighbour, relation in seen:
        if wanted(relation):
            return neighbour.bullet, relation
    return None, None


def _corrected(
    new: Bullet, corrects: str, seen: Sequence[tuple[Neighbour, Relation]]
) -> tuple[Bullet | None, Relation | None]:
    """The bullet that a correction replaces, if any."""
    aside = parse_clauses(corrects).signs.keys()
    open_to_it = [(n, r) for n, r in seen if _may_correct(new, n.bullet)]
    if not aside:
        return _first(open_to_it, lambda r: r.kind == "conflict")
    named = [(n, r) for n, r in open_to_it if _affirms(n.bullet, aside)]
    target, relation = _first(named, lambda r: r.kind == "conflict")
    if target is not None:
        return target, relation
    for neighbour, _ in named:
        if _all_but(neighbour.bullet, aside, new):
            return neighbour.bullet, Relation("related", f"{corrects} is put aside")
    return None, None


def _affirms(bullet: Bullet, terms: Iterable[str]) -> bool:
    signs = parse_clauses(bullet.text).signs
    return all(signs.get(t, -1) >= 0 for t in terms)


def _all_but(old: Bullet, aside: Set[str], new: Bullet) -> bool:
    """Whether most of what `old` says, without the words put aside, is in `new` too."""
    said = parse_clauses(new.text).signs
    rest = [t for t in parse_clauses(old.text).signs if t not in aside]
    return sum(t in said for t in rest) >= _SAME_SUBJECT * len(rest)


def _may_correct(new: Bullet, old: Bullet) -> bool:
    return new.origin in ("user", "agent") or ORIGINS.index(new.origin) <= ORIGINS.index(old.origin)


def _conflicts(
    stored: Bullet,
    target: Bullet | None,
    seen: Sequence[tuple[Neighbour, Relation]],
    settings: CuratorSettings,
) -> tuple[Conflict, ...]:
    if not settings.conflict_detection:
        return ()
    return tuple(
        Conflict(stored, neighbour.bullet, neighbour.cosine, relation.conflict, relation.reason)
        for neighbour, relation in seen
        if relation.conflict is not None and neighbour.bullet is not target
    )
