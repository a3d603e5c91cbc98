"""A turn as the rules read it, and what several turns tell together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .sentences import Part

__all__ = ["Episode", "Turn"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and its parts."""

    role: str | None
    content: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Episode:
    """A text made of several turns, and the turns that it uses up."""

    text: str
    pattern: str
    message: int
    used: tuple[int, ...]
    rule: str | None = None
