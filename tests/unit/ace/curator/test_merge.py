"""merge_bullets() and supersede() keep what they must, whatever the two bullets are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorusd.ace.curator.merge_bullets import merge_bullets, supersede
from memorusd.knowledge.bullet import ORIGINS, SECTIONS, TYPES, Bullet

TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(timezone.utc))
TAGS = st.lists(st.sampled_from(["ci", "CI", "npm", "git", "数据库"]), max_size=4).map(tuple)
BULLETS = st.builds(
    Bullet,
    id=st.uuids().map(str),
    text=st.sampled_from(
        [
            "Use pnpm",
            "Use pnpm, not npm",
            "Use pnpm. It is fast",
            "pnpm is to be used",
            "The port is 8080",
            "用 pnpm",
        ]
    ),
    created_at=TIMES,
    updated_at=TIMES,
    type=st.sampled_from(TYPES),
    section=st.sampled_from(SECTIONS),
    origin=st.sampled_from(ORIGINS),
    role=st.sampled_from([None, "user", "assistant"]),
    tags=TAGS,
    tools=TAGS,
    entities=TAGS,
    distilled_rule=st.sampled_from([None, "When a, b", "When c, d"]),
    instructivity_score=st.none() | st.floats(0, 100),
    metadata=st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), max_size=3),
    recall_count=st.integers(0, 9),
    last_recalled_at=st.none() | TIMES,
    archived_at=st.none() | TIMES,
)
STRATEGIES = st.sampled_from(["keep_best", "merge_content"])
Strategy = Literal["keep_best", "merge_content"]
NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


@given(BULLETS, BULLETS, STRATEGIES)
def test_merging_keeps_its_promises(old: Bullet, new: Bullet, strategy: Strategy) -> None:
    merged = merge_bullets(old, new, strategy)
    assert merged.id == old.id
    assert merged.created_at == min(old.created_at, new.created_at)
    assert merged.updated_at == max(old.updated_at, new.updated_at)
    assert merged.recall_count == max(old.recall_count, new.recall_count)
    assert ORIGINS.index(merged.origin) == max(ORIGINS.index(old.origin), ORIGINS.index(new.origin))
    for name in ("tags", "tools", "entities"):
        mine = {word.casefold() for bullet in (old, new) for word in getattr(bullet, name)}
        assert {word.casefold() for word in getattr(merged, name)} == mine
        assert len(getattr(merged, name)) == len(mine)
    scores = [b.instructivity_score for b in (old, new) if b.instructivity_score is not None]
    assert merged.instructivity_score == (max(scores) if scores else None)
    assert merged.metadata.keys() == old.metadata.keys() | new.metadata.keys()
    assert all(value in (old.metadata.get(k), new.metadata.get(k)) for k, value in merged.metadata.items())
    assert (merged.archived_at is None) == (old.archived_at is None or new.archived_at is None)


@given(BULLETS, BULLETS, STRATEGIES)
def test_merging_again_changes_nothing(old: Bullet, new: Bullet, strategy: Strategy) -> None:
    once = merge_bullets(old, new, strategy)
    assert merge_bullets(once, new, strategy) == once
    assert merge_bullets(once, once, strategy) == once


@pytest.mark.parametrize("strategy", ["keep_best", "merge_content"])
def test_the_text_that_says_more_remains(bullet: Callable[..., Bullet], strategy: Strategy) -> None:
    short, long = bullet("Use pnpm"), bullet("Use pnpm. npm breaks the build")
    weak = replace(long, instructivity_score=1.0)
    for old, new in ((short, long), (long, short), (replace(short, instructivity_score=99.0), weak)):
        assert merge_bullets(old, new, strategy).text == long.text


def test_the_better_of_equals_remains(bullet: Callable[..., Bullet]) -> None:
    dull, good = (
        bullet("pnpm must be used", instructivity_score=30.0, type="knowledge"),
        bullet("Use pnpm", instructivity_score=80.0, type="preference"),
    )
    for old, new in ((dull, good), (good, dull)):
        merged = merge_bullets(old, new, "keep_best")
        assert (merged.text, merged.type) == ("Use pnpm", "preference")


def test_both_texts_where_each_knows_something(bullet: Callable[..., Bullet]) -> None:
    one, other = bullet("Builds run on Linux"), bullet("Builds take ten minutes!")
    assert merge_bullets(one, other, "merge_content").text == "Builds run on Linux. Builds take ten minutes!"
    assert merge_bullets(one, other, "keep_best").text in (one.text, other.text)
    assert merge_bullets(one, other, "merge_content", limit=30).text in (one.text, other.text)


def test_tags_do_not_grow_without_end(bullet: Callable[..., Bullet]) -> None:
    old, new = (bullet("x", tags=tuple(f"{c}{i}" for i in range(30))) for c in "ab")
    tags = merge_bullets(old, new, "keep_best").tags
    assert len(tags) == 32
    assert tags[:30] == old.tags


def test_the_later_value_of_a_key_remains(bullet: Callable[..., Bullet]) -> None:
    old = bullet("Use pnpm", metadata={"a": 1, "b": 1})
    new = bullet("Use pnpm", metadata={"b": 2, "c": 2})
    assert merge_bullets(old, new).metadata == {"a": 1, "b": 2, "c": 2}
    stale = replace(new, updated_at=old.updated_at - timedelta(days=1))
    assert merge_bullets(old, stale).metadata == {"a": 1, "b": 1, "c": 2}


@given(BULLETS, BULLETS)
def test_a_correction_takes_the_place(old: Bullet, new: Bullet) -> None:
    stored = supersede(old, new)
    assert (stored.text, stored.origin, stored.type) == (new.text, new.origin, new.type)
    kept = ("id", "user_id", "agent_id", "run_id", "scope")
    assert all(getattr(stored, name) == getattr(old, name) for name in kept)
    assert stored.created_at == min(old.created_at, new.created_at)
    assert stored.recall_count == max(old.recall_count, new.recall_count)
    assert stored.metadata == {**old.metadata, **new.metadata}
    assert stored.archived_at is None
    assert {f.name for f in fields(stored)} == {f.name for f in fields(new)}
