"""mem0's embedder and `llm` behind the engine: a local server that speaks OpenAI's API, and its failures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memorus_client import Memory
from memorus_proto.errors import ConfigError, EmbeddingError
from memorusd.knowledge.embed.mem0 import Mem0Embedder

from ..contract.openai_server import DIMENSIONS, OpenAI, serve
from ..unit.ace.reflector import llm_server

KEY = "sk-none-4711"


@pytest.fixture(autouse=True)
def mem0_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEM0_DIR", str(tmp_path / "mem0"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@pytest.fixture
def server() -> Iterator[OpenAI]:
    with serve() as running:
        yield running


def settings(server: OpenAI, **more: Any) -> dict[str, Any]:
    return {"api_key": KEY, "openai_base_url": server.base, **more}


@pytest.fixture
def embedder(server: OpenAI) -> Iterator[Mem0Embedder]:
    made = Mem0Embedder("openai", settings(server, embedding_dims=DIMENSIONS))
    yield made
    made.close()


def memory_of(server: OpenAI, **more: Any) -> Memory:
    embedder = {"provider": "openai", "config": settings(server, embedding_dims=DIMENSIONS)}
    return Memory({"embedder": embedder, "daemon": {"enabled": False}, **more})


def test_vectors_are_those_of_the_service_at_unit_length(embedder: Mem0Embedder, server: OpenAI) -> None:
    vectors = embedder.embed(["tea at four", "coffee at five"])
    assert (vectors.shape, vectors.dtype) == ((2, DIMENSIONS), np.dtype(np.float32))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1])
    assert embedder.embed_query("tea at four") @ vectors[0] == pytest.approx(1)
    before = len(server.asked)
    embedder.embed_query("tea at four")
    assert len(server.asked) == before, "a query is asked once"
    assert embedder.embed([]).shape == (0, DIMENSIONS)
    assert embedder.model.name == "openai/text-embedding-3-small"


def test_the_size_is_asked_where_the_settings_do_not_say_it(server: OpenAI) -> None:
    made = Mem0Embedder("openai", settings(server, model="tiny"))
    assert (made.model.dimensions, made.model.name) == (DIMENSIONS, "openai/tiny")
    made.close()


def test_many_texts_go_in_batches(embedder: Mem0Embedder, server: OpenAI) -> None:
    texts = [f"machine {n}" for n in range(250)]
    assert np.array_equal(embedder.embed(texts)[249], embedder.embed(["machine 249"])[0])
    assert [len(sent["input"]) for _, sent in server.asked] == [100, 100, 50, 1]


def test_a_service_that_fails_is_an_error_and_is_not_asked_at_once_again(
    embedder: Mem0Embedder, server: OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.status = 500
    with pytest.raises(EmbeddingError, match="the embedder openai failed") as caught:
        embedder.embed(["tea"])
    assert caught.value.retryable
    assert KEY not in str(caught.value)
    asked = len(server.asked)
    server.status = 200
    with pytest.raises(EmbeddingError):
        embedder.embed(["tea"])
    assert len(server.asked) == asked
    monkeypatch.setattr("memorusd.knowledge.embed.mem0.time.monotonic", lambda: float("inf"))
    assert embedder.embed(["tea"]).shape == (1, DIMENSIONS)


def test_a_service_that_is_too_slow_is_an_error(server: OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memorusd.knowledge.embed.mem0._TIMEOUT", 0.2)
    server.pause = 2.0
    made = Mem0Embedder("openai", settings(server, embedding_dims=DIMENSIONS))
    with pytest.raises(EmbeddingError, match="APITimeoutError"):
        made.embed(["tea"])
    made.close()


def test_another_size_is_an_error(embedder: Mem0Embedder, server: OpenAI) -> None:
    server.dimensions = 8
    with pytest.raises(EmbeddingError, match="makes vectors of 8 dimensions, not 32; set embedder"):
        embedder.embed(["tea"])


def test_a_closed_one_and_a_wrong_setting_say_so(embedder: Mem0Embedder, server: OpenAI) -> None:
    embedder.close()
    with pytest.raises(EmbeddingError, match="is closed"):
        embedder.embed(["tea"])
    with pytest.raises(ConfigError, match="nonsense"):
        Mem0Embedder("openai", settings(server, embedding_dims=4, nonsense=1)).embed(["tea"])


@pytest.mark.parametrize("trouble", ["status", "dimensions"])
def test_without_its_embedder_search_is_degraded(server: OpenAI, trouble: str) -> None:
    with memory_of(server) as memory:
        (kept,) = memory.add("The build runs on Tuesdays.", infer=False)["results"]
        assert memory.search("when is the build")["ace_search"]["mode"] == "full"
        setattr(server, trouble, 500 if trouble == "status" else 8)
        found = memory.search("when does the build run on")
        assert (found["ace_search"]["mode"], found["results"][0]["id"]) == ("degraded", kept["id"])
        assert "embedder" in found["ace_search"]["reason"]
        with pytest.raises(EmbeddingError):
            memory.add("Tea is at four.", infer=False)
        assert [m["id"] for m in memory.get_all()["results"]] == [kept["id"]]


@llm_server.needs_litellm
def test_the_model_of_mem0s_llm_distils(server: OpenAI) -> None:
    bullet = {
        "text": "Deploys go out with the script called blue-green.",
        "type": "method",
        "section": "workflow",
        "score": 90,
        "message": 0,
    }
    with llm_server.serve() as model:
        model.replies = [llm_server.content(json.dumps({"bullets": [bullet]}))]
        llm = {
            "provider": "openai",
            "config": {"model": "gpt-x", "api_key": KEY, "openai_base_url": model.base, "temperature": 0.5},
        }
        with memory_of(server, llm=llm, reflector={"mode": "llm"}) as memory:
            assert "gpt-x" in json.dumps(memory.status()["reflector"])
            added = memory.add([{"role": "user", "content": "We deploy with the blue-green script, always."}])
            assert [r["memory"] for r in added["results"]] == [bullet["text"]]
            assert added["ace_ingest"]["mode"] == "llm"
        (asked,) = model.requests
        assert (asked.path, asked.body["model"], asked.body["temperature"]) == (
            "/v1/chat/completions",
            "gpt-x",
            0.5,
        )
        assert asked.headers["authorization"] == f"Bearer {KEY}"
