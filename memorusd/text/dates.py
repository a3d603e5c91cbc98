"""Dates that a text names: "on 7 May 2023", "in April", "2023-05-07", "two weeks ago"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .relative_dates import Span, spans

__all__ = ["Date", "dates"]

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
_CJK = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d) ?年 ?)?(?P<month>\d{1,2}) ?月(?: ?(?P<day>\d{1,2}) ?[日號号])?"
)
_WORDS_TOO = ("may", "mar", "march")
"""Months that are also other words: they count when written with a capital, or with a day or year."""

_DAY = 86_400


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
    for pattern in (_ISO, _CJK):
        for match in pattern.finditer(text):
            year, month, day = match["year"], int(match["month"]), match["day"]
            if 1 <= month <= 12:
                found[Date(month, int(year) if year else None, int(day) if day else None)] = None
    written = [date for date in found if date.day is None or 1 <= date.day <= 31]
    return (*written, *dict.fromkeys(spans(text, int(asked_at // _DAY))))
