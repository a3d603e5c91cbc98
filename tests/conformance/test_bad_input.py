"""Bad input to every method, through every transport: one clear error, and nothing is changed."""

from __future__ import annotations

import datetime
import math
from typing import Any

import pytest

from memorus_proto.errors import InvalidRequest

HUGE = "x" * 1_000_000
DEEP: dict[str, Any] = {}
level = DEEP
for _ in range(50):
    level["a"] = {}
    level = level["a"]

CYCLE: dict[str, Any] = {}
CYCLE["again"] = CYCLE

BAD_TEXTS = ["", "   \n", HUGE, "a\0b", "a\ud800b", 7, b"bytes", 1.5, True]
BAD_OWNERS = ["", "  ", "two words", "a\0", "\udfff", "x" * 300, 1.5, True, ["a"], {"a": 1}, b"a"]
BAD_IDS = ["", "  ", "a\0", "\ud800", "x" * 300, 5, True, ["a"]]
BAD_LIMITS = [0, -1, 10_001, "5", 2.5, True, 2**70]

CASES: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []


def case(method: str, *args: Any, **kwargs: Any) -> None:
    CASES.append((method, args, kwargs))


for bad in BAD_TEXTS:
    if not isinstance(bad, dict):
        case("add", bad)
    case("add", {"role": "user", "content": bad})
    case("add", [{"role": "user", "content": "good"}, {"role": "user", "content": bad}])
    case("search", bad)
    case("update", "the id", text=bad)
for bad in ([], {}, [[]], [None], ["text"], [{"content": "x"}], [{"role": "", "content": "x"}], 3, {1, 2}):
    case("add", bad)
case("add", None)
case("search", None)
case("add", {"role": "user", "content": None})
case("add", {"role": "user", "content": [{"type": "image_url", "image_url": "x"}]})
case("add", {"role": "user", "content": "x", "name": 3})
case("add", [{"role": "user", "content": "x"}] * 10_000)
for name in ("user_id", "agent_id", "run_id"):
    for bad in BAD_OWNERS:
        case("add", "x", **{name: bad})
        case("search", "x", **{name: bad})
        case("get_all", **{name: bad})
        case("delete_all", **{name: bad})
        case("search", "x", filters={name: bad})
for bad in ("", "web", "project:", "project:a b", "other:x", 3, ["global"], "project:\0"):
    case("add", "x", scope=bad)
    case("search", "x", scope=bad)
    case("get_all", scope=bad)
    case("delete_all", scope=bad)
for bad in ("", "facts", 3, ["method"]):
    case("add", "x", type=bad)
    case("search", "x", section=bad)
for bad in ("tag", [""], [3], ["a\0"], [["a"]], ["t"] * 100, {"a": 1}):
    case("add", "x", tags=bad)
for bad in (
    "text",
    ["a"],
    {"user_id": "eve"},
    {"a": math.nan},
    {"a": math.inf},
    {"a": b"bytes"},
    {"a": datetime.datetime(2026, 1, 1)},
    {"a": {1, 2}},
    {"a": object()},
    {"a": 2**70},
    {"a": HUGE},
    {"a\0": 1},
    {"a": "\ud800"},
    {1: "a"},
    {(1, 2): "a"},
    {"a": [{None: 1}]},
    DEEP,
    CYCLE,
):
    case("add", "x", metadata=bad)
    case("update", "the id", metadata=bad)
for bad in ("text", ["a"], {"AND": []}, {"a": {"like": 1}}, {"a": {"in": "b"}}, {"a": math.nan}, {"OR": [1]}):
    case("search", "x", filters=bad)
    case("get_all", filters=bad)
for bad in BAD_LIMITS:
    case("search", "x", limit=bad)
    case("search", "x", top_k=bad)
for bad in (-0.1, 1.1, "0.5", math.nan, math.inf, True):
    case("search", "x", threshold=bad)
for bad in BAD_IDS:
    case("get", bad)
    case("update", bad, text="x")
    case("delete", bad)
    case("history", bad)
case("update", "the id")
case("update", "the id", text="a", data="b")
case("delete_all")
case("add", "x", infer="yes")
case("add", "x", wait="no")
for bad in (0, -1, 1.5, "5", True):
    case("detect_conflicts", limit=bad)
case("export", scope="planet:mars")
case("export", section="poems")
for missing in ("get", "delete", "history"):
    case(missing, None)


def test_every_bad_value_has_a_clear_error_and_changes_nothing(memory: Any) -> None:
    (kept,) = [
        r["id"]
        for r in memory.add("The one memory", user_id="ann", metadata={"a": 1}, infer=False)["results"]
    ]
    before = (memory.get_all(), memory.history(kept), memory.status()["store"]["seq"])
    failures = []
    for method, args, kwargs in CASES:
        args = tuple(kept if value == "the id" else value for value in args)
        shown = f"{method}{args!r:.100} {kwargs!r:.100}"
        try:
            answer = getattr(memory, method)(*args, **kwargs)
        except InvalidRequest as error:
            if len(str(error)) > 500 or not str(error):
                failures.append(f"{shown}: unclear message {error!s:.200}")
        except BaseException as error:
            failures.append(f"{shown}: {error!r:.200}")
        else:
            failures.append(f"{shown}: answered {answer!r:.200}")
    assert not failures, "\n".join(failures)
    assert (memory.get_all(), memory.history(kept), memory.status()["store"]["seq"]) == before


def test_unknown_arguments(memory: Any) -> None:
    with pytest.raises(TypeError, match="colour"):
        memory.add("x", colour="red", infer=False)


def test_whole_number_owner_ids_are_names(memory: Any) -> None:
    memory.add("Number seven", user_id=7, infer=False)
    assert [r["user_id"] for r in memory.search("seven", user_id="7")["results"]] == ["7"]


def test_text_of_every_kind_comes_back_as_it_was(memory: Any) -> None:
    texts = [
        "日本語のテキスト",
        "emoji 👩🏽‍💻 and e\u0301",
        "tab\tand\nnewline",
        "'; DROP TABLE bullets; --",
        "x" * 65_536,
    ]
    for text in texts:
        (result,) = memory.add(text, infer=False)["results"]
        assert memory.get(result["id"])["memory"] == text
