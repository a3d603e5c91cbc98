"""A search as the Generator gets it, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from ...knowledge.ages import Ages
from ...knowledge.embed import Vectors
from ...knowledge.selection import Selection

__all__ = ["DecayWeights", "EmbedText", "Query", "Ranking"]

EmbedText = Callable[[str], Vectors | None]
"""The L2-normalised vector of a text, shape (dimensions,); None if there is no model to ask."""
DecayWeights = Callable[[Ages, float], npt.NDArray[np.float64]]
"""Decay's weights, 0 to 1 and shape (n,), of n ages at a time in Unix seconds."""


@dataclass(frozen=True, slots=True)
class Query:
    """One search."""

    text: str
    limit: int
    """The most bullets that it returns."""
    selection: Selection
    """The bullets that the caller may see."""
    embed: EmbedText
    decay_weights: DecayWeights | None = None
    """None if age does not count."""
    asked_at: datetime | None = None
    """Relative times in the text count from this time; None is now."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The bullets that a search found, best first."""

    ids: list[str]
    scores: list[float]
    """For each id, above 0 and at most 1."""
    candidates: int
    """How many bullets the caller may see."""
    embedded: bool
    """Whether the query had a vector."""
