"""Dates that a question names: "on 7 May 2023", "in April", "2023-05-07", "two weeks ago"."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .relative import Span, spans

__all__ = ["Date", "dates", "nearness"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_ORDINAL = r"(?:st|nd|rd|th)?"
_WRITTEN = re.compile(
    rf"\b(?:(?P<before>\d{{1,2}}){_ORDINAL}(?: of)? )?(?P<month>{_NAME})"
    rf"(?: (?P<after>\d{{1,2}}){_ORDINAL}\b(?!\d))?(?:,? (?P<year>(?:19|20)\d\d)\b)?",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)(?:-(?P<day>\d\d))?\b")
_WIDE = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d) ?年 ?)?(?P<month>\d{1,2}) ?月(?: ?(?P<day>\d{1,2}) ?[日號号])?"
)
_WORDS_TOO = ("may", "mar", "march")
"""Months that are also other words: they count when written with a capital, or with a day or year."""

_DAY = 86_400
_LATER = 7
"""Days after a date within which something is still told about it,"""
_LATER_SHARE = 0.7
"""and what that counts for."""


@dataclass(frozen=True, slots=True)
class Date:
    """A month, perhaps with its year, perhaps with a day."""

    month: int
    year: int | None = None
    day: int | None = None


def dates(text: str, asked_at: float) -> tuple[Date | Span, ...]:
    """The dates that `text` names, asked at a time in Unix seconds, without repetitions."""
    found: dict[Date, None] = {}
    for match in _WRITTEN.finditer(text):
        day, year, name = match["before"] or match["after"], match["year"], match["month"].rstrip(".")
        if name.lower() in _WORDS_TOO and not day and not year and not name[0].isupper():
            continue
        month = _MONTHS.index(name[:3].lower()) + 1
        found[Date(month, int(year) if year else None, int(day) if day else None)] = None
    for pattern in (_ISO, _WIDE):
        for match in pattern.finditer(text):
            year, month, day = match["year"], int(match["month"]), match["day"]
            if 1 <= month <= 12:
                found[Date(month, int(year) if year else None, int(day) if day else None)] = None
    written = [date for date in found if date.day is None or 1 <= date.day <= 31]
    return (*written, *dict.fromkeys(spans(text, int(asked_at // _DAY))))


def nearness(wanted: tuple[Date | Span, ...], created: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How well times (Unix seconds) fit the nearest of the dates, 0 to 1, shape (n,)."""
    days = (created // _DAY).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    years = days.astype("datetime64[Y]")
    month = (months - years).astype(int) + 1
    year = years.astype(int) + 1970
    best = np.zeros(len(created))
    for date in wanted:
        if isinstance(date, Span):
            number = days.astype(int)
            later = (number > date.last) & (number <= date.last + _LATER)
            fit = np.where((number >= date.first) & (number <= date.last), 1.0, _LATER_SHARE * later)
            best = np.maximum(best, fit)
            continue
        right_year = np.ones(len(created), bool) if date.year is None else year == date.year
        if date.day is None:
            fit = np.where(right_year & (month == date.month), 1.0, 0.0)
        else:
            first = years.astype("datetime64[M]") + (date.month - 1)
            gap = (days - (first.astype("datetime64[D]") + (date.day - 1))).astype(int)
            fit = np.where(gap == 0, 1.0, np.where((gap > 0) & (gap <= _LATER), _LATER_SHARE, 0.0))
            fit *= right_year
        best = np.maximum(best, fit)
    return best
