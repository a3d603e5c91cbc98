"""The Curator for bullets that are kept as they were given: only an exact copy is a duplicate."""

from __future__ import annotations

from collections.abc import Sequence

from ...knowledge.bullet import Bullet
from .decide import Decision
from .neighbours import Neighbour

__all__ = ["keep_verbatim"]

_TELLING = ("text", "role", "actor_id", "metadata", "type", "section")


def keep_verbatim(new: Bullet, neighbours: Sequence[Neighbour]) -> Decision:
    """ADD, unless a neighbour has the same text, speaker, metadata, type and section."""
    for near in neighbours:
        if all(getattr(near.bullet, name) == getattr(new, name) for name in _TELLING):
            return Decision("MERGE", near.bullet, near.bullet, (), "the same text is kept already")
    return Decision("ADD", None, new, (), "")
