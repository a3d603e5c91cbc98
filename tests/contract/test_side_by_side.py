"""With ACE off, every call of `memorus.Memory` and `AsyncMemory` is mem0's: results, exceptions, requests."""

from __future__ import annotations

import asyncio
import inspect
import json
import random
import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mem0
import pytest

import memorus

from .openai_server import OpenAI, config

Call = Callable[[Any, list[str]], Any]

U: dict[str, Any] = {"user_id": "ana"}
TALK = [
    {"role": "system", "content": "You help."},
    {"role": "user", "content": "We deploy from the main branch.", "name": "Bo"},
    {"role": "assistant", "content": "Noted."},
]
NOBODY = "00000000-0000-4000-8000-000000000000"

CALLS: list[Call] = [
    # add
    lambda m, _: m.add("FACT(Ana likes green tea) and FACT(Ana lives in Oslo)", **U),
    lambda m, _: m.add("FACT(Ana likes green tea)", **U),
    lambda m, _: m.add("nothing worth keeping", **U),
    lambda m, _: m.add(
        "The build takes nine minutes.", user_id="ana", infer=False, metadata={"n": 9, "t": "ci"}
    ),
    lambda m, _: m.add(TALK, user_id="ana", run_id="r1", infer=False),
    lambda m, _: m.add({"role": "user", "content": "Tea is at five."}, user_id="ana", infer=False),
    lambda m, _: m.add("an agent's own", agent_id="coder", infer=False),
    lambda m, _: m.add("numbers are names too", user_id=7, infer=False),
    lambda m, _: m.add("gone", user_id="ana", infer=False, expiration_date="2001-01-01"),
    lambda m, _: m.add("how to fill a glass", agent_id="coder", memory_type="procedural_memory"),
    lambda m, _: m.add("x"),
    lambda m, _: m.add("x", user_id=" "),
    lambda m, _: m.add("x", user_id="a b"),
    lambda m, _: m.add(5, **U),
    lambda m, _: m.add(None, **U),
    lambda m, _: m.add([], **U),
    lambda m, _: m.add(["x"], user_id="ana", infer=False),
    lambda m, _: m.add("x", user_id="ana", memory_type="core"),
    lambda m, _: m.add("x", user_id="ana", expiration_date="soon"),
    lambda m, _: m.add("x", user_id="ana", timestamp=5),
    lambda m, _: m.add("x", user_id="ana", nonsense=1),
    lambda m, _: m.add("x", "ana"),
    lambda m, _: m.add(),
    lambda m, _: m.add("x", user_id="ana", infer=False, metadata={"user_id": "eve", "k": "v"}),
    # get
    lambda m, ids: m.get(ids[0]),
    lambda m, ids: m.get(memory_id=ids[3]),
    lambda m, _: m.get(NOBODY),
    lambda m, _: m.get("no uuid"),
    lambda m, _: m.get(None),
    # search
    lambda m, _: m.search("green tea", filters=U),
    lambda m, _: m.search("green tea", filters=U, top_k=1, explain=True),
    lambda m, _: m.search("green tea", filters=U, threshold=0.99),
    lambda m, _: m.search("green tea", filters=U, threshold=None, rerank=True, show_expired=True),
    lambda m, _: m.search("tea", filters={"user_id": "ana", "run_id": "r1"}),
    lambda m, _: m.search("tea", filters={"user_id": "nobody"}),
    lambda m, _: m.search("build", filters={"user_id": "ana", "n": {"gte": 9}}),
    lambda m, _: m.search("build", filters={"user_id": "ana", "t": {"in": ["ci", "cd"]}}),
    lambda m, _: m.search("build", filters={"user_id": "ana", "t": "*"}),
    lambda m, _: m.search("build", filters={"user_id": "ana", "AND": [{"t": "ci"}, {"n": 9}]}),
    lambda m, _: m.search("build", filters={"user_id": "ana", "OR": [{"t": "ci"}, {"run_id": "r1"}]}),
    lambda m, _: m.search("build", filters={"user_id": "ana", "NOT": [{"t": "ci"}]}),
    lambda m, _: m.search("build", filters={"user_id": "ana", "n": {"near": 9}}),
    lambda m, _: m.search("build", filters={"user_id": "ana", "OR": []}),
    lambda m, _: m.search("build", filters={"t": "ci"}),
    lambda m, _: m.search("build", filters={"user_id": " "}),
    lambda m, _: m.search("build", filters="ana"),
    lambda m, _: m.search("build"),
    lambda m, _: m.search("", filters=U),
    lambda m, _: m.search(5, filters=U),
    lambda m, _: m.search(),
    lambda m, _: m.search("build", 5),
    lambda m, _: m.search("build", filters=U, top_k=0),
    lambda m, _: m.search("build", filters=U, top_k=-1),
    lambda m, _: m.search("build", filters=U, top_k="3"),
    lambda m, _: m.search("build", filters=U, threshold=2),
    lambda m, _: m.search("build", filters=U, threshold="high"),
    lambda m, _: m.search("build", filters=U, reference_date="2020-01-01"),
    lambda m, _: m.search("build", filters=U, whatever=1),
    # get_all
    lambda m, _: m.get_all(filters=U),
    lambda m, _: m.get_all(filters=U, top_k=2),
    lambda m, _: m.get_all(filters=U, show_expired=True),
    lambda m, _: m.get_all(filters={"agent_id": "coder"}),
    lambda m, _: m.get_all(filters={"user_id": 7}),
    lambda m, _: m.get_all(),
    lambda m, _: m.get_all(U),
    lambda m, _: m.get_all(filters={}),
    lambda m, _: m.get_all(filters=U, top_k=-1),
    lambda m, _: m.get_all(filters=U, top_k=True),
    # update
    lambda m, ids: m.update(ids[0], "Ana prefers black tea"),
    lambda m, ids: m.update(ids[0], text="Ana prefers white tea", metadata={"sure": True}),
    lambda m, ids: m.update(memory_id=ids[0], metadata={"sure": False, "user_id": "eve"}),
    lambda m, ids: m.update(ids[0], data="Ana prefers mint tea"),
    lambda m, ids: m.update(ids[0], text="Ana prefers rooibos", data="not this"),
    lambda m, ids: m.update(ids[0], expiration_date="2999-01-01"),
    lambda m, ids: m.update(ids[0], expiration_date="never"),
    lambda m, ids: m.update(ids[0]),
    lambda m, ids: m.update(ids[0], nonsense=1),
    lambda m, _: m.update(NOBODY, "x"),
    lambda m, _: m.update("no uuid", "x"),
    lambda m, ids: m.get(ids[0]),
    # history
    lambda m, ids: m.history(ids[0]),
    lambda m, _: m.history(NOBODY),
    # delete
    lambda m, ids: m.delete(ids[1]),
    lambda m, ids: m.delete(ids[1]),
    lambda m, ids: m.get(ids[1]),
    lambda m, ids: m.history(ids[1]),
    lambda m, _: m.delete("no uuid"),
    lambda m, _: m.delete(),
    lambda m, _: m.delete_all(),
    lambda m, _: m.delete_all(user_id=" "),
    lambda m, _: m.delete_all(user_id="nobody"),
    lambda m, _: m.delete_all(agent_id="coder"),
    lambda m, _: m.get_all(filters={"agent_id": "coder"}),
    lambda m, _: m.delete_all("ana"),
    lambda m, _: m.get_all(filters=U),
    # the rest
    lambda m, _: m.chat("hello"),
    lambda m, _: m.project.update(decay=True),
    lambda m, _: m.project.update(custom_instructions="x"),
    lambda m, _: m.nonsense(),
    lambda m, _: m._build(1),
    lambda m, _: m.reset(),
    lambda m, _: m.get_all(filters={"user_id": 7}),
    lambda m, _: m.add("FACT(Life goes on)", **U),
    lambda m, _: m.close(),
    lambda m, _: m.close(),
    lambda m, _: m.history(NOBODY),
]

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[\d.:+-]*")


def normal(value: Any) -> str:
    """An outcome without what differs from run to run."""
    return re.sub(r"0x[0-9a-f]{6,}", "0x", TIME.sub("TIME", json.dumps(value, default=repr, sort_keys=True)))


def outcomes(
    make: Callable[[], Any], server: OpenAI, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[str, int]]:
    """For each of CALLS what came of it, and how many requests it took."""
    # Qdrant lists in the order of ids, so these have to be the same for both.
    numbers = random.Random(5)
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=numbers.getrandbits(128), version=4))
    memory = make()
    ids: list[str] = []
    loop = asyncio.new_event_loop()
    for call in CALLS:
        server.asked.clear()
        try:
            result = call(memory, ids)
            if inspect.isawaitable(result):
                result = loop.run_until_complete(_awaited(result))
            ids += (
                [row["id"] for row in (result or {}).get("results", [])] if isinstance(result, dict) else []
            )
            outcome = normal(result)
        except Exception as error:
            outcome = f"{type(error).__module__}.{type(error).__name__}: {normal(str(error))}"
        yield outcome, len(server.asked)
    loop.close()
    for client in {
        memory.vector_store.client,
        getattr(memory._entity_store, "client", memory.vector_store.client),
    }:
        client.close()


async def _awaited(result: Any) -> Any:
    return await result


@pytest.mark.parametrize("name", ["Memory", "AsyncMemory"])
def test_every_call_is_mem0s(
    name: str, openai: OpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [tmp_path / "theirs", tmp_path / "ours"]
    makers = [
        lambda: getattr(mem0, name).from_config(config(openai, folders[0])),
        lambda: getattr(memorus, name)({**config(openai, folders[1]), "ace_enabled": False, "decay": {}}),
    ]
    theirs, ours = (list(outcomes(make, openai, monkeypatch)) for make in makers)
    for call, wanted, found in zip(CALLS, theirs, ours, strict=True):
        assert found == wanted, inspect.getsource(call)
    # The calls are worth comparing: most do something, many fail, and with more than a few exceptions.
    failed = {outcome.split(":")[0] for outcome, _ in theirs if re.match(r"[\w.]+: ", outcome)}
    assert {"builtins.ValueError", "builtins.TypeError", "mem0.exceptions.ValidationError"} <= failed
    assert sum(requests for _, requests in theirs) > 30
    assert "Ana likes green tea" in theirs[0][0]


@pytest.mark.parametrize("name", ["Memory", "AsyncMemory"])
def test_the_class_is_mem0s(name: str, openai: OpenAI, tmp_path: Path) -> None:
    ours, theirs = getattr(memorus, name), getattr(mem0, name)
    assert issubclass(ours, theirs)
    assert inspect.signature(ours) == inspect.signature(theirs)
    public = [attribute for attribute in dir(theirs) if not attribute.startswith("__")]
    assert set(public) <= set(dir(ours))
    for attribute in public:
        mine, wanted = getattr(ours, attribute), getattr(theirs, attribute)
        assert inspect.iscoroutinefunction(mine) == inspect.iscoroutinefunction(wanted), attribute
        if callable(wanted) and attribute != "_abc_impl":
            assert [str(p).split(":")[0] for p in inspect.signature(mine).parameters.values()] == [
                str(p).split(":")[0] for p in inspect.signature(wanted).parameters.values()
            ], attribute
    with_ours = ours(config(openai, tmp_path / "a"))
    with_theirs = theirs.from_config(config(openai, tmp_path / "b"))
    assert isinstance(with_ours, ours)
    assert isinstance(with_ours, theirs)
    assert vars(with_ours).keys() == vars(with_theirs).keys()
    assert type(with_ours.config) is type(with_theirs.config)
    for memory in (with_ours, with_theirs):
        memory.vector_store.client.close()
        memory.close()


def test_context_manager(openai: OpenAI, tmp_path: Path) -> None:
    # With ACE off these are mem0's, which the types of `memorus` do not tell.
    memory: Any
    with memorus.Memory(config(openai, tmp_path / "a")) as memory:
        memory.vector_store.client.close()
    assert memory.db is None

    async def use() -> None:
        memory: Any
        async with memorus.AsyncMemory(config(openai, tmp_path / "b")) as memory:
            memory.vector_store.client.close()
        assert memory.db is None

    asyncio.run(use())
