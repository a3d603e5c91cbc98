"""On a terminal: tables with names, bars and ages, colour unless NO_COLOR is set, and questions."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from memorusctl.formatting import display_width
from memorusctl.terminal import bar

Run = Callable[..., subprocess.CompletedProcess[str]]
Json = Callable[..., Any]
Terminal = Callable[..., tuple[str, int]]

pytestmark = pytest.mark.usefixtures("shared")


def test_a_table_has_names_bars_ages_and_whole_ids(ctl_json: Json, terminal: Terminal) -> None:
    user = f"user-{uuid.uuid4()}"
    (learned,) = ctl_json("learn", "The build runs on Tuesdays.", "--user-id", user)["results"]
    shown, status = terminal("search", "when is the build?", "--user-id", user, NO_COLOR="1")
    assert status == 0
    assert "\x1b[3" not in shown  # no colour
    head, first, *_ = shown.splitlines()
    assert "score" in head
    assert "█" in first
    assert "The build runs on Tuesdays." in first
    assert learned["id"] in shown
    assert " ago" in shown or "just now" in shown
    coloured, _ = terminal("search", "when is the build?", "--user-id", user)
    assert "\x1b[36m" in coloured
    listed, _ = terminal("list", "--user-id", user, NO_COLOR="1")
    assert "1.00 █████" in listed


def test_a_narrow_terminal_breaks_no_id(ctl_json: Json, terminal: Terminal) -> None:
    user = f"user-{uuid.uuid4()}"
    (learned,) = ctl_json("learn", "x" * 90, "--raw", "--user-id", user, "--scope", "project:a-long-name")[
        "results"
    ]
    shown, _ = terminal("list", "--user-id", user, COLUMNS="60", NO_COLOR="1")
    assert learned["id"] in shown
    assert max(len(line) for line in shown.splitlines() if "\x1b" not in line) <= 60


def test_wide_letters_line_up(ctl_json: Json, terminal: Terminal, memorusctl: Run) -> None:
    user = f"user-{uuid.uuid4()}"
    for text, scope in (("我喜欢 pnpm", "project:商店"), ("plain", "project:shop")):
        ctl_json("learn", text, "--raw", "--user-id", user, "--scope", scope)
    lines = memorusctl("list", "--user-id", user).stdout.splitlines()
    ids = [line.split("  ")[-2] for line in lines]
    assert len({display_width(line[: line.index(id)]) for line, id in zip(lines, ids, strict=True)}) == 1


def test_json_and_a_pipe_never_load_rich(ctl_json: Json, memorusctl: Run) -> None:
    import sys

    code = "import sys; from memorusctl import main; main(['search', 'x']); print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


def test_bars() -> None:
    assert [display_width(bar(share)) for share in (0.0, 0.31, 1.0, 1.7)] == [5, 5, 5, 5]
    assert bar(0.0).strip() == ""
    assert bar(1.0) == "█████"


def test_what_a_memory_says_cannot_command_the_terminal(ctl_json: Json, terminal: Terminal) -> None:
    user = f"user-{uuid.uuid4()}"
    ctl_json("learn", "\x1b]0;owned\x07 [bold red]not markup[/]", "--raw", "--user-id", user)
    shown, _ = terminal("list", "--user-id", user)
    assert "\x1b]0;" not in shown
    assert "\\x1b]0;owned\\x07 [bold red]not markup[/]" in shown


def test_an_error_on_a_terminal_is_two_lines(terminal: Terminal) -> None:
    shown, status = terminal("get", "no-such-id")
    assert status == 3
    assert len(shown.splitlines()) == 2


def test_learning_a_file_shows_how_far_it_is(tmp_path: Any, terminal: Terminal) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Use tabs in Go files.\nUse UTC for timestamps.\n")
    shown, status = terminal("learn", "--file", str(file), "--user-id", f"user-{uuid.uuid4()}")
    assert status == 0
    assert "] 1/2" in shown
    assert "] 2/2" in shown
    assert "2 lines: 2 added" in shown


def test_explain_adds_up_to_the_score(ctl_json: Json, memorusctl: Run) -> None:
    user = f"user-{uuid.uuid4()}"
    for text, scope in (
        ("The API listens on port 9090.", "project:shop"),
        ("The API is written in Go.", "global"),
        ("Ana likes tea.", "global"),
    ):
        ctl_json("learn", text, "--raw", "--user-id", user, "--scope", scope)
    words = ("search", "which port has the API?", "--user-id", user, "--scope", "project:shop")
    found = ctl_json(*words, "--explain")["results"]
    assert [m["score"] for m in found] == [m["score"] for m in ctl_json(*words)["results"]]
    for memory in found:
        why = memory["explain"]
        assert sum(why["layers"].values()) == pytest.approx(memory["score"], abs=1e-3)
        assert (why["weight"], why["decay"], why["recency"]) == (1.0, 1.0, 1.0)
        assert why["scope"] == pytest.approx(1.0 if memory["scope"] == "project:shop" else 1 / 1.2, abs=1e-3)
    best = found[0]["explain"]["layers"]
    assert best["vector"] > 0
    assert best["exact"] > 0
    lines = memorusctl(*words, "--explain").stdout.split("\n\n")[1].splitlines()
    assert lines[0].split()[:2] == ["vector", "exact"]
    assert len(lines) == 1 + len(found)
    nobody = ("--user-id", "nobody", "--type", "pitfall", "--section", "debugging")
    assert "nothing found" in memorusctl("search", "x", "--explain", *nobody).stdout
