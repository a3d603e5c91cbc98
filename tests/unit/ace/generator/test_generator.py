"""The Generator over an index that lived through anything, against the plainest way to the same answer."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memorusd.ace.generator import Generator, Query, Ranking
from memorusd.ace.options import RetrievalSettings
from memorusd.knowledge.bullet import Bullet, new_id
from memorusd.knowledge.embed import ModelId
from memorusd.knowledge.index import Index
from memorusd.knowledge.selection import Selection
from memorusd.knowledge.store import Event, Transaction
from memorusd.knowledge.store.sqlite import SqliteStore

MODEL = ModelId("test", "1", 16)
START = datetime(2026, 1, 1, tzinfo=timezone.utc)
WORDS = ("cat", "dog", "train", "bread", "port", "cable", "river", "stone")
OWNERS = (None, "ann", "bob")
SCOPES = ("global", "project:a", "project:b")

Make = Callable[..., Index]


def vector(text: str) -> Any:
    """Random, but the same for the same text."""
    made = np.random.default_rng(list(text.encode())).standard_normal(MODEL.dimensions)
    return (made / np.linalg.norm(made)).astype(np.float32)


def put(store: SqliteStore, *bullets: Bullet, event: Event = "ADD") -> None:
    def work(transaction: Transaction) -> None:
        for bullet in bullets:
            transaction.put(bullet, vector(bullet.text), event)

    store.write(work)


def search(index: Index, text: str, selection: Selection, layers: Any = None, k: int = 50) -> Ranking:
    generator = Generator(RetrievalSettings()) if layers is None else Generator(RetrievalSettings(), layers)
    return generator.search(Query(text, k, selection, vector), index.view())


def same(one: Ranking, other: Ranking) -> None:
    assert dict(zip(one.ids, one.scores, strict=True)) == pytest.approx(
        dict(zip(other.ids, other.scores, strict=True)), abs=1e-5
    )
    for found in (one, other):
        assert all(a >= b for a, b in itertools.pairwise(found.scores))
        assert all(0 < score <= 1 for score in found.scores)
    assert one.candidates == other.candidates


TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
BULLETS = st.builds(
    lambda text, asks, user, run, scope, speaker, role, day, tag: Bullet(
        new_id(),
        f"{text}?" if asks else text,
        START + timedelta(days=day),
        START + timedelta(days=day),
        user_id=user,
        run_id=run,
        scope=scope,
        actor_id=speaker,
        role=role,
        tags=(tag,) if tag else (),
    ),
    TEXTS,
    st.booleans(),
    st.sampled_from(OWNERS),
    st.sampled_from([None, "r1", "r2"]),
    st.sampled_from(SCOPES),
    st.sampled_from([None, "Mia Lee", "Tom"]),
    st.sampled_from([None, "user", "assistant"]),
    st.integers(0, 3),
    st.sampled_from([None, "dog", "river stone"]),
)
STEP = st.one_of(
    st.tuples(st.just("add"), BULLETS),
    st.tuples(st.just("add"), BULLETS),
    st.tuples(st.just("update"), st.integers(0, 10**6), TEXTS),
    st.tuples(st.just("move"), st.integers(0, 10**6), st.sampled_from(SCOPES)),
    st.tuples(st.just("archive"), st.integers(0, 10**6)),
    st.tuples(st.just("recall"), st.integers(0, 10**6)),
    st.tuples(st.just("delete"), st.integers(0, 10**6)),
    st.tuples(st.just("search")),
)
QUESTIONS = (
    "what about the dog",
    "when did Mia see the river?",
    "trian",
    "my bread in January 2026",
    "stone port",
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=25))
def test_an_index_that_followed_equals_one_made_anew_and_shows_only_what_may_be_seen(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]]
) -> None:
    path = tmp_path_factory.mktemp("store") / "home" / "memorus.db"
    store = SqliteStore.open(path)
    # Another handle, so that the index must learn of everything through the journal.
    other = SqliteStore.open(path)
    try:
        store.set_model(MODEL)
        index, present = Index(store, MODEL), []
        for number, (kind, *args) in enumerate(steps):
            writer = other if number % 2 else store
            if kind == "add":
                new = args[0]
                put(writer, new)
                present.append(new)
            elif kind == "search":
                search(index, "dog", Selection())
            elif present:
                i = args[0] % len(present)
                if kind == "delete":
                    delete(writer, present.pop(i))
                    continue
                present[i] = changed(present[i], kind, *args[1:])
                put(writer, present[i], event="UPDATE")
        fresh = Index(other, MODEL)
        for question in QUESTIONS:
            same(search(index, question, Selection()), search(fresh, question, Selection()))
        ages = [
            sorted(zip(i.view().ids, *i.view().ages, i.view().alive, strict=True)) for i in (index, fresh)
        ]
        live = [[(id, c, n) for id, c, _, n, alive in rows if alive] for rows in ages]
        assert live[0] == live[1]
        _alone(tmp_path_factory, index, present)
    finally:
        store.close()
        other.close()


def delete(store: SqliteStore, gone: Bullet) -> None:
    store.write(lambda transaction: transaction.delete(gone.id))


def changed(bullet: Bullet, kind: str, *value: str) -> Bullet:
    if kind == "update":
        return replace(bullet, text=value[0])
    if kind == "move":
        return replace(bullet, scope=value[0])
    if kind == "archive":
        return replace(bullet, archived_at=None if bullet.archived_at else START)
    assert kind == "recall"
    recalled_at = START + timedelta(days=9)
    return replace(bullet, recall_count=bullet.recall_count + 1, last_recalled_at=recalled_at)


def _alone(factory: pytest.TempPathFactory, index: Index, present: list[Bullet]) -> None:
    """Every owner and scope: ids and scores are as if the store held nothing but what they may see."""
    for user, scope in itertools.product(OWNERS, (None, *SCOPES)):
        selection = Selection(user_id=user, scope=scope)
        visible = [b for b in present if selection.matches(b) and b.archived_at is None]
        if len(visible) in (0, len(present)):
            assert len(search(index, QUESTIONS[0], selection).ids) <= len(visible)
            continue
        store = SqliteStore.open(factory.mktemp("alone") / "home" / "memorus.db")
        store.set_model(MODEL)
        put(store, *visible)
        alone = Index(store, MODEL)
        for question in QUESTIONS:
            same(search(index, question, selection), search(alone, question, selection))
        store.close()


@pytest.fixture
def indexed(home: Path) -> Iterator[Make]:
    """A function that puts bullets into a store and returns the index over it."""
    stores: list[SqliteStore] = []

    def make(*bullets: Bullet) -> Index:
        store = SqliteStore.open(home / f"{len(stores)}.db")
        stores.append(store)
        store.set_model(MODEL)
        put(store, *bullets)
        return Index(store, MODEL)

    yield make
    for store in stores:
        store.close()


def said(text: str, **fields: Any) -> Bullet:
    return Bullet(**{"id": new_id(), "text": text, "created_at": START, "updated_at": START, **fields})


def test_words_and_meaning_are_what_the_formula_says(indexed: Make) -> None:
    rng = np.random.default_rng(4)
    bullets = [said(" ".join(rng.choice(WORDS, size=rng.integers(1, 9)))) for _ in range(60)]
    found = search(indexed(*bullets), "dog river stone", Selection(), ("exact", "vector"), k=60)
    counts = [Counter(re.findall(r"\w+", b.text)) for b in bullets]
    mean = sum(sum(c.values()) for c in counts) / len(counts)
    expected, best = {}, 0.0
    idf = {}
    for word in ("dog", "river", "stone"):
        having = sum(word in c for c in counts)
        idf[word] = math.log(1 + (len(bullets) - having + 0.5) / (having + 0.5))
        best += idf[word]
    for bullet, words in zip(bullets, counts, strict=True):
        norm = 1.2 * (0.25 + 0.75 * sum(words.values()) / mean)
        # The stemmer leaves these words as they are, but for "stone".
        keyword = sum(2.2 * idf[w] * words[w] / (words[w] + norm) for w in idf) / best
        cosine = max(0.0, float(vector(bullet.text) @ vector("dog river stone")))
        score = min(1.0, 0.3 * keyword + 0.7 * cosine) / 1.05  # none is new
        if score > 0:
            expected[bullet.id] = score
    assert dict(zip(found.ids, found.scores, strict=True)) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("where is get_user_by_id", "Callers of get_user_by_id must hold the lock"),
        ("user id", "Callers of getUserById must hold the lock"),
        ("what does --force do", "Never pass --force on main"),
        ("app.py", "The entry point is src/app.py"),
        ("src/app.py", "The entry point is src/app.py"),
        ("v1.2.3", "Broken since v1.2.3 only"),
        ("is C++ used", "The parser is C++"),
        ("deploying", "Deploys happen on Mondays"),
        ("數據庫端口", "數據庫的端口是 5433"),
        ("データベース", "本番のデータベースは東京にある"),
        ("pnpm 安裝", "請用 pnpm 安裝"),
    ],
)
def test_words_are_found_however_they_are_written(indexed: Make, question: str, text: str) -> None:
    wanted = said(text)
    others = [said(f"{a} and {b}") for a, b in itertools.combinations(WORDS, 2)]
    assert search(indexed(*others, wanted), question, Selection(), ("exact",)).ids == [wanted.id]


def test_misspelt_words_are_found_and_versions_are_not_taken_for_one_another(indexed: Make) -> None:
    wanted, version = said("The database listens on 5433"), said("release v1.2.4")
    index = indexed(wanted, version, said("cats and trains"))
    for typo in ("databse", "dattabase", "databasse"):
        assert search(index, typo, Selection(), ("exact",)).ids == []
        assert search(index, typo, Selection(), ("exact", "fuzzy")).ids == [wanted.id]
    assert search(index, "v1.2.5", Selection(), ("exact", "fuzzy")).scores[:1] < [0.7]
    assert search(index, "5434", Selection(), ("exact", "fuzzy")).ids == []


def test_a_misspelt_word_never_shows_what_is_not_the_callers(indexed: Make) -> None:
    index = indexed(said("The database listens", user_id="bob"), said("cats", user_id="ann"))
    assert search(index, "databse", Selection(user_id="ann"), ("exact", "fuzzy")).ids == []


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("does Mia like trains", {"actor_id": "Mia Lee"}, {"actor_id": "Tom"}),
        ("what about docker compose and trains", {"tools": ("docker compose",)}, {"tools": ("git",)}),
        ("trains in the ci", {"tags": ("ci",)}, {"tags": ("db",)}),
        ("trains in March 2026", {"created_at": datetime(2026, 3, 7, tzinfo=timezone.utc)}, {}),
        ("trains on 7 March", {"created_at": datetime(2026, 3, 9, tzinfo=timezone.utc)}, {}),
        ("trains 2026-03-07", {"created_at": datetime(2026, 3, 7, tzinfo=timezone.utc)}, {}),
        ("3月的 trains", {"created_at": datetime(2026, 3, 7, tzinfo=timezone.utc)}, {}),
        ("are there trains now", {"created_at": datetime(2026, 3, 7, tzinfo=timezone.utc)}, {}),
        ("目前的 trains", {"created_at": datetime(2026, 3, 7, tzinfo=timezone.utc)}, {}),
        ("were there trains originally", {}, {"created_at": datetime(2026, 3, 7, tzinfo=timezone.utc)}),
        ("are there trains", {"role": "user"}, {"role": "assistant"}),
        ("when do trains go", {"text": "trains today"}, {"text": "trains blue"}),
        ("do I like trains", {"text": "I saw trains"}, {"text": "he saw trains"}),
    ],
)
def test_what_is_known_beside_the_words_decides_between_equals(
    indexed: Make, question: str, better: dict[str, Any], worse: dict[str, Any]
) -> None:
    one, two = said(**{"text": "trains are fun", **better}), said(**{"text": "trains are fun", **worse})
    for bullets in ((one, two), (two, one)):
        found = search(indexed(*bullets), question, Selection(), ("exact", "metadata"))
        assert found.ids == [one.id, two.id]
        assert found.scores[0] > found.scores[1]


def test_the_assistant_is_heard_when_it_is_asked_for(indexed: Make) -> None:
    reply, words = said("trains are fun", role="assistant"), said("trains are long and red", role="user")
    index = indexed(reply, words)
    assert search(index, "trains?", Selection(), ("exact", "metadata")).ids[0] == words.id
    assert (
        search(index, "what did you say about trains?", Selection(), ("exact", "metadata")).ids[0] == reply.id
    )


def test_an_answer_is_found_by_its_question(indexed: Make) -> None:
    asked = said("What is your dog called?", run_id="r", role="user")
    answer = said("Rex!", run_id="r", role="user")
    stray = said("Max!", run_id="other", role="user")
    index = indexed(asked, answer, stray)
    layers = ("exact", "metadata", "conversation")
    found = search(index, "the name by which the dog is called", Selection(), layers)
    assert set(found.ids) == {asked.id, answer.id}
    assert search(index, "dog called", Selection(), ("exact",)).ids == [asked.id]


def test_turns_of_another_owner_with_the_same_run_share_nothing(indexed: Make) -> None:
    asked = said("What is your dog called?", run_id="r", user_id="ann")
    other = said("Rex!", run_id="r", user_id="bob")
    assert search(indexed(asked, other), "dog called", Selection()).ids[:1] == [asked.id]
    layers = ("exact", "metadata", "conversation")
    assert search(indexed(asked, other), "dog called", Selection(), layers).ids == [asked.id]


def test_a_question_the_model_cannot_read_is_decided_by_words(indexed: Make) -> None:
    wanted = said("數據庫的端口是 5433")
    others = [said(f"{a} {b}") for a, b in itertools.combinations(WORDS, 2)]
    found = search(indexed(*others, wanted), "數據庫的端口是多少", Selection())
    assert found.ids == [wanted.id]


def test_scores_are_low_where_nothing_answers(indexed: Make) -> None:
    index = indexed(*(said(f"{a} and {b}") for a, b in itertools.combinations(WORDS, 2)))
    there = search(index, "cat and dog", Selection(), ("exact",)).scores[0]
    assert there > 0.8
    assert search(index, "cat zebra quartz violin", Selection(), ("exact",)).scores[0] < 0.4
    assert search(index, "zebra quartz violin", Selection(), ("exact",)).ids == []


def test_own_scope_before_global_and_new_before_old_but_relevance_first(indexed: Make) -> None:
    now = datetime.now(timezone.utc)
    everywhere, here = said("trains are fun"), said("trains are fun", scope="project:a")
    elsewhere = said("stone", scope="project:a")
    index = indexed(everywhere, here, elsewhere)
    found = search(index, "trains fun", Selection(scope="project:a"), ("exact",))
    assert found.ids == [here.id, everywhere.id]
    new = replace(said("trains are fun"), created_at=now)
    assert search(indexed(new, everywhere), "trains fun", Selection(), ("exact",)).ids == [
        new.id,
        everywhere.id,
    ]
    off = replace(said("trains"), created_at=now)
    assert search(indexed(off, everywhere), "trains fun", Selection(), ("exact",)).ids == [
        everywhere.id,
        off.id,
    ]


def test_decay_shades_and_never_drowns(indexed: Make) -> None:
    faded, fresh = said("trains are fun"), said("trains")
    index = indexed(faded, fresh)

    def weigh(ages: Any, now: float) -> Any:
        return np.array([0.0, 1.0])

    query = Query("trains fun", 5, Selection(), vector, weigh)
    found = Generator(RetrievalSettings(), ("exact",)).search(query, index.view())
    full = search(index, "trains fun", Selection(), ("exact",))
    assert found.ids == full.ids == [faded.id, fresh.id]
    assert found.scores == pytest.approx([0.9 * full.scores[0], full.scores[1]])
