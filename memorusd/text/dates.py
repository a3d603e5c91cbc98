"""Dates that a text names: "on 7 May 2023", "in April", "2023-05-07", "two weeks ago"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .calendar_names import MONTH_ABBREVIATIONS, MONTHS
from .relative_dates import Span, spans

__all__ = ["Date", "dates"]

_NUMBER_OF = {
    name: number
    for number, (month, short) in enumerate(zip(MONTHS["en"], MONTH_ABBREVIATIONS["en"], strict=True), 1)
    for name in (month, *short)
}
# "jan(?:uary|)": alternatives that share no beginning are the quickest to search for.
_NAME = "|".join(
    f"{short[-1]}(?:{'|'.join(name.removeprefix(short[-1]) for name in (month, *short))})"
    for month, short in zip(MONTHS["en"], MONTH_ABBREVIATIONS["en"], strict=True)
)
_ORDINAL = r"(?:st|nd|rd|th)?"
_WRITTEN = re.compile(
    rf"\b(?:(?P<before>\d{{1,2}}){_ORDINAL}(?: of)? )?(?P<month>(?:{_NAME})\b\.?)"
    rf"(?: (?P<after>\d{{1,2}}){_ORDINAL}\b(?!\d))?(?:,? (?P<year>(?:19|20)\d\d)\b)?",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)(?:-(?P<day>\d\d))?\b")
_CJK = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d) ?年 ?)?(?P<month>\d{1,2}) ?月(?: ?(?P<day>\d{1,2}) ?[日號号])?"
)
_AMBIGUOUS = ("may", "mar", "march")
"""Months that are also other words: they count only with a capital, a day or a year."""

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Date:
    """A month, with its year and its day where the text names them."""

    month: int
    year: int | None = None
    day: int | None = None


def dates(text: str, asked_at: float) -> tuple[Date | Span, ...]:
    """The dates that `text` names, each once. Relative ones count from `asked_at`, in Unix seconds."""
    absolute: dict[Date, None] = {}
    for match in _WRITTEN.finditer(text):
        day, year, name = match["before"] or match["after"], match["year"], match["month"].rstrip(".")
        if name.lower() in _AMBIGUOUS and not day and not year and not name[0].isupper():
            continue
        month = _NUMBER_OF[name.lower()]
        absolute[Date(month, int(year) if year else None, int(day) if day else None)] = None
    for pattern in (_ISO, _CJK):
        for match in pattern.finditer(text):
            year, month, day = match["year"], int(match["month"]), match["day"]
            if 1 <= month <= 12:
                absolute[Date(month, int(year) if year else None, int(day) if day else None)] = None
    written = [date for date in absolute if date.day is None or 1 <= date.day <= 31]
    return (*written, *dict.fromkeys(spans(text, int(asked_at // _DAY))))
