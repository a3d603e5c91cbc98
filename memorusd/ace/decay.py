"""Decay: how much a bullet still counts, by how long ago and on how many days it was used.

    weight = 2 ** (-age / half_life) * (1 + boost * recall_count), at most 1

`age` is the time since a bullet was made or last recalled, whichever is later. A bullet recalled on
`permanent_threshold` days never fades, and none fades in its first `protection_days` (the last instant
included). Below `archive_threshold` it is a candidate for the archive.

This module only computes, on columns; the sweep acts on the result.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..knowledge.ages import Ages
from .options import DecaySettings

__all__ = ["Decayed", "decay"]

_DAY = 86_400.0
Mask = npt.NDArray[np.bool_]


class Decayed(NamedTuple):
    """The state of each bullet; every array has shape (n,)."""

    weight: npt.NDArray[np.float64]
    """From 0 to 1."""
    permanent: Mask
    protected: Mask
    fading: Mask
    """Candidates for the archive."""


def decay(ages: Ages, now: float, settings: DecaySettings) -> Decayed:
    """The weights at `now` (Unix seconds).

    A time in the future (a clock was set back) counts as now.
    """
    used = np.fmax(ages.created, ages.recalled)
    age = np.maximum(now - used, 0.0) / _DAY
    permanent = ages.recall_count >= settings.permanent_threshold
    protected = (age <= settings.protection_days) & ~permanent
    weight = np.exp2(-age / settings.half_life_days) * (1.0 + settings.boost_factor * ages.recall_count)
    weight = np.where(permanent | protected, 1.0, np.clip(weight, 0.0, 1.0))
    return Decayed(weight, permanent, protected, weight < settings.archive_threshold)
