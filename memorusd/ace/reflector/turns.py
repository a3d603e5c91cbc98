"""A turn as the rules read it, and what several turns tell together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .segments import Segment

__all__ = ["Fix", "Turn"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and its segments."""

    role: str | None
    content: str
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class Fix:
    """A problem and what solved it, distilled from several turns; these are then read for little else."""

    text: str
    pattern: str
    message: int
    """Index of the message with the solution."""
    turns: tuple[int, ...]
    """Indices of all turns that it was distilled from."""
    rule: str | None = None
    """See Candidate."""
