"""The index against a brute-force search of the store, whatever happened to both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memorusd.knowledge.bullet import Bullet, new_id, utc_now
from memorusd.knowledge.embed import ModelId
from memorusd.knowledge.index import Index, vector_scan
from memorusd.knowledge.selection import Selection
from memorusd.knowledge.store import Event, Transaction
from memorusd.knowledge.store.sqlite import SqliteStore

MODEL = ModelId("test", "1", 70)  # not a multiple of 64: the last word of the bits is part empty


@pytest.fixture
def store(home: Path) -> Iterator[SqliteStore]:
    store = SqliteStore.open(home / "memorus.db")
    store.set_model(MODEL)
    yield store
    store.close()


def unit(rng: np.random.Generator, n: int, dimensions: int = MODEL.dimensions) -> Any:
    vectors = rng.standard_normal((n, dimensions)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def bullet(text: str = "text", **fields: Any) -> Bullet:
    now = utc_now()
    return Bullet(id=new_id(), text=text, created_at=now, updated_at=now, **fields)


def put(store: SqliteStore, new: Bullet, vector: Any, event: Event = "ADD") -> None:
    store.write(lambda transaction: transaction.put(new, vector, event))


def delete(store: SqliteStore, *bullets: Bullet) -> None:
    def work(transaction: Transaction) -> None:
        for gone in bullets:
            transaction.delete(gone.id)

    store.write(work)


def brute_force(store: SqliteStore, query: Any, selection: Selection, k: int) -> list[tuple[str, float]]:
    _, rows = store.load()
    scored = [
        (stored.bullet.id, float(stored.vector @ query))
        for stored in rows
        if stored.vector is not None and selection.matches(stored.bullet)
    ]
    return sorted(scored, key=lambda pair: -pair[1])[:k]


OWNERS = st.sampled_from([None, "ann", "bob"])
SCOPES = st.sampled_from(["global", "project:a", "project:b"])
STEP = st.one_of(
    st.tuples(st.just("add"), OWNERS, OWNERS, SCOPES),
    st.tuples(st.just("update"), st.integers(0, 10**6), OWNERS, SCOPES),
    st.tuples(st.just("delete"), st.integers(0, 10**6)),
    st.tuples(st.just("reset")),
    st.tuples(st.just("search"), OWNERS, OWNERS, st.one_of(st.none(), SCOPES)),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=30), seed=st.integers(0, 10**6))
def test_search_equals_brute_force(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[Any, ...]], seed: int
) -> None:
    store = SqliteStore.open(tmp_path_factory.mktemp("store") / "home" / "memorus.db")
    # Another handle, so that the index must learn of everything through the journal.
    other = SqliteStore.open(Path(store.status()["path"]))
    try:
        store.set_model(MODEL)
        rng = np.random.default_rng(seed)
        index, present = Index(store, MODEL), []
        for kind, *args in [*steps, ("search", None, None, None)]:
            writer = other if rng.random() < 0.5 else store
            if kind == "add":
                new = bullet(user_id=args[0], agent_id=args[1], scope=args[2])
                put(writer, new, unit(rng, 1)[0])
                present.append(new)
            elif kind == "update" and present:
                i = args[0] % len(present)
                present[i] = replace(present[i], user_id=args[1], scope=args[2])
                put(writer, present[i], unit(rng, 1)[0], "UPDATE")
            elif kind == "delete" and present:
                delete(writer, present.pop(args[0] % len(present)))
            elif kind == "reset":
                writer.reset()
                present = []
            elif kind == "search":
                query = unit(rng, 1)[0]
                selection = Selection(user_id=args[0], agent_id=args[1], scope=args[2])
                hits, candidates = index.search(query, 5, selection)
                expected = brute_force(store, query, selection, 5)
                assert [h.bullet_id for h in hits] == [id for id, _ in expected]
                assert [h.cosine for h in hits] == pytest.approx([c for _, c in expected], abs=1e-5)
                assert candidates == sum(selection.matches(b) for b in present)
        assert len(index) == len(present)
    finally:
        store.close()
        other.close()


def test_the_shortlist_finds_what_a_full_scan_finds(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clustered vectors, as texts have them; the shortlist forced on."""
    rng = np.random.default_rng(3)
    centres = unit(rng, 40)
    vectors = unit(rng, 6000) * 0.7 + centres[rng.integers(0, 40, 6000)]
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    bullets = [bullet(user_id="ann" if i % 2 else "bob") for i in range(len(vectors))]

    def fill(transaction: Transaction) -> None:
        for new, vector in zip(bullets, vectors, strict=True):
            transaction.put(new, vector, "ADD")

    store.write(fill)
    index = Index(store, MODEL)
    for selection in (Selection(), Selection(user_id="ann")):
        found = 0
        for query in unit(rng, 20) * 0.5 + centres[:20]:
            query = (query / np.linalg.norm(query)).astype(np.float32)
            monkeypatch.setattr(vector_scan, "EXACT_BELOW", 0)
            fast = [h.bullet_id for h in index.search(query, 10, selection)[0]]
            monkeypatch.setattr(vector_scan, "EXACT_BELOW", 10**9)
            full = [h.bullet_id for h in index.search(query, 10, selection)[0]]
            found += len(set(fast) & set(full))
        assert found / 200 >= 0.99


def test_bullets_of_another_model_are_not_compared(store: SqliteStore) -> None:
    rng = np.random.default_rng(1)
    old = bullet()
    put(store, old, unit(rng, 1)[0])
    newer = ModelId("test", "2", 16)
    store.set_model(newer)
    index = Index(store, newer)
    assert index.search(unit(rng, 1, 16)[0], 5, Selection())[0] == []
    assert (len(index), index.view().missing_vectors) == (1, 1)
    vector = unit(rng, 1, 16)[0]
    assert store.set_vectors([(old.id, old.hash, vector, None)], newer) == 1
    assert [h.bullet_id for h in index.search(vector, 5, Selection())[0]] == [old.id]
    assert index.view().missing_vectors == 0


def test_tombstones_are_left_behind(store: SqliteStore) -> None:
    rng = np.random.default_rng(2)
    kept = bullet()
    put(store, kept, unit(rng, 1)[0])
    index = Index(store, MODEL)
    for _ in range(30):
        batch = [bullet() for _ in range(100)]

        def fill(transaction: Transaction, batch: list[Bullet] = batch) -> None:
            for new, vector in zip(batch, unit(rng, len(batch)), strict=True):
                transaction.put(new, vector, "ADD")

        store.write(fill)
        index.catch_up()
        delete(store, *batch)
        index.catch_up()
    assert len(index) == 1
    assert len(index._table.view.columns.alive) == 1024  # 3,000 came and went


def test_a_recall_changes_when_and_how_often_and_nothing_else(store: SqliteStore) -> None:
    one, two, gone = bullet("one"), bullet("two"), bullet("gone")
    rng = np.random.default_rng(5)
    for each in (one, two, gone):
        put(store, each, unit(rng, 1)[0])
    index = Index(store, MODEL)
    before = index.view()
    at = utc_now()
    store.write(lambda t: t.count_recalls([one.id, gone.id], at))
    delete(store, gone)
    assert store.recalled_since(3) == [one.id], "what was deleted besides is left to whoever reloads"
    after = index.view()
    assert after.n == before.n, "a recalled bullet keeps its slot"
    slot = after.ids.index(one.id)
    assert after.ages.recall_count.tolist() == [int(i == slot) for i in range(3)]
    assert after.ages.recalled[slot] == pytest.approx(at.timestamp(), abs=1e-5)
    assert np.isnan(after.ages.recalled[after.ids.index(two.id)])
    assert len(index) == 2
    assert index.seq == store.refresh()


def test_a_bullet_recalled_and_changed_between_two_searches_is_loaded_again(store: SqliteStore) -> None:
    rng, one = np.random.default_rng(6), bullet("one", user_id="ann")
    put(store, one, unit(rng, 1)[0])
    index = Index(store, MODEL)
    index.catch_up()
    store.write(lambda t: t.count_recalls([one.id], utc_now()))
    put(store, replace(one, user_id="bob", recall_count=1), unit(rng, 1)[0], "UPDATE")
    hits, allowed = index.search(unit(rng, 1)[0], 5, Selection(user_id="bob"))
    assert [hit.bullet_id for hit in hits] == [one.id]
    assert allowed == 1
    assert index.search(unit(rng, 1)[0], 5, Selection(user_id="ann")) == ([], 0)


def test_the_same_terms_whether_texts_come_at_once_or_one_by_one(store: SqliteStore) -> None:
    texts = ["the red fox, the red dog", "a dog in `get_user_by_id`", "", "red " * 300, "狐狸和狗"]
    rng = np.random.default_rng(7)
    at_once = Index(store, MODEL)
    one_by_one = Index(store, MODEL)
    one_by_one.catch_up()
    for text in texts:
        put(store, bullet(text), unit(rng, 1)[0])
        one_by_one.catch_up()
    mask = np.ones(len(texts), np.bool_)
    terms = ["red", "dog", "get_user_by_id", "user", "狐", "狐狸", "unheard"]
    all_slots, all_counts, all_sizes = at_once.view().postings.lookup(terms, mask)
    slots, counts, sizes = one_by_one.view().postings.lookup(terms, mask)
    assert (slots.tolist(), counts.tolist(), sizes) == (all_slots.tolist(), all_counts.tolist(), all_sizes)
    assert sizes == [2, 2, 1, 1, 1, 1, 0]
    assert slots.tolist() == [0, 3, 0, 1, 1, 1, 4, 4]
    assert counts[:2].tolist() == [2, 255], "a count is kept up to what fits in a byte"
