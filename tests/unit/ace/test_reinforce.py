"""Counting what was recalled: once a day, in batches, and never lost at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from memorusd.ace.options import DecaySettings
from memorusd.ace.reinforce import Reinforcement
from memorusd.ace.sweep import sweep
from memorusd.knowledge.bullet import Bullet
from memorusd.knowledge.store.sqlite import SqliteStore

START = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore.open(tmp_path / "home" / "memorus.db")
    yield opened
    opened.close()


@pytest.fixture
def put(store: SqliteStore) -> Callable[[str], None]:
    def put_one(bullet_id: str) -> None:
        bullet = Bullet(bullet_id, f"text of {bullet_id}", START, START)
        store.write(lambda t: t.put(bullet, None, "ADD"))

    return put_one


def count(store: SqliteStore, bullet_id: str) -> int:
    bullet = store.get(bullet_id)
    assert bullet is not None
    return bullet.recall_count


def test_days_are_counted_not_searches(store: SqliteStore, clock: Clock, put: Callable[[str], None]) -> None:
    put("a")
    counted = Reinforcement(store, clock)
    for day in range(3):
        clock.now = START + timedelta(days=day)
        for _ in range(100):
            counted.recalled(["a"])
        counted.flush()
        counted.recalled(["a"])
        counted.flush()
        assert count(store, "a") == day + 1
    clock.now = START
    counted.recalled(["a"])
    counted.flush()
    assert count(store, "a") == 3, "a clock that was set back counts nothing twice"


def test_two_processes_count_a_day_once(store: SqliteStore, clock: Clock, put: Callable[[str], None]) -> None:
    put("a")
    for one in (Reinforcement(store, clock), Reinforcement(store, clock)):
        one.recalled(["a", "gone"])
        one.flush()
    assert count(store, "a") == 1


def test_it_is_counted_without_a_flush_too(
    store: SqliteStore, clock: Clock, put: Callable[[str], None]
) -> None:
    import time

    put("a")
    Reinforcement(store, clock).recalled(["a"])
    deadline = time.monotonic() + 30
    while not count(store, "a"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_those_who_follow_the_journal_are_told(
    store: SqliteStore, clock: Clock, put: Callable[[str], None]
) -> None:
    put("a")
    seq = store.refresh()
    counted = Reinforcement(store, clock)
    counted.recalled(["a"])
    counted.flush()
    assert store.changed_since(seq)[1] == ["a"]


def test_a_year_of_use_keeps_the_used_and_archives_the_rest(
    store: SqliteStore, clock: Clock, put: Callable[[str], None]
) -> None:
    """Daily, weekly, monthly and never used bullets; a sweep a day."""
    for name in ("daily", "weekly", "monthly", "never"):
        put(name)
    counted, settings = Reinforcement(store, clock), DecaySettings()
    left: dict[str, int] = {}
    for day in range(1, 366):
        clock.now = START + timedelta(days=day)
        counted.recalled(["daily"])
        if day % 7 == 0:
            counted.recalled(["weekly"])
        if day % 30 == 0:
            counted.recalled(["monthly"])
        counted.flush()
        sweep(store, clock.now, settings)
        for name in ("daily", "weekly", "monthly", "never"):
            bullet = store.get(name)
            assert bullet is not None
            if bullet.archived_at is not None:
                left.setdefault(name, day)
    assert left == {"never": 170}, "30 days of half-life: 0.02 is 5.64 of them"
    assert count(store, "daily") == 365
    assert sweep(store, clock.now, settings)["permanent"] == 2
