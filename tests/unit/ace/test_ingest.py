"""The way in when a part of it fails: faults are put in by hand, everything else is real."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import Cancelled, EmbeddingError
from memorusd.ace.ingest import Ingest, IngestOptions
from memorusd.ace.options import CuratorSettings, ReflectorSettings
from memorusd.ace.privacy import Redactor
from memorusd.ace.reflector import Candidate, Message, Reflection, Reflector, RuleReflector, Skipped
from memorusd.knowledge.embed.onnx import OnnxEmbedder
from memorusd.knowledge.index import Index
from memorusd.knowledge.store.sqlite import SqliteStore
from memorusd.requests import AddRequest
from memorusd.validation import validate_params

SECRET = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"


class Scripted(Reflector):
    """Returns what the test gave it, or raises it."""

    def __init__(self, outcome: Reflection | Exception) -> None:
        super().__init__(RuleReflector())
        self.outcome = outcome

    def reflect(self, messages: Sequence[Message], settings: ReflectorSettings) -> Reflection:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def store(home: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore.open(home / "memorus.db")
    yield opened
    opened.close()


@pytest.fixture
def embedder(home: Path) -> Iterator[OnnxEmbedder]:
    made = OnnxEmbedder(home / "models")
    yield made
    made.close()


@pytest.fixture
def ingest(store: SqliteStore, embedder: OnnxEmbedder) -> Callable[..., Ingest]:
    store.set_model(embedder.model)
    index = Index(store, embedder.model)
    return lambda reflector=None: Ingest(
        store, embedder, reflector or Reflector(RuleReflector()), lambda: index
    )


def add(
    ingest: Ingest, text: Any, strategy: str = "keep_best", cancelled: bool = False, **params: Any
) -> dict[str, Any]:
    curator = CuratorSettings.model_validate({"merge_strategy": strategy})
    options = IngestOptions(ReflectorSettings(mode="rules"), curator, lambda t: Redactor().redact(t).text)
    request = validate_params("memory.add", {"messages": text, **params})
    assert isinstance(request, AddRequest)
    return ingest.add(request, 0, options, lambda: cancelled)


def test_when_the_reflector_fails_the_text_is_kept(ingest: Callable[..., Ingest], store: SqliteStore) -> None:
    answer = add(ingest(Scripted(ZeroDivisionError("secret words"))), "whatever was said", user_id="ann")
    (result,) = answer["results"]
    assert (result["event"], result["memory"]) == ("ADD", "whatever was said")
    assert answer["ace_ingest"]["raw_fallback"] is True
    assert answer["ace_ingest"]["errors"] == ["reflector: ZeroDivisionError"]
    assert store.take_over() == []


def test_finding_nothing_is_no_failure(ingest: Callable[..., Ingest], store: SqliteStore) -> None:
    answer = add(ingest(), "thanks a lot!")
    assert [r["event"] for r in answer["results"]] == ["SKIP"]
    assert answer["ace_ingest"]["raw_fallback"] is False
    assert store.count() == 0


def test_what_a_model_says_is_redacted_too(ingest: Callable[..., Ingest], store: SqliteStore) -> None:
    candidate = Candidate(
        text=f"The token is {SECRET}",
        type="knowledge",
        section="general",
        score=80,
        message=0,
        pattern="llm",
        tools=("git", SECRET),
        entities=(SECRET,),
        tags=(SECRET,),
        rule=f"When asked, say {SECRET}",
    )
    reflection = Reflection((candidate,), (Skipped(SECRET, "no", 0),), "llm")
    answer = add(ingest(Scripted(reflection)), "hello")
    (kept,) = (stored.bullet for stored in store.load()[1])
    assert SECRET not in repr((answer, kept, store.history(kept.id)))
    assert kept.text == "The token is [REDACTED:github_token]"
    assert "git" in kept.tools


def test_an_error_leaves_nothing_behind(
    ingest: Callable[..., Ingest],
    store: SqliteStore,
    embedder: OnnxEmbedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(texts: Sequence[str]) -> Any:
        raise EmbeddingError("no model today; get one")

    monkeypatch.setattr(embedder, "embed", fails)
    with pytest.raises(EmbeddingError):
        add(ingest(), "Always use UTC timestamps")
    with pytest.raises(Cancelled):
        add(ingest(), "thanks!", cancelled=True)
    assert store.count() == 0
    store.close()
    again = SqliteStore.open(store.path)
    assert again.take_over() == [], "who was told that it failed must not find it later"
    again.close()


def test_merging_content_embeds_the_text_of_both(
    ingest: Callable[..., Ingest], store: SqliteStore, embedder: OnnxEmbedder
) -> None:
    way, one, other = ingest(), "Unit tests go in tests/unit", "Put unit tests in tests/unit"
    add(way, one, strategy="merge_content")
    (result,) = add(way, other, strategy="merge_content")["results"]
    assert result["event"] == "MERGE"
    (stored,) = store.load()[1]
    assert stored.bullet.text == f"{one}. {other}"
    assert stored.vector is not None
    assert stored.vector.tolist() == embedder.embed([stored.bullet.text])[0].tolist()


def test_one_interaction_does_not_say_a_thing_twice(
    ingest: Callable[..., Ingest], store: SqliteStore
) -> None:
    answer = add(
        ingest(),
        [
            {"role": "user", "content": "Remember to always use UTC timestamps."},
            {"role": "user", "content": "Timestamps should always be in UTC."},
            {"role": "user", "content": "Never use UTC timestamps."},
        ],
    )
    assert store.count() == 2
    assert answer["ace_ingest"]["bullets_added"] == 2
    assert [c["kind"] for r in answer["results"] for c in r.get("conflicts", [])] == ["negation"]


def test_many_messages(ingest: Callable[..., Ingest], store: SqliteStore) -> None:
    said = [
        {"role": "user", "content": f"Remember that service {n} listens on port {2000 + n}."}
        for n in range(300)
    ]
    answer = add(ingest(), said)
    assert answer["ace_ingest"]["bullets_added"] == store.count() == 300
