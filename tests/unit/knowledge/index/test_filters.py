"""mem0's filter grammar: one bullet at a time, and over the index, and both agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memorus_proto.errors import InvalidRequest
from memorusd.knowledge.bullet import Bullet, new_id
from memorusd.knowledge.embed import ModelId
from memorusd.knowledge.index import Index
from memorusd.knowledge.selection import Selection
from memorusd.knowledge.store import Transaction
from memorusd.knowledge.store.sqlite import SqliteStore

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
BULLET = Bullet(
    id="b",
    text="text",
    created_at=START,
    updated_at=START,
    user_id="ann",
    role="user",
    tags=("db", "ci"),
    metadata={
        "team": "core",
        "stars": 4,
        "done": True,
        "langs": ["de", "fr"],
        "due": "2026-03-01",
        "role": "x",
    },
)


@pytest.mark.parametrize(
    ("filters", "met"),
    [
        ({}, True),
        ({"team": "core"}, True),
        ({"team": "Core"}, False),
        ({"team": "core", "stars": 4}, True),
        ({"team": "core", "stars": 5}, False),
        ({"stars": {"gte": 3, "lt": 5}}, True),
        ({"stars": {"gt": 4}}, False),
        ({"stars": {"lte": 4.0}}, True),
        ({"stars": {"gt": "3"}}, False),
        ({"done": 1}, False),
        ({"done": True}, True),
        ({"team": {"ne": "web"}}, True),
        ({"nothing": {"ne": "web"}}, False),
        ({"nothing": {"nin": ["web"]}}, False),
        ({"NOT": [{"nothing": "web"}]}, True),
        ({"team": {"in": ["web", "core"]}}, True),
        ({"team": ["web", "core"]}, True),
        ({"team": {"nin": ["web", "core"]}}, False),
        ({"team": {"contains": "or"}}, True),
        ({"team": {"contains": "OR"}}, False),
        ({"team": {"icontains": "OR"}}, True),
        ({"team": "*"}, True),
        ({"nothing": "*"}, False),
        ({"langs": "fr"}, True),
        ({"langs": {"ne": "fr"}}, False),
        ({"langs": ["it", "de"]}, True),
        ({"due": {"lt": "2026-03-01T01:00:00+00:00", "gte": "2026-02-28"}}, True),
        ({"tags": "ci"}, True),
        ({"tags": {"in": ["x"]}}, False),
        ({"user_id": "ann"}, True),
        ({"user_id": {"in": ["bob", "eve"]}}, False),
        ({"role": "x"}, True),
        ({"role": "user"}, False),
        ({"created_at": {"gte": "2026-01-01", "lt": "2026-01-02"}}, True),
        ({"created_at": "2026-01-01T01:00:00+01:00"}, True),
        ({"OR": [{"team": "web"}, {"stars": {"gt": 3}}]}, True),
        ({"OR": [{"team": "web"}, {"stars": {"gt": 4}}]}, False),
        ({"AND": [{"team": "core"}, {"OR": [{"stars": 1}, {"done": True}]}]}, True),
        ({"NOT": [{"team": "web"}, {"stars": 4}]}, False),
    ],
)
def test_the_grammar(filters: dict[str, Any], met: bool) -> None:
    assert Selection(filters=filters).matches(BULLET) is met


@pytest.mark.parametrize(
    ("filters", "place"),
    [
        ({"a": {"like": "x"}}, r"filters\.a: unknown operator 'like'"),
        ({"a": {}}, r"filters\.a has no operator"),
        ({"a": {"in": "x"}}, r"filters\.a\.in needs a list"),
        ({"a": {"contains": 3}}, r"filters\.a\.contains needs a string"),
        ({"a": {"gt": None}}, r"filters\.a\.gt needs a number"),
        ({"AND": {"a": 1}}, r"filters\.AND needs a list"),
        ({"OR": []}, r"filters\.OR needs a list"),
        ({"OR": [{"a": 1}, {"NOT": ["x"]}]}, r"filters\.OR\[1\]\.NOT needs a list"),
    ],
)
def test_what_is_not_of_the_grammar_is_refused(filters: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidRequest, match=place):
        Selection(filters=filters).matches(BULLET)


KEYS = st.sampled_from(["team", "stars", "tags", "role", "user_id", "missing"])
VALUES = st.sampled_from(["core", "web", "ann", "user", "2026-01-02", 1, 2.5, True, None])
OPERATION = st.one_of(
    st.tuples(st.sampled_from(["eq", "ne"]), VALUES),
    st.tuples(st.sampled_from(["in", "nin"]), st.lists(VALUES, max_size=3)),
    st.tuples(st.sampled_from(["gt", "gte", "lt", "lte"]), st.sampled_from(["core", "b", 1, 2, 2.5])),
    st.tuples(st.sampled_from(["contains", "icontains"]), st.sampled_from(["o", "E", "we", ""])),
)
LEAF = st.one_of(
    st.dictionaries(
        KEYS, st.one_of(VALUES, st.just("*"), st.lists(VALUES, min_size=1, max_size=3)), max_size=2
    ),
    st.dictionaries(KEYS, st.lists(OPERATION, min_size=1, max_size=2).map(dict), max_size=2),
    st.dictionaries(
        st.sampled_from(["created_at", "updated_at"]),
        st.dictionaries(
            st.sampled_from(["gt", "lte", "eq"]), st.sampled_from(["2026-01-02", "2026-01-03"]), min_size=1
        ),
        min_size=1,
    ),
)
TREE = st.recursive(
    LEAF,
    lambda inner: st.dictionaries(
        st.sampled_from(["AND", "OR", "NOT"]), st.lists(inner, min_size=1, max_size=3), min_size=1, max_size=2
    ),
    max_leaves=5,
)
METADATA = st.dictionaries(
    st.sampled_from(["team", "stars", "role"]),
    st.one_of(VALUES, st.lists(VALUES, max_size=2), st.just({"deep": 1})),
    max_size=3,
)
ONE = st.builds(
    lambda metadata, tags, role, user, day: Bullet(
        new_id(),
        "text",
        START + timedelta(days=day),
        START + timedelta(days=day),
        user_id=user,
        role=role,
        tags=tuple(tags),
        metadata=metadata,
    ),
    METADATA,
    st.lists(st.sampled_from(["core", "web"]), max_size=2, unique=True),
    st.sampled_from([None, "user", "assistant"]),
    st.sampled_from([None, "ann", "bob"]),
    st.integers(0, 3),
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    store = SqliteStore.open(Path(tmp_path_factory.mktemp("filters")) / "home" / "memorus.db")
    store.set_model(ModelId("test", "1", 8))
    yield store
    store.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bullets=st.lists(ONE, min_size=1, max_size=8), trees=st.lists(TREE, min_size=1, max_size=6))
def test_the_index_decides_as_one_bullet_at_a_time_does(
    store: SqliteStore, bullets: list[Bullet], trees: list[dict[str, Any]]
) -> None:
    store.reset()
    index = Index(store, ModelId("test", "1", 8))
    vector = np.full(8, 8**-0.5, np.float32)
    for start in range(0, len(bullets), 3):
        batch = bullets[start : start + 3]

        def put_batch(transaction: Transaction, batch: list[Bullet] = batch) -> None:
            for bullet in batch:
                transaction.put(bullet, vector, "ADD")

        store.write(put_batch)
        index.catch_up()
    changed = replace(bullets[0], metadata={"team": "late"})
    store.write(lambda t: t.put(changed, None, "UPDATE"))
    present = [changed, *bullets[1:]]
    for tree in trees:
        selection = Selection(filters=tree)
        hits, candidates = index.search(vector, 100, selection)
        expected = {b.id for b in present if selection.matches(b)}
        assert {hit.bullet_id for hit in hits} == expected
        assert candidates == len(expected)
