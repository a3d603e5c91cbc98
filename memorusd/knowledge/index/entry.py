"""What the index takes of one bullet: everything that has to be computed from its text, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

from ...text.tokens import terms
from ..bullet import Bullet
from ..embed import Vectors
from ..filters import LISTS
from .traits import Traits, traits

__all__ = ["NOBODY", "Entry", "label_key", "read_entry"]

NOBODY = frozenset({"user", "assistant", "system", "tool", "human", "ai", "bot", "agent", "function"})
"""What stands in place of a speaker's name without being one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A bullet, ready to be filled into a slot."""

    bullet: Bullet
    vector: Vectors | None
    parts: Vectors | None
    """Vectors of its passages, shape (m, dimensions)."""
    terms: list[str]
    labels: list[str]
    """Keys of its tags, tools and entities, see label_key."""
    traits: Traits


def read_entry(bullet: Bullet, vector: Vectors | None, parts: Vectors | None) -> Entry:
    """Look at a bullet as the index will know it."""
    speaker = bullet.actor_id
    # Who says it is part of what is said: "Ann: I moved to Rome" answers where Ann lives.
    text = bullet.text if speaker is None or speaker.casefold() in NOBODY else f"{speaker} {bullet.text}"
    labels = {label_key(label) for field in _lists(bullet) for label in field}
    return Entry(bullet, vector, parts, terms(text), sorted(labels - {""}), traits(bullet.text))


_lists = attrgetter(*LISTS)


def label_key(label: str) -> str:
    """Labels that are written alike have the same key."""
    return " ".join(terms(label))
