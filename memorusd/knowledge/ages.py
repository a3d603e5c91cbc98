"""Ages: when bullets were created and recalled, as columns, from which decay is computed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .bullet import Bullet

__all__ = ["Ages"]

_EPOCH = np.datetime64(0, "us")
_NAIVE = len("2026-01-31T12:00:00.000000")


class Ages(NamedTuple):
    """Columns of shape (n,), one row for each bullet. Times are in Unix seconds (UTC)."""

    created: npt.NDArray[np.float64]
    recalled: npt.NDArray[np.float64]
    """The last recall; nan for never."""
    recall_count: npt.NDArray[np.int64]
    """The number of days on which it was recalled."""

    @classmethod
    def of(cls, bullets: Iterable[Bullet]) -> Ages:
        """Return the ages of bullets."""
        rows = [(b.created_at, b.last_recalled_at, b.recall_count) for b in bullets]
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        recalled = [np.nan if at is None else at.timestamp() for at in columns[1]]
        return cls(
            np.array([at.timestamp() for at in columns[0]], np.float64),
            np.array(recalled, np.float64),
            np.array(columns[2], np.int64),
        )

    @classmethod
    def of_rows(cls, rows: Iterable[tuple[str, str | None, int]]) -> Ages:
        """Return the ages of (created_at, last_recalled_at, recall_count), in the store's time format."""
        columns = list(zip(*rows, strict=True)) or [(), (), ()]
        return cls(_seconds(columns[0]), _seconds(columns[1]), np.array(columns[2], np.int64))


def _seconds(times: Iterable[str | None]) -> npt.NDArray[np.float64]:
    parsed = np.array(["NaT" if at is None else at[:_NAIVE] for at in times], "datetime64[us]")
    seconds: npt.NDArray[np.float64] = (parsed - _EPOCH) / np.timedelta64(1, "s")
    return seconds
