"""mem0 1.x calls, with ACE off: they do what the call in 2.x's words does."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import memorus
from memorus_proto.errors import InvalidRequest

from .openai_server import OpenAI, config


@pytest.fixture(params=["Memory", "AsyncMemory"])
def memory(request: pytest.FixtureRequest, openai: OpenAI, tmp_path: Path) -> Iterator[Any]:
    opened = getattr(memorus, request.param)(config(openai, tmp_path))
    for owner in (
        {"user_id": "ana"},
        {"user_id": "ana", "run_id": "r1"},
        {"user_id": "bob"},
        {"agent_id": "c"},
    ):
        done(opened.add(f"We deploy on {owner}", **owner, infer=False, metadata={"n": len(owner)}))
    yield opened
    opened.vector_store.client.close()
    opened.close()


def done(result: Any) -> Any:
    """The result of a call, awaited where it has to be."""

    async def awaited() -> Any:
        return await result

    return asyncio.run(awaited()) if inspect.isawaitable(result) else result


Pair = tuple[Callable[[Any], Any], Callable[[Any], Any]]
PAIRS: list[Pair] = [
    (lambda m: m.search("deploy", user_id="ana"), lambda m: m.search("deploy", filters={"user_id": "ana"})),
    (lambda m: m.search("deploy", agent_id="c"), lambda m: m.search("deploy", filters={"agent_id": "c"})),
    (
        lambda m: m.search("deploy", user_id="ana", run_id="r1", limit=1),
        lambda m: m.search("deploy", filters={"user_id": "ana", "run_id": "r1"}, top_k=1),
    ),
    (
        lambda m: m.search("deploy", user_id="ana", limit=1, filters={"n": {"gte": 2}}, agent_id=None),
        lambda m: m.search("deploy", filters={"user_id": "ana", "n": {"gte": 2}}, top_k=1),
    ),
    (
        lambda m: m.search("deploy", user_id=" ana ", filters={"user_id": "ana"}, limit=2, top_k=2),
        lambda m: m.search("deploy", filters={"user_id": "ana"}, top_k=2),
    ),
    (lambda m: m.get_all(user_id="ana"), lambda m: m.get_all(filters={"user_id": "ana"})),
    (lambda m: m.get_all(user_id="ana", limit=1), lambda m: m.get_all(filters={"user_id": "ana"}, top_k=1)),
    (lambda m: m.get_all(user_id="ana", limit=None), lambda m: m.get_all(filters={"user_id": "ana"})),
]


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_an_old_call_is_the_new_one(memory: Any, old: Callable[..., Any], new: Callable[..., Any]) -> None:
    found = done(old(memory))
    assert found == done(new(memory))
    assert found["results"]


def test_no_owner_sees_another(memory: Any) -> None:
    assert {row["user_id"] for row in done(memory.search("deploy", user_id="bob"))["results"]} == {"bob"}
    assert {row["user_id"] for row in done(memory.get_all(user_id="bob"))["results"]} == {"bob"}
    assert len(done(memory.get_all(user_id="ana", limit=1))["results"]) == 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda m: m.search("x", user_id="ana", filters={"user_id": "bob"}), "user_id='ana' and filters"),
        (lambda m: m.search("x", user_id="ana", filters={"AND": [{"user_id": "bob"}]}), "'bob'"),
        (lambda m: m.search("x", user_id="ana", filters={"user_id": {"in": ["ana", "bob"]}}), "differ"),
        (lambda m: m.search("x", user_id="ana", limit=1, top_k=2), "limit=1 and top_k=2"),
        (lambda m: m.search("x", user_id="ana", filters="n=1"), "filters is a dict"),
        (lambda m: m.get_all(user_id="ana", filters={"user_id": "bob"}), "give one of them"),
        (lambda m: m.get_all(user_id="ana", limit=1, top_k=2), "limit=1 and top_k=2"),
    ],
)
def test_two_spellings_that_differ(memory: Any, call: Callable[..., Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says) as caught:
        done(call(memory))
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda m: m.search("x", user_id=" "), "Invalid user_id"),
        (lambda m: m.search("x", user_id="ana", limit=-1), "Invalid top_k"),
        (lambda m: m.get_all(user_id="ana", limit="3"), "top_k must be"),
        (lambda m: m.search("x", user_id=None), "at least one of"),
    ],
)
def test_bad_values_are_mem0s_to_refuse(memory: Any, call: Callable[..., Any], says: str) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        done(call(memory))
    assert type(caught.value) is ValueError


def test_update_takes_data(memory: Any) -> None:
    (row,) = done(memory.get_all(user_id="bob"))["results"]
    done(memory.update(row["id"], data="We deploy by hand"))
    assert done(memory.get(row["id"]))["memory"] == "We deploy by hand"
    done(memory.update(memory_id=row["id"], text="We deploy never"))
    assert done(memory.get(row["id"]))["memory"] == "We deploy never"


def test_the_callers_filters_are_left_alone(memory: Any) -> None:
    filters = {"n": {"gte": 1}}
    done(memory.search("x", user_id="ana", filters=filters))
    assert filters == {"n": {"gte": 1}}
