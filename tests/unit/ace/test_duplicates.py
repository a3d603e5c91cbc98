"""Exact duplicates, which the Curator could not see because they came at the same instant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memorusd.ace.duplicates import merge_duplicates
from memorusd.ace.options import DecaySettings
from memorusd.ace.sweep import sweep
from memorusd.knowledge.bullet import Bullet, new_id
from memorusd.knowledge.embed import ModelId
from memorusd.knowledge.store.sqlite import SqliteStore

NOW = datetime.now(timezone.utc)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore.open(tmp_path / "memorus.db")
    opened.set_model(ModelId("tiny", "r1", 4))
    yield opened
    opened.close()


def put(store: SqliteStore, text: str, age: float = 0.0, **fields: Any) -> Bullet:
    at = NOW - timedelta(seconds=age)
    bullet = Bullet(new_id(), text, at, at, **fields)
    store.write(lambda t: t.put(bullet, np.ones(4, np.float32), "ADD"))
    return bullet


def left(store: SqliteStore) -> list[Bullet]:
    return [stored.bullet for stored in store.load()[1]]


def test_the_oldest_stays_and_knows_what_the_others_knew(store: SqliteStore) -> None:
    late = put(store, "same", 1, tags=("b",), recall_count=3)
    first = put(store, "same", 9, tags=("a",))
    third = put(store, "same", 5)
    assert merge_duplicates(store) == 2
    (kept,) = left(store)
    assert (kept.id, kept.tags, kept.recall_count) == (first.id, ("a", "b"), 3)
    assert [c.event for c in store.history(first.id)] == ["ADD", "MERGE"]
    assert [store.history(b.id)[-1].event for b in (late, third)] == ["DELETE", "DELETE"]
    assert merge_duplicates(store) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"user_id": "ann"},
        {"agent_id": "a"},
        {"run_id": "r"},
        {"scope": "project:x"},
        {"type": "pitfall"},
        {"section": "tools"},
        {"role": "user"},
        {"actor_id": "bob"},
        {"metadata": {"n": 1}},
        {"archived_at": NOW},
        {"text": "Same"},
    ],
)
def test_what_differs_is_no_duplicate(store: SqliteStore, fields: dict[str, Any]) -> None:
    put(store, "same")
    put(store, **{"text": "same", **fields})
    assert merge_duplicates(store) == 0
    assert len(left(store)) == 2


def test_a_sweep_merges_and_a_dry_run_does_not(store: SqliteStore) -> None:
    put(store, "same")
    put(store, "same")
    sweep(store, NOW, DecaySettings(), dry_run=True)
    assert len(left(store)) == 2
    sweep(store, NOW, DecaySettings())
    assert len(left(store)) == 1
