"""Decay: the documented examples, the boundaries, and what holds whatever the numbers are."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorusd.ace.decay import Decayed, decay
from memorusd.ace.options import DecaySettings
from memorusd.knowledge.ages import Ages

DAY = 86_400.0
NOW = 1_800_000_000.0


def one(age: float, count: int = 0, recalled: float | None = None, **settings: float) -> Decayed:
    """The decay of one bullet, `age` days old, last recalled `recalled` days ago."""
    last = math.nan if recalled is None else NOW - recalled * DAY
    ages = Ages(np.array([NOW - age * DAY]), np.array([last]), np.array([count]))
    return decay(ages, NOW, DecaySettings(**settings))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("age", "count", "weight"),
    [
        (0, 0, 1.0),
        (7, 0, 1.0),  # protected to the last instant
        (30, 0, 0.5),
        (60, 0, 0.25),
        (30, 3, 0.5 * 1.3),
        (60, 14, 0.25 * 2.4),
        (30, 14, 1.0),  # never more than 1
        (10_000, 15, 1.0),  # permanent
        (300, 0, 2.0**-10),
    ],
)
def test_the_formula(age: float, count: int, weight: float) -> None:
    assert one(age, count).weight[0] == pytest.approx(weight, rel=1e-12)


def test_boundaries() -> None:
    just_after = 7 + 1e-6
    assert one(7).protected[0]
    assert not one(just_after).protected[0]
    assert one(just_after).weight[0] == pytest.approx(2 ** (-7 / 30), rel=1e-6)
    assert one(10_000, 15).permanent[0]
    assert not one(10_000, 14).permanent[0]
    edge = 30 * math.log2(1 / 0.02)
    assert not one(edge - 1e-6).fading[0]
    assert one(edge + 1e-6).fading[0]


def test_what_is_used_stays_young() -> None:
    assert one(400, 1, recalled=30).weight[0] == pytest.approx(0.55)
    assert one(400, 1, recalled=3).protected[0]
    assert one(400).fading[0]


@pytest.mark.parametrize("age", [-1.0, -10_000.0])
def test_a_time_in_the_future_counts_as_now(age: float) -> None:
    assert one(age, protection_days=0).weight[0] == 1.0
    assert one(300, 1, recalled=age).weight[0] == 1.0


COLUMNS = st.tuples(st.floats(-1e4, 1e5), st.one_of(st.none(), st.floats(-1e4, 1e5)), st.integers(0, 10_000))
SETTINGS = st.builds(
    DecaySettings,
    half_life_days=st.floats(0.01, 1e4),
    boost_factor=st.floats(0, 10),
    protection_days=st.floats(0, 100),
    permanent_threshold=st.integers(1, 100),
    archive_threshold=st.floats(0, 1),
)


@given(COLUMNS, SETTINGS, st.floats(0, 1e4))
def test_it_is_bounded_and_only_falls_with_time(
    column: tuple[float, float | None, int], settings: DecaySettings, later: float
) -> None:
    age, recalled, count = column
    last = math.nan if recalled is None else NOW - recalled * DAY
    ages = Ages(np.array([NOW - age * DAY]), np.array([last]), np.array([count]))
    before, after = decay(ages, NOW, settings), decay(ages, NOW + later * DAY, settings)
    for result in (before, after):
        assert 0.0 <= result.weight[0] <= 1.0
        assert not (result.permanent[0] and result.protected[0])
        if result.permanent[0] or result.protected[0]:
            assert result.weight[0] == 1.0
        assert result.fading[0] == (result.weight[0] < settings.archive_threshold)
    assert after.weight[0] <= before.weight[0]


@given(COLUMNS, SETTINGS)
def test_more_recalls_never_weigh_less(
    column: tuple[float, float | None, int], settings: DecaySettings
) -> None:
    age, recalled, count = column
    last = math.nan if recalled is None else NOW - recalled * DAY
    ages = Ages(np.full(2, NOW - age * DAY), np.full(2, last), np.array([count, count + 1]))
    fewer, more = decay(ages, NOW, settings).weight
    assert more >= fewer


def test_columns_are_read_as_the_store_writes_them() -> None:
    rows = [
        ("2024-03-01T12:00:00.250000+00:00", None, 0),
        ("1999-12-31T23:59:59.000000+00:00", "2024-03-01T12:00:00.000000+00:00", 3),
    ]
    ages = Ages.of_rows(rows)
    assert ages.created.tolist() == [1_709_294_400.25, 946_684_799.0]
    assert math.isnan(ages.recalled[0])
    assert ages.recalled[1] == 1_709_294_400.0
    assert ages.recall_count.tolist() == [0, 3]
    assert Ages.of_rows([]).created.shape == (0,)
