"""The way out over a real store and the real model: envelope, trimming, and what happens when parts fail."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import EmbeddingError, InvalidRequest
from memorusd.ace.options import RetrievalSettings
from memorusd.ace.recall import Recall
from memorusd.ace.token_budget import count_tokens
from memorusd.knowledge.bullet import Bullet, new_id, utc_now
from memorusd.knowledge.embed import Vectors
from memorusd.knowledge.embed.onnx import OnnxEmbedder
from memorusd.knowledge.index import Index, View, embed_texts, split_passages
from memorusd.knowledge.selection import Selection
from memorusd.knowledge.store.sqlite import SqliteStore
from memorusd.requests import SearchRequest

FACTS = (
    "The staging database listens on port 5433",
    "Deploys to production are frozen on Fridays",
    "Use pnpm, never npm, in the web folder",
    "Anna reviews everything that touches billing",
    "Money is stored as integer cents",
)


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnnxEmbedder]:
    made = OnnxEmbedder(tmp_path_factory.mktemp("models"))
    yield made
    made.close()


@pytest.fixture
def store(home: Path, embedder: OnnxEmbedder) -> Iterator[SqliteStore]:
    store = SqliteStore.open(home / "memorus.db")
    store.set_model(embedder.model)
    keep(store, embedder, *FACTS)
    yield store
    store.close()


def keep(store: SqliteStore, embedder: OnnxEmbedder | None, *texts: str, **fields: Any) -> list[Bullet]:
    now = utc_now()
    bullets = [Bullet(new_id(), text, now, now, **fields) for text in texts]
    vectors = embedder.embed(texts) if embedder else [None] * len(texts)

    def put(transaction: Any) -> None:
        for bullet, vector in zip(bullets, vectors, strict=True):
            transaction.put(bullet, vector, "ADD")

    store.write(put)
    return bullets


@pytest.fixture
def ask(store: SqliteStore, embedder: OnnxEmbedder) -> Callable[..., dict[str, Any]]:
    index = Index(store, embedder.model)

    def search(query: str, limit: int = 5, threshold: float | None = None, **changes: Any) -> dict[str, Any]:
        return Recall(store, changes.get("embedder", embedder)).answer(
            SearchRequest(query=query, limit=limit, threshold=threshold),
            changes.get("selection", Selection()),
            changes.get("index", index),
            RetrievalSettings(**changes.get("settings", {})),
        )

    return search


class NoModel:
    """An embedder whose model cannot be had."""

    def embed_query(self, text: str) -> Vectors:
        raise EmbeddingError("the model is not on this machine; run: pip install 'memorus[onnx]'")


class BrokenIndex(Index):
    """An index with a mistake in it, until it is rebuilt."""

    def view(self, patience: float | None = None, seq: int | None = None) -> View:
        raise IndexError("index 7 is out of bounds")


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("what port is the staging database on?", FACTS[0]),
        ("can I release at the weekend?", FACTS[1]),
        ("which package manager is for the web folder?", FACTS[2]),
        ("who looks at changes of invoices?", FACTS[3]),
        ("how are prices kept?", FACTS[4]),
    ],
)
def test_what_answers_comes_first(ask: Any, question: str, text: str) -> None:
    answer = ask(question)
    assert answer["results"][0]["memory"] == text
    envelope = answer["ace_search"]
    assert (envelope["mode"], envelope["total_candidates"]) == ("full", 5)
    assert "reason" not in envelope
    assert envelope["tokens"] == sum(count_tokens(r["memory"]) for r in answer["results"])


def test_the_limit_and_the_threshold_are_kept(ask: Any) -> None:
    scores = [result["score"] for result in ask("the database port")["results"]]
    assert scores == sorted(scores, reverse=True)
    assert len(ask("the database port", limit=2)["results"]) == 2
    kept = ask("the database port", threshold=scores[0] - 0.01)["results"]
    assert [result["memory"] for result in kept] == [FACTS[0]]
    assert ask("the database port", threshold=1.0)["results"] == []


def test_the_token_budget_always_leaves_one(ask: Any, store: SqliteStore, embedder: OnnxEmbedder) -> None:
    everything = ask("database", limit=5)
    first = count_tokens(everything["results"][0]["memory"])
    for budget, count in ((1, 1), (first, 1), (1000, len(everything["results"]))):
        trimmed = ask("database", settings={"token_budget": budget})
        assert len(trimmed["results"]) == count
        assert trimmed["ace_search"]["tokens"] == sum(count_tokens(r["memory"]) for r in trimmed["results"])


def test_without_a_model_words_answer(ask: Any) -> None:
    answer = ask("the staging database", embedder=NoModel())
    assert [result["memory"] for result in answer["results"]] == [FACTS[0]]
    assert answer["ace_search"]["mode"] == "degraded"
    assert "pip install" in answer["ace_search"]["reason"]


def test_while_vectors_are_missing_words_find_the_bullet(ask: Any, store: SqliteStore) -> None:
    keep(store, None, "The nightly backup goes to Lisbon")
    answer = ask("where does the nightly backup go?")
    assert answer["results"][0]["memory"] == "The nightly backup goes to Lisbon"
    assert answer["ace_search"]["mode"] == "degraded"
    assert "1 memories wait" in answer["ace_search"]["reason"]


def test_when_the_index_breaks_the_store_answers_and_the_index_recovers(
    ask: Any, store: SqliteStore, embedder: OnnxEmbedder
) -> None:
    broken = BrokenIndex(store, embedder.model)
    keep(store, embedder, "The staging database of ann", user_id="ann")
    answer = ask("what port is the staging database on?", index=broken, selection=Selection(scope="global"))
    assert answer["results"][0]["memory"] == FACTS[0]
    assert answer["ace_search"]["mode"] == "fallback"
    assert "IndexError" in answer["ace_search"]["reason"]
    selection = Selection(user_id="ann", shared=False)
    only = ask("the staging database", index=broken, selection=selection)
    assert [result["memory"] for result in only["results"]] == ["The staging database of ann"]
    assert only["ace_search"]["total_candidates"] == 1
    assert broken._rebuilding is not None
    broken._rebuilding.join(30)
    assert len(broken) == 6  # the rebuilt table holds all
    assert Index.view(broken).n == 6


def test_a_callers_mistake_is_no_broken_index(ask: Any) -> None:
    with pytest.raises(InvalidRequest, match="unknown operator"):
        ask("x", selection=Selection(filters={"a": {"like": 1}}))


def test_a_search_need_not_wait_for_a_very_large_index(
    home: Path, store: SqliteStore, embedder: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memorusd.ace.recall._PATIENCE", 0.01)
    monkeypatch.setattr("memorusd.knowledge.index.index._CHUNK", 1)
    halfway, go_on, loaded = threading.Event(), threading.Event(), threading.Event()

    class Slow(SqliteStore):
        def load(self, bullet_ids: Any = None) -> Any:
            seq, rows = store.load(bullet_ids)

            def slowly() -> Any:
                for number, row in enumerate(rows):
                    if number == 3:
                        halfway.set()
                        assert go_on.wait(30)
                    yield row

            return seq, slowly()

    slow = Slow.open(home / "memorus.db")
    try:
        index = Index(slow, embedder.model)
        index.load_in_background(loaded.set)
        assert halfway.wait(30)
        request = SearchRequest(query="staging database", limit=10)
        early = Recall(slow, embedder).answer(request, Selection(), index)
        assert early["ace_search"]["mode"] == "fallback"
        assert early["ace_search"]["reason"] == "the index is being loaded: 3 of 5 memories so far"
        assert 0 < len(early["results"]) <= 3
        go_on.set()
        assert loaded.wait(30)
        late = Recall(slow, embedder).answer(request, Selection(), index)
        assert late["ace_search"]["mode"] == "full"
        assert late["ace_search"]["total_candidates"] == len(FACTS)
    finally:
        go_on.set()
        slow.close()


def test_archived_bullets_leave_search_and_come_back(ask: Any, store: SqliteStore) -> None:
    bullet = next(b for b in store.page(Selection(), None, 10)[0] if b.text == FACTS[0])
    store.write(lambda t: t.put(replace(bullet, archived_at=utc_now()), None, "ARCHIVE"))
    answer = ask("what port is the staging database on?")
    assert FACTS[0] not in [result["memory"] for result in answer["results"]]
    assert answer["ace_search"]["total_candidates"] == 4
    store.write(lambda t: t.put(bullet, None, "RESTORE"))
    assert ask("what port is the staging database on?")["results"][0]["memory"] == FACTS[0]


def test_names_are_not_what_is_searched_by_meaning(
    ask: Any, store: SqliteStore, embedder: OnnxEmbedder
) -> None:
    keep(store, embedder, "I adopted a parrot last spring", "Good morning!", actor_id="Mia")
    keep(store, embedder, "Good morning, Mia!", "My parrot escaped", actor_id="Tom")
    answer = ask("Which animal does Mia have?")
    assert answer["results"][0]["memory"] == "I adopted a parrot last spring"
    assert ask("What bird does Tom have?")["results"][0]["memory"] == "My parrot escaped"


LONG = (
    "Notes of the Monday meeting. We talked about the roadmap for a good while and agreed to look at it "
    "again in autumn. The coffee machine on the third floor is broken again and facilities know. "
    "Her sister's wedding will be in Lisbon. After that we planned the sprint, moved four tickets, and "
    "closed the retrospective of the last one with the usual remarks about estimates and reviews."
)


def test_a_long_text_is_cut_into_sentences_and_a_short_one_is_not() -> None:
    cut = split_passages(LONG)
    assert "Her sister's wedding will be in Lisbon." in cut
    assert " ".join(cut) == LONG
    assert split_passages("One sentence. And another.") == []
    assert split_passages("word " * 500) == []


def test_passages_are_embedded_beside_the_whole(embedder: OnnxEmbedder) -> None:
    short, long = embed_texts(embedder, [FACTS[0], LONG])
    assert short.passages is None
    assert long.passages is not None
    assert long.passages.shape == (len(split_passages(LONG)), embedder.model.dimensions)
    query = embedder.embed_query("where does the bride marry?")
    assert (long.passages @ query).max() > long.vector @ query + 0.1
    assert embed_texts(embedder, []) == []
