"""Our embedder and our store behind mem0: chosen by name, durable, and mem0 itself left as it was."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import mem0
import pytest
from mem0.utils import factory
from pydantic import ValidationError

import memorus
from memorus_proto.errors import ConfigError

from .openai_server import OpenAI, config

ONNX = {"provider": "onnx"}


def sqlite(folder: Path, **more: Any) -> dict[str, Any]:
    return {"provider": "sqlite", "config": {"path": str(folder / "m.db"), **more}}


def tables() -> tuple[dict[str, str], dict[str, str]]:
    return (
        dict(factory.EmbedderFactory.provider_to_class),
        dict(factory.VectorStoreFactory.provider_to_class),
    )


def test_a_memory_of_our_parts(openai: OpenAI, tmp_path: Path) -> None:
    before = tables()
    memory: Any = memorus.Memory(config(openai, tmp_path, embedder=ONNX, vector_store=sqlite(tmp_path)))
    memory.add("FACT(Ana drinks green tea)  FACT(The build takes nine minutes)", user_id="ana")
    memory.add("We deploy on Fridays with Bob Smith", user_id="bob", infer=False)
    best = memory.search("which hot beverage does she like", user_id="ana")["results"][0]
    assert best["memory"] == "Ana drinks green tea"
    memory.update(best["id"], text="Ana drinks black tea")
    assert memory.get(best["id"])["memory"] == "Ana drinks black tea"
    assert len(memory.history(best["id"])) == 2
    assert memory.entity_store.list_cols() == ["mem0", "mem0_entities"]
    memory.delete_all(user_id="ana")
    assert memory.get_all(user_id="ana") == {"results": []}
    assert len(memory.get_all(user_id="bob")["results"]) == 1
    memory.reset()
    assert memory.get_all(user_id="bob") == {"results": []}
    assert memory.add("again", user_id="bob", infer=False)["results"]
    memory.close()
    assert {path for path, _ in openai.asked} == {"/v1/chat/completions"}
    assert tables() == before


def test_awaited(openai: OpenAI, tmp_path: Path) -> None:
    before = tables()

    async def use() -> None:
        parts = config(openai, tmp_path, embedder=ONNX, vector_store=sqlite(tmp_path))
        memory: Any = memorus.AsyncMemory.from_config(parts)
        texts = [f"fact number {n} about the build" for n in range(20)]
        await asyncio.gather(*(memory.add(text, user_id="ana", infer=False) for text in texts))
        kept = (await memory.get_all(user_id="ana", limit=100))["results"]
        assert sorted(row["memory"] for row in kept) == sorted(texts)
        await memory.reset()
        assert await memory.get_all(user_id="ana") == {"results": []}
        memory.close()

    asyncio.run(use())
    assert tables() == before


def test_keywords_and_entities_count_in_mem0s_search(openai: OpenAI, tmp_path: Path) -> None:
    memory: Any = memorus.Memory(config(openai, tmp_path, embedder=ONNX, vector_store=sqlite(tmp_path)))
    memory.add("The flag is called zanzibar", user_id="ana", infer=False)
    (found,) = memory.search("zanzibar", user_id="ana", explain=True)["results"]
    assert found["score_details"]["bm25_score"] > 0
    memory.close()


def test_our_embedder_with_a_store_of_mem0s(openai: OpenAI, tmp_path: Path) -> None:
    # mem0 would make a collection for 1536 numbers a vector.
    store = {"provider": "qdrant", "config": {"path": str(tmp_path / "q")}}
    memory: Any = memorus.Memory(config(openai, tmp_path, embedder=ONNX, vector_store=store))
    memory.add("We deploy on Fridays", user_id="ana", infer=False)
    assert memory.search("when is the release", user_id="ana")["results"]
    memory.vector_store.client.close()
    memory.close()


def test_our_store_with_an_embedder_of_mem0s(openai: OpenAI, tmp_path: Path) -> None:
    memory: Any = memorus.Memory(config(openai, tmp_path, vector_store=sqlite(tmp_path)))
    memory.add("We deploy on Fridays", user_id="ana", infer=False)
    assert memory.search("deploy", user_id="ana")["results"]
    memory.close()


def test_mem0_itself_does_not_know_them(openai: OpenAI, tmp_path: Path) -> None:
    ours = memorus.Memory(config(openai, tmp_path, embedder=ONNX, vector_store=sqlite(tmp_path)))
    ours.close()
    with pytest.raises(ValueError, match="onnx"):
        mem0.Memory.from_config(config(openai, tmp_path, embedder={"provider": "onnx", "config": {}}))
    with pytest.raises(ValueError, match="sqlite"):
        mem0.Memory.from_config(config(openai, tmp_path, vector_store=sqlite(tmp_path)))


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"embedder": {"provider": "onnx", "config": {"modelpath": "x"}}}, "modelpath"),
        ({"vector_store": {"provider": "sqlite", "config": {"pth": "x"}}}, "pth"),
        ({"embedder": {"provider": "onyx", "config": {}}}, "Unsupported embedding provider: onyx"),
        ({"embedder": ONNX, "vector_store": {"provider": "nowhere"}}, "Unsupported vector store provider"),
    ],
)
@pytest.mark.parametrize("make", [memorus.Memory, memorus.Memory.from_config])
def test_bad_parts(make: Any, part: dict[str, Any], says: str, openai: OpenAI, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=says):
        make(config(openai, tmp_path, **part))


@pytest.mark.parametrize("ace", [True, False])
@pytest.mark.parametrize("name", ["Memory", "AsyncMemory"])
def test_graph_stores_are_gone(name: str, ace: bool) -> None:
    graph = {"ace_enabled": ace, "graph_store": {"provider": "neo4j", "config": {"url": "bolt://x"}}}
    for make in (getattr(memorus, name), getattr(memorus, name).from_config):
        with pytest.raises(ConfigError, match=r"graph_store: mem0 2 has no graph stores.*; remove it"):
            make(graph)


def test_threads_lose_nothing(openai: OpenAI, tmp_path: Path) -> None:
    memory: Any = memorus.Memory(config(openai, tmp_path, vector_store=sqlite(tmp_path)))
    kept: list[str] = []

    def add(thread: int) -> None:
        for n in range(15):
            row = memory.add(f"thread {thread} fact {n}", user_id="ana", infer=False)["results"][0]
            kept.append(row["id"])
            assert memory.search(f"thread {thread} fact {n}", user_id="ana", limit=200)["results"]

    threads = [threading.Thread(target=add, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(kept)) == 90
    assert {row["id"] for row in memory.get_all(user_id="ana", limit=1000)["results"]} == set(kept)
    memory.close()


ADDS = """
import json, sys
from memorus import Memory
memory = Memory(json.loads(sys.argv[1]))
for n in range(int(sys.argv[3])):
    row = memory.add(f"{sys.argv[2]} fact {n}", user_id="ana", infer=False)["results"][0]
    print(row["id"], flush=True)
"""


def adding(openai: OpenAI, folder: Path, name: str, count: int) -> subprocess.Popen[str]:
    # mem0's own history is one file for each: it is no part of the store.
    parts = config(openai, folder, vector_store=sqlite(folder), history_db_path=str(folder / f"{name}.db"))
    return subprocess.Popen(
        [sys.executable, "-c", ADDS, json.dumps(parts), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )


def test_processes_lose_nothing_and_see_each_other(openai: OpenAI, tmp_path: Path) -> None:
    memory: Any = memorus.Memory(config(openai, tmp_path, vector_store=sqlite(tmp_path)))
    assert memory.search("fact", user_id="ana")["results"] == []  # its copy in memory is made now
    children = [adding(openai, tmp_path, name, 40) for name in ("left", "right")]
    said = [child.communicate(timeout=100)[0].split() for child in children]
    assert [len(ids) for ids in said] == [40, 40]
    found = memory.search("fact", user_id="ana", limit=200)["results"]
    assert {row["id"] for row in found} == {*said[0], *said[1]}
    memory.close()


def test_what_was_acknowledged_survives_a_kill(openai: OpenAI, tmp_path: Path) -> None:
    child = adding(openai, tmp_path, "child", 10_000)
    assert child.stdout is not None
    said = [child.stdout.readline().strip() for _ in range(25)]
    os.kill(child.pid, signal.SIGKILL)
    said += child.communicate(timeout=60)[0].split()
    memory: Any = memorus.Memory(config(openai, tmp_path, vector_store=sqlite(tmp_path)))
    kept = {row["id"] for row in memory.get_all(user_id="ana", limit=20_000)["results"]}
    complete = [row_id for row_id in said if len(row_id) == 36]
    assert len(complete) >= 25
    assert kept >= set(complete)
    memory.close()
