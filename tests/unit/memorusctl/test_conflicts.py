"""Contradictions are listed, and settled in each of the four ways."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from memorusctl.definitions import EXIT

Run = Callable[..., subprocess.CompletedProcess[str]]
Json = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("shared")

PAIR = ("The API listens on port 8080.", "The API listens on port 9090.")


@pytest.fixture
def user(ctl_json: Json) -> str:
    """Somebody whose memory has one contradiction."""
    name = f"user-{uuid.uuid4()}"
    for text in PAIR:
        ctl_json("learn", text, "--user-id", name)
    return name


@pytest.fixture
def pair(user: str, ctl_json: Json) -> tuple[str, str]:
    (found,) = ctl_json("conflicts", "--user-id", user)["results"]
    assert {found["memory_a"], found["memory_b"]} == set(PAIR)
    return found["id_a"], found["id_b"]


def _texts(ctl_json: Json, user: str) -> list[str]:
    return [memory["memory"] for memory in ctl_json("list", "--user-id", user)["results"]]


@pytest.mark.parametrize(("keep", "kept"), [("a", 0), ("b", 1)])
def test_one_is_kept(keep: str, kept: int, user: str, pair: tuple[str, str], ctl_json: Json) -> None:
    text = ctl_json("get", pair[kept])["memory"]
    (answer,) = ctl_json("conflicts", "resolve", *pair, "--keep", keep)["resolved"]
    assert (answer["kept"], answer["deleted"]) == ([pair[kept]], [pair[1 - kept]])
    assert _texts(ctl_json, user) == [text]
    assert ctl_json("history", pair[1 - kept])["results"][-1]["event"] == "DELETE"
    assert ctl_json("conflicts", "--user-id", user)["results"] == []


def test_both_are_kept_until_one_says_something_else(
    user: str, pair: tuple[str, str], ctl_json: Json
) -> None:
    (answer,) = ctl_json("conflicts", "resolve", *pair, "--keep", "both")["resolved"]
    assert (sorted(answer["kept"]), answer["deleted"]) == (sorted(pair), [])
    assert ctl_json("conflicts", "--user-id", user)["results"] == []
    assert sorted(_texts(ctl_json, user)) == sorted(PAIR)
    ctl_json("edit", pair[0], "The API listens on port 7070.")
    assert len(ctl_json("conflicts", "--user-id", user)["results"]) == 1


def test_both_are_merged_into_one_that_search_finds(user: str, pair: tuple[str, str], ctl_json: Json) -> None:
    (answer,) = ctl_json("conflicts", "resolve", *pair, "--keep", "merge")["resolved"]
    (text,) = _texts(ctl_json, user)
    assert answer["memory"] == text
    assert all(part in text for part in PAIR)
    (best,) = ctl_json("search", "port 9090", "--user-id", user)["results"]
    assert best["id"] == pair[0]
    assert ctl_json("history", pair[0])["results"][-1]["event"] == "MERGE"
    assert ctl_json("conflicts", "--user-id", user)["results"] == []


def test_one_after_the_other_is_asked_for_on_a_terminal(
    user: str, ctl_json: Json, terminal: Callable[..., tuple[str, int]]
) -> None:
    shown, status = terminal("conflicts", "resolve", "--user-id", user, answers={"[q]uit?": "h"})
    assert status == 0
    assert "8080 against 9090" in shown
    assert "Both memories are kept." in shown
    assert ctl_json("conflicts", "--user-id", user)["results"] == []
    assert "nothing was changed" in terminal("conflicts", "resolve", "--user-id", user)[0]


@pytest.mark.parametrize("answer", ["q", "s", ""])
def test_nothing_is_changed_by_leaving(
    answer: str, user: str, ctl_json: Json, terminal: Callable[..., tuple[str, int]]
) -> None:
    shown, status = terminal("conflicts", "resolve", "--user-id", user, answers={"[q]uit?": answer})
    assert status == 0
    assert "nothing was changed" in shown
    assert len(ctl_json("conflicts", "--user-id", user)["results"]) == 1


def test_mistakes_are_refused_and_change_nothing(
    user: str, pair: tuple[str, str], ctl_json: Json, memorusctl: Run
) -> None:
    (other,) = ctl_json("learn", "The API listens on port 1.", "--raw", "--user-id", f"not-{user}")["results"]
    for words, status in (
        ((), "usage"),
        (("--keep", "a"), "usage"),
        ((pair[0],), "usage"),
        ((*pair,), "usage"),
        ((*pair, "--keep", "neither"), "usage"),
        ((pair[0], pair[0], "--keep", "a"), "usage"),
        ((pair[0], other["id"], "--keep", "a"), "usage"),
        ((pair[0], "no-such-id", "--keep", "merge"), "not found"),
    ):
        done = memorusctl("conflicts", "resolve", "--user-id", user, *words)
        assert done.returncode == EXIT[status], (words, done.stdout + done.stderr)
    assert sorted(_texts(ctl_json, user)) == sorted(PAIR)
