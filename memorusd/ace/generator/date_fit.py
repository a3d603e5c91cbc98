"""How well the time of a bullet fits the dates that a query names."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...text.dates import Date
from ...text.relative_dates import Span

__all__ = ["date_fit"]

_DAY = 86_400
_DAYS_LATER = 7
"""What happened on a day is still talked about for so many days."""
_LATER_FIT = 0.7
"""The fit of a bullet from those days."""


def date_fit(wanted: tuple[Date | Span, ...], created: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How well each time (in Unix seconds, shape (n,)) fits the best of the dates: 0 to 1, shape (n,)."""
    days = (created // _DAY).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]")
    month = (months - years).astype(int) + 1
    year = years.astype(int) + 1970
    best = np.zeros(len(created))
    for date in wanted:
        if isinstance(date, Span):
            number = days.astype(int)
            later = (number > date.last) & (number <= date.last + _DAYS_LATER)
            fit = np.where((number >= date.first) & (number <= date.last), 1.0, _LATER_FIT * later)
            best = np.maximum(best, fit)
            continue
        right_year = np.ones(len(created), bool) if date.year is None else year == date.year
        if date.day is None:
            fit = np.where(right_year & (month == date.month), 1.0, 0.0)
        else:
            first = years.astype("datetime64[M]") + (date.month - 1)
            gap = (days - (first.astype("datetime64[D]") + (date.day - 1))).astype(int)
            fit = np.where(gap == 0, 1.0, np.where((gap > 0) & (gap <= _DAYS_LATER), _LATER_FIT, 0.0))
            fit *= right_year
        best = np.maximum(best, fit)
    return best
