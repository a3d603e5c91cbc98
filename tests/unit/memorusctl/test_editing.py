"""Changing what is there: edit, history, forget by query and scope, sweep, unarchive; lists in any order."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from memorusctl.definitions import EXIT

Run = Callable[..., subprocess.CompletedProcess[str]]
Json = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("shared")


@pytest.fixture
def user() -> str:
    return f"user-{uuid.uuid4()}"


def _learn(ctl_json: Json, text: str, *words: str) -> str:
    (learned,) = ctl_json("learn", text, "--raw", *words)["results"]
    return str(learned["id"])


def test_edit_changes_the_text_and_history_keeps_the_old(user: str, ctl_json: Json, memorusctl: Run) -> None:
    id = _learn(ctl_json, "The cat is called Fritz.", "--user-id", user)
    assert ctl_json("edit", id, "The cat is called Franz.")["memory"] == "The cat is called Franz."
    assert memorusctl("edit", id, "-", input="A dog\nnow").stdout.endswith("\n\nA dog\nnow\n")
    events = [(c["event"], c["new_memory"]) for c in ctl_json("history", id)["results"]]
    assert events == [
        ("ADD", "The cat is called Fritz."),
        ("UPDATE", "The cat is called Franz."),
        ("UPDATE", "A dog\nnow"),
    ]
    shown = memorusctl("history", id).stdout.splitlines()
    assert [line.split()[1] for line in shown] == ["ADD", "UPDATE", "UPDATE"]
    assert [line.endswith(text) for line, text in zip(shown, ("Fritz.", "Franz.", "dog\\nnow"), strict=True)]
    ctl_json("forget", id, "--yes")
    assert ctl_json("history", id)["results"][-1]["event"] == "DELETE"
    for words in (("edit", id, "x"), ("history", "never-was"), ("edit", id, "")):
        assert memorusctl(*words).returncode == EXIT["usage" if words[-1] == "" else "not found"], words


def test_forget_by_query_shows_what_it_would_forget(user: str, ctl_json: Json, memorusctl: Run) -> None:
    cat = _learn(ctl_json, "The cat is called Fritz.", "--user-id", user)
    _learn(ctl_json, "Deploys go through the blue-green script.", "--user-id", user)
    words = ("forget", "--query", "name of the cat", "--limit", "1", "--user-id", user)
    would = ctl_json(*words, "--dry-run")
    assert (would["deleted"], would["ids"]) == (0, [cat])
    shown = memorusctl(*words, "--dry-run").stdout
    assert cat in shown
    assert "would be forgotten: 1" in shown
    refused = memorusctl(*words)
    assert refused.returncode == EXIT["usage"]
    assert "--yes" in refused.stderr
    assert len(ctl_json("list", "--user-id", user)["results"]) == 2
    assert ctl_json(*words, "--yes")["ids"] == [cat]
    assert len(ctl_json("list", "--user-id", user)["results"]) == 1


def test_forget_of_a_project_leaves_what_is_global(user: str, ctl_json: Json) -> None:
    kept = _learn(ctl_json, "Global fact.", "--user-id", user)
    gone = _learn(ctl_json, "Project fact.", "--user-id", user, "--scope", "project:shop")
    done = ctl_json("forget", "--scope", "project:shop", "--user-id", user, "--yes")
    assert (done["deleted"], done["ids"]) == (1, [gone])
    assert [m["id"] for m in ctl_json("list", "--user-id", user)["results"]] == [kept]
    assert ctl_json("forget", "--scope", "project:shop", "--user-id", user)["deleted"] == 0


@pytest.mark.parametrize(
    "words",
    [(), ("some-id", "--query", "x"), ("some-id", "--user-id", "ana"), ("--user-id", "ana", "--limit", "3")],
)
def test_forget_wants_to_know_what(words: tuple[str, ...], memorusctl: Run) -> None:
    done = memorusctl("forget", *words, "--yes")
    assert (done.returncode, done.stdout) == (EXIT["usage"], "")


def test_forget_asks_about_all_at_once(
    user: str, ctl_json: Json, terminal: Callable[..., tuple[str, int]]
) -> None:
    for number in range(12):
        _learn(ctl_json, f"Fact number {number}.", "--user-id", user)
    words = ("forget", "--user-id", user)
    shown, status = terminal(*words, answers={"Forget these 12 memories?": "n"})
    assert status == EXIT["failed"]
    assert "… and 2 more" in shown
    assert len(ctl_json("list", "--user-id", user)["results"]) == 12
    assert terminal(*words, answers={"Forget these 12 memories?": "yes"})[1] == 0
    assert ctl_json("list", "--user-id", user)["results"] == []


def _aged(tmp_path: Path, user: str, texts_and_days: dict[str, int]) -> str:
    now = datetime.now(timezone.utc)
    entries = [
        {"memory": text, "user_id": user, "created_at": (now - timedelta(days=days)).isoformat()}
        for text, days in texts_and_days.items()
    ]
    file = tmp_path / "aged.json"
    file.write_text(json.dumps(entries))
    return str(file)


def test_sweep_archives_and_unarchive_brings_back(
    user: str, tmp_path: Path, ctl_json: Json, memorusctl: Run
) -> None:
    aged = _aged(tmp_path, user, {"The old office was in Bonn.": 900, "The new office is in Kiel.": 1})
    ctl_json("import", aged)
    would = ctl_json("sweep", "--dry-run")
    assert would["dry_run"]
    assert would["archived"] >= 1
    assert "would be archived" in memorusctl("sweep", "--dry-run").stdout
    assert len(ctl_json("list", "--user-id", user)["results"]) == 2
    assert ctl_json("sweep")["archived"] == would["archived"]
    (archived,) = ctl_json("list", "--archived", "--user-id", user)["results"]
    assert archived["memory"] == "The old office was in Bonn."
    assert archived["weight"] < 0.02
    assert ctl_json("status")["archived"] >= 1
    back = ctl_json("unarchive", archived["id"])
    assert "archived_at" not in back
    assert back["weight"] == 1.0
    assert ctl_json("list", "--archived", "--user-id", user)["results"] == []
    assert memorusctl("unarchive", "no-such-id").returncode == EXIT["not found"]


def test_lists_come_in_every_order(user: str, tmp_path: Path, ctl_json: Json) -> None:
    texts = {"beta is old": 60, "Alpha is new": 0, "gamma is between": 20}
    ctl_json("import", _aged(tmp_path, user, texts))

    def order(*words: str) -> list[str]:
        found = ctl_json("list", "--user-id", user, *words)["results"]
        return [memory["memory"].split()[0] for memory in found]

    assert order() == order("--sort", "new") == order("--sort", "weight") == ["Alpha", "gamma", "beta"]
    assert order("--sort", "old") == ["beta", "gamma", "Alpha"]
    assert order("--sort", "text") == ["Alpha", "beta", "gamma"]
    assert order("--sort", "old", "--limit", "2") == ["beta", "gamma"]
    assert order("--limit", "1") == ["Alpha"]
    (first, *_) = ctl_json("list", "--user-id", user, "--sort", "updated")["results"]
    ctl_json("edit", first["id"], "Delta is edited")
    assert order("--sort", "updated")[0] == "Delta"
    assert order("--sort", "recalls")


@pytest.mark.parametrize("words", [("--limit", "0"), ("--limit", "0", "--sort", "old"), ("--sort", "odd")])
def test_a_list_of_nothing_is_a_mistake(words: tuple[str, ...], memorusctl: Run) -> None:
    assert memorusctl("list", *words).returncode == EXIT["usage"]


def test_status_counts_what_is_there(user: str, ctl_json: Json, memorusctl: Run) -> None:
    before = ctl_json("status")
    _learn(ctl_json, "Counted.", "--user-id", user, "--scope", "project:count", "--type", "trick")
    after = ctl_json("status")
    assert after["memories"] == before["memories"] + 1
    assert after["types"]["trick"] == before["types"].get("trick", 0) + 1
    assert after["scopes"]["project:count"] == 1
    assert sum(after["sections"].values()) == after["memories"] - after["archived"]
    assert 0 <= after["average_weight"] <= 1
    assert after["reflector"].keys() == {"mode", "why"}
    assert after["daemon"]["pid"] == ctl_json("daemon", "status")["pid"]
    assert ctl_json("status", "--no-daemon")["daemon"] is None
    shown = memorusctl("status").stdout
    assert "project:count 1" in shown
    assert f"pid {after['daemon']['pid']}" in shown
    assert "none: the engine ran in this process" in memorusctl("status", "--no-daemon").stdout
