"""Times that a text names relative to today: "two weeks ago", "last Saturday", "昨天".

People round such times: "two weeks ago" may be any day around then. Each time becomes a span of days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .calendar_names import WEEKDAYS

__all__ = ["Span", "spans"]

_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}
_ROUNDED = {"day": 1, "week": 3, "month": 10, "year": 60}
"""Days by which "n units ago" may be off, either way."""
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_COUNTS = {word: number for number, word in enumerate(_NUMBERS, 1)} | {
    "a": 1, "an": 1, "a couple of": 2, "couple of": 2, "a few": 3, "few": 3, "several": 4
}  # fmt: skip
_WEEKDAYS = WEEKDAYS["en"]
_COUNT = "|".join(sorted(_COUNTS, key=len, reverse=True))
_AGO = re.compile(rf"\b({_COUNT}|\d{{1,3}}) (day|week|month|year)s? (?:ago|back|earlier)\b", re.IGNORECASE)
_PAST = re.compile(rf"\b(?:last|past) (?:({_COUNT}|\d{{1,3}}) )?(day|week|month|year)s?\b", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(?P<yesterday>yesterday|last night)\b"
    rf"|\b(?:last|past|this past) (?P<day>weekend|{'|'.join(_WEEKDAYS)})\b"
    r"|\bthis (?P<this>week|month|year)\b|\b(?P<today>today|this (?:morning|afternoon|evening))\b",
    re.IGNORECASE,
)
_CJK_COUNTS = {c: n for n, c in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "兩": 2, "几": 3, "幾": 3}
_CJK_UNITS = {
    "天": "day", "日": "day", "周": "week", "週": "week", "星期": "week", "礼拜": "week", "禮拜": "week",
    "月": "month", "年": "year",
}  # fmt: skip
_CJK_AGO = re.compile(
    rf"(\d{{1,3}}|[{''.join(_CJK_COUNTS)}]) ?[个個ヶカか]?({'|'.join(_CJK_UNITS)})[间間]?[以之]?前"
)
_CJK_NAMED = {
    "昨天": (1, 1), "昨日": (1, 1), "前天": (2, 2), "今天": (0, 0), "今日": (0, 0),
    "上周": (13, 1), "上週": (13, 1), "先週": (13, 1),
    "上个星期": (13, 1), "上個星期": (13, 1), "上星期": (13, 1),
    "上个月": (61, 1), "上個月": (61, 1), "先月": (61, 1), "去年": (730, 1), "昨年": (730, 1),
}  # fmt: skip


class Span(NamedTuple):
    """A span of days since 1970, both ends included."""

    first: int
    last: int


def spans(text: str, today: int) -> Iterator[Span]:
    """The spans that `text` names; `today` is in days since 1970."""
    for match in _AGO.finditer(text):
        unit = match[2].lower()
        yield _about(today, _count(match[1]), unit)
    for match in _PAST.finditer(text):
        # "Last month" may mean the month before this one, or the days up to now.
        days = _UNITS[match[2].lower()]
        yield Span(today - (_count(match[1]) if match[1] else 2) * days, today)
    for match in _NAMED.finditer(text):
        yield _named(match, today)
    for match in _CJK_AGO.finditer(text):
        count = int(match[1]) if match[1].isdigit() else _CJK_COUNTS[match[1]]
        yield _about(today, count, _CJK_UNITS[match[2]])
    for name, (first, last) in _CJK_NAMED.items():
        if name in text:
            yield Span(today - first, today - last)


def _about(today: int, count: int, unit: str) -> Span:
    middle = today - count * _UNITS[unit]
    return Span(middle - _ROUNDED[unit], min(today, middle + _ROUNDED[unit]))


def _named(match: re.Match[str], today: int) -> Span:
    weekday = (today + 3) % 7  # the first of January 1970 was a Thursday
    if match["yesterday"]:
        return Span(today - 1, today - 1)
    if match["today"]:
        return Span(today, today)
    if match["this"]:
        return Span(today - _UNITS[match["this"].lower()], today)
    if match["day"].lower() == "weekend":
        sunday = today - (weekday + 1)
        return Span(sunday - 1, sunday)
    past = today - ((weekday - _WEEKDAYS.index(match["day"].lower()) - 1) % 7 + 1)
    return Span(past, past)


def _count(word: str) -> int:
    return int(word) if word.isdigit() else _COUNTS[word.lower()]
