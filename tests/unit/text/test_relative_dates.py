"""Times that are named from where the question stands."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import numpy as np
import pytest

from memorusd.ace.generator.date_fit import date_fit
from memorusd.text.dates import dates
from memorusd.text.relative_dates import spans

TODAY = date(2026, 11, 26)  # a Thursday
EPOCH = date(1970, 1, 1)


def named(text: str) -> list[tuple[date, date]]:
    found = spans(text, (TODAY - EPOCH).days)
    return [(EPOCH + timedelta(span.first), EPOCH + timedelta(span.last)) for span in found]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("what did we decide yesterday?", date(2026, 11, 25), date(2026, 11, 25)),
        ("who called last night", date(2026, 11, 25), date(2026, 11, 25)),
        ("what broke two weeks ago?", date(2026, 11, 9), date(2026, 11, 15)),
        ("what broke 10 days ago?", date(2026, 11, 15), date(2026, 11, 17)),
        ("a couple of days ago I cooked", date(2026, 11, 23), date(2026, 11, 25)),
        ("what did I plant last Saturday?", date(2026, 11, 21), date(2026, 11, 21)),
        ("whom did I meet last Thursday?", date(2026, 11, 19), date(2026, 11, 19)),
        ("which bike did I fix the past weekend?", date(2026, 11, 21), date(2026, 11, 22)),
        ("what have I baked in the past two weeks?", date(2026, 11, 12), date(2026, 11, 26)),
        ("which certificate did I get last month?", date(2026, 9, 27), date(2026, 11, 26)),
        ("how many weddings this year?", date(2025, 11, 26), date(2026, 11, 26)),
        ("what happened today?", date(2026, 11, 26), date(2026, 11, 26)),
        ("昨天我们决定了什么?", date(2026, 11, 25), date(2026, 11, 25)),
        ("三天前出了什么问题?", date(2026, 11, 22), date(2026, 11, 24)),
        ("两周前讨论了什么", date(2026, 11, 9), date(2026, 11, 15)),
        ("3ヶ月前に何をした", date(2026, 8, 18), date(2026, 9, 7)),
    ],
)
def test_a_relative_time_is_a_span_of_days(text: str, first: date, last: date) -> None:
    assert named(text) == [(first, last)]


@pytest.mark.parametrize("text", ["how many weeks ago did I move?", "the last test failed", "a year of use"])
def test_what_names_no_time_has_no_span(text: str) -> None:
    assert named(text) == []


def test_the_fit_counts_from_when_the_question_is_asked() -> None:
    asked = datetime(2026, 11, 26, 12, tzinfo=timezone.utc).timestamp()
    wanted = dates("what did we decide two weeks ago?", asked)
    told = [datetime(2026, month, day, 9, tzinfo=timezone.utc).timestamp() for month, day in
            ((11, 12), (11, 20), (11, 25), (10, 1))]  # fmt: skip
    assert date_fit(wanted, np.array(told)).tolist() == pytest.approx([1.0, 0.7, 0.0, 0.0])
