"""The words of mem0 1.x and of 2.x mean the same with ACE on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from memorus_proto.errors import InvalidRequest


@pytest.fixture
def filled(memory: Any) -> Any:
    for text, owner in (
        ("We deploy on Fridays.", "ana"),
        ("The linter is ruff.", "ana"),
        ("Use pnpm.", "bob"),
    ):
        memory.add(text, user_id=owner, infer=False)
    return memory


def ids(answer: dict[str, Any]) -> list[str]:
    return [row["id"] for row in answer["results"]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            lambda m: m.search("when do we deploy", user_id="ana", limit=1),
            lambda m: m.search("when do we deploy", filters={"user_id": "ana"}, top_k=1),
        ),
        (lambda m: m.get_all(user_id="ana"), lambda m: m.get_all(filters={"user_id": "ana"})),
        (
            lambda m: m.get_all(user_id="ana", limit=1),
            lambda m: m.get_all(filters={"user_id": "ana"}, top_k=1),
        ),
        (
            lambda m: m.search("tools", user_id="ana", limit=2, top_k=2),
            lambda m: m.search("tools", user_id="ana", filters={"user_id": "ana"}, top_k=2),
        ),
    ],
)
def test_an_old_call_is_the_new_one(filled: Any, old: Callable[..., Any], new: Callable[..., Any]) -> None:
    found = ids(old(filled))
    assert found == ids(new(filled))
    assert found


def test_update_by_each_name(filled: Any) -> None:
    (row,) = filled.get_all(user_id="bob")["results"]
    calls: list[Callable[[str], Any]] = [
        lambda text: filled.update(row["id"], text),
        lambda text: filled.update(memory_id=row["id"], text=text),
        lambda text: filled.update(row["id"], data=text),
        lambda text: filled.update(row["id"], text=text, data=text),
    ]
    for n, call in enumerate(calls):
        call(f"Use npm, version {n}.")
        assert filled.get(row["id"])["memory"] == f"Use npm, version {n}."


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda m: m.search("x", user_id="ana", limit=1, top_k=2), "limit=1 and top_k=2"),
        (lambda m: m.get_all(user_id="ana", limit=1, top_k=2), "limit=1 and top_k=2"),
        (lambda m: m.update("id", text="a", data="b"), "text='a' and data='b'"),
        (lambda m: m.search("x", user_id="ana", filters={"user_id": "bob"}), "user_id"),
        (lambda m: m.get_all(user_id="ana", filters={"user_id": "bob"}), "user_id"),
    ],
)
def test_two_spellings_that_differ(filled: Any, call: Callable[..., Any], says: str) -> None:
    with pytest.raises(InvalidRequest, match=says):
        call(filled)
