"""Makes one bullet of two without losing what either says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Literal

from ...knowledge.bullet import ORIGINS, Bullet, Origin
from .clauses import parse_clauses

__all__ = ["LIMIT", "less_trusted", "merge_bullets", "supersede"]

LIMIT = 500
"""Characters of a text made of two, unless the caller says otherwise."""

_MOST = 32
"""Tags, tools and entities that one bullet may have: a hundred merges must not make a hundred tags."""


def merge_bullets(
    old: Bullet,
    new: Bullet,
    strategy: Literal["keep_best", "merge_content"] = "keep_best",
    *,
    limit: int = LIMIT,
) -> Bullet:
    """`old` with what `new` adds; merging the same `new` again changes nothing.

    It keeps the id, owners and scope of `old`, the earlier creation, the higher recall count and score, the
    union of tags, tools and entities (at most 32 each) and the least trusted origin. Of a metadata key that
    both have, the value of the bullet that was updated later remains (`new` at a tie).

    Args:
        strategy: `keep_best` takes the text that says more; where each has terms that the other lacks, the
            more instructive, then the more specific, then the longer. `merge_content` then takes both, one
            after the other, as long as they fit into `limit` characters.
    """
    best = _better(old, new)
    text = best.text
    if strategy == "merge_content" and _differ(old.text, new.text):
        both = f"{_ended(old.text)} {new.text.strip()}"
        text = both if len(both) <= limit else text
    other = new if best is old else old
    return replace(
        old,
        text=text,
        created_at=min(old.created_at, new.created_at),
        updated_at=max(old.updated_at, new.updated_at),
        type=best.type if best.type != "knowledge" else other.type,
        section=best.section if best.section != "general" else other.section,
        origin=less_trusted(old.origin, new.origin),
        role=old.role or new.role,
        actor_id=old.actor_id or new.actor_id,
        tags=_union(old.tags, new.tags),
        tools=_union(old.tools, new.tools),
        entities=_union(old.entities, new.entities),
        distilled_rule=best.distilled_rule or other.distilled_rule,
        instructivity_score=max(
            (s for s in (old.instructivity_score, new.instructivity_score) if s is not None), default=None
        ),
        metadata=_metadata(old, new),
        recall_count=max(old.recall_count, new.recall_count),
        last_recalled_at=_later(old.last_recalled_at, new.last_recalled_at),
        archived_at=_later(old.archived_at, new.archived_at) if old.archived_at and new.archived_at else None,
    )


def supersede(old: Bullet, new: Bullet) -> Bullet:
    """`new` in the place of `old`: a correction. Id, owners, scope, creation, recall count and tags remain.

    What the bullet says and who said it are the new one's; metadata of both, the new one's first.
    """
    return replace(
        new,
        id=old.id,
        created_at=min(old.created_at, new.created_at),
        updated_at=max(old.updated_at, new.updated_at),
        user_id=old.user_id,
        agent_id=old.agent_id,
        run_id=old.run_id,
        scope=old.scope,
        tags=_union(new.tags, old.tags),
        metadata={**old.metadata, **new.metadata},
        recall_count=max(old.recall_count, new.recall_count),
        last_recalled_at=_later(old.last_recalled_at, new.last_recalled_at),
        archived_at=None,
    )


def less_trusted(one: Origin, other: Origin) -> Origin:
    """The one of two origins that is trusted less: user > agent > tool > import."""
    return max(one, other, key=ORIGINS.index)


def _better(old: Bullet, new: Bullet) -> Bullet:
    mine, its = parse_clauses(old.text).signs.keys(), parse_clauses(new.text).signs.keys()
    if mine != its:
        if its >= mine:
            return new
        if mine >= its:
            return old
    a, b = old.instructivity_score, new.instructivity_score
    if a is not None and b is not None and a != b:
        return new if b > a else old
    return new if (len(its), len(new.text)) > (len(mine), len(old.text)) else old


def _differ(one: str, other: str) -> bool:
    """Whether each says something that the other does not."""
    mine, its = parse_clauses(one).signs.keys(), parse_clauses(other).signs.keys()
    return not (mine >= its or its >= mine)


def _ended(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".!?。！？" else text + "."


def _union(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """Both in their order, one spelling each (the first), at most `_MOST`."""
    words: dict[str, str] = {}
    for word in (*first, *second):
        words.setdefault(word.casefold(), word)
    return tuple(words.values())[:_MOST]


def _metadata(old: Bullet, new: Bullet) -> dict[str, object]:
    if old.updated_at > new.updated_at:
        return {**new.metadata, **old.metadata}
    return {**old.metadata, **new.metadata}


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((t for t in (one, other) if t is not None), default=None)
