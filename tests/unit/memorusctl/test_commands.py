"""Every command, as installed, against a real daemon."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorusctl.definitions import EXIT

Run = Callable[..., subprocess.CompletedProcess[str]]
Json = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("shared")


def test_what_is_learned_is_found_by_meaning_listed_shown_and_forgotten(
    ctl_json: Json, memorusctl: Run
) -> None:
    user = f"user-{uuid.uuid4()}"
    text = "The staging database is reset every Sunday night."
    where = ("--user-id", user, "--scope", "project:shop", "--type", "knowledge", "--section", "workflow")
    (learned,) = ctl_json("learn", text, *where, "--tag", "db", "--tag", "ops")["results"]
    assert (learned["event"], learned["memory"]) == ("ADD", text)
    ctl_json("learn", "The cat is called Fritz.", "--user-id", user)

    found = ctl_json("search", "when is test data wiped?", "--user-id", user)
    assert found["results"][0]["id"] == learned["id"]
    assert found["ace_search"]["mode"] == "full"
    assert len(ctl_json("search", "data", "--user-id", user, "--limit", "1")["results"]) == 1
    assert [m["id"] for m in ctl_json("list", *where)["results"]] == [learned["id"]]

    shown = ctl_json("get", learned["id"])
    assert (shown["memory"], shown["scope"], shown["user_id"]) == (text, "project:shop", user)
    assert ctl_json("forget", learned["id"], "--yes")["ids"] == [learned["id"]]
    gone = memorusctl("get", learned["id"], "--json")
    assert gone.returncode == EXIT["not found"]
    assert json.loads(gone.stdout)["error"]["code"] == "NOT_FOUND"
    assert len(ctl_json("list", "--user-id", user)["results"]) == 1


def test_text_output_shows_score_type_scope_and_id(ctl_json: Json, memorusctl: Run) -> None:
    user = f"user-{uuid.uuid4()}"
    said = memorusctl("learn", "Use \x1b[31mpnpm\nhere", "--user-id", user, "--type", "trick", "--raw")
    event, id, shown = said.stdout.rstrip("\n").split("  ")
    assert (event, shown, said.stderr) == ("ADD", "Use \\x1b[31mpnpm\\nhere", "")
    score, *rest = memorusctl("search", "package manager", "--user-id", user).stdout.rstrip("\n").split("  ")
    assert 0 <= float(score) <= 1
    assert rest == ["trick", "private", id, shown]
    assert memorusctl("list", "--user-id", user).stdout == f"trick  private  {id}  {shown}\n"
    assert memorusctl("get", id).stdout.endswith("\n\nUse \\x1b[31mpnpm\nhere\n")
    assert memorusctl("forget", id, "-y").stdout == f"forgotten: {id}  {shown}\n"
    assert memorusctl("list", "--user-id", user).stdout == "nothing found\n"


def test_learn_reads_standard_input(ctl_json: Json) -> None:
    (learned,) = ctl_json("learn", "-", "--raw", input="one\n\n二\n")["results"]
    assert ctl_json("get", learned["id"])["memory"] == "one\n\n二"


def test_standard_input_that_is_no_text_is_refused(memorusctl: Run) -> None:
    program = str(Path(sys.executable).with_name("memorusctl"))
    done = subprocess.run(
        [program, "learn", "-", "--json"], input=b"caf\xe9", capture_output=True, timeout=60, check=False
    )
    assert done.returncode == EXIT["usage"]
    assert json.loads(done.stdout)["error"]["code"] == "INVALID_REQUEST"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("learn", ""), "usage"),
        (("search", "x", "--limit", "0"), "usage"),
        (("search", "x", "--limit", "-3"), "usage"),
        (("list", "--scope", "everywhere"), "usage"),
        (("get", "no-such-id"), "not found"),
        (("forget", "no-such-id", "--yes"), "not found"),
        (("forget", "no-such-id"), "not found"),
    ],
)
def test_bad_values_are_refused_with_their_status(
    words: tuple[str, ...], status: str, memorusctl: Run
) -> None:
    done = memorusctl(*words)
    assert done.returncode == EXIT[status]
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 2
    said = memorusctl(*words, "--json")
    assert said.returncode == EXIT[status]
    assert set(json.loads(said.stdout)["error"]) == {
        "code",
        "message",
        "remedy",
        "data",
        "retryable",
        "error_id",
    }


def test_forget_asks_and_without_a_terminal_refuses(ctl_json: Json, memorusctl: Run) -> None:
    (learned,) = ctl_json("learn", "Keep me.")["results"]
    done = memorusctl("forget", learned["id"], input="y\n")
    assert done.returncode == EXIT["usage"]
    assert "--yes" in done.stderr
    assert ctl_json("get", learned["id"])["memory"] == "Keep me."


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("n", EXIT["failed"]), ("", EXIT["failed"])])
def test_forget_does_what_is_answered(answer: str, status: int, ctl_json: Json, memorusctl: Run) -> None:
    (learned,) = ctl_json("learn", f"Answered with {answer!r}.", "--raw")["results"]
    program = str(Path(sys.executable).with_name("memorusctl"))
    ours, terminal = os.openpty()
    with subprocess.Popen(
        [program, "forget", learned["id"]], stdin=terminal, stdout=subprocess.PIPE, stderr=terminal
    ) as process:
        os.close(terminal)
        asked = b""
        while b"[y/N]" not in asked:
            asked += os.read(ours, 4096)
        assert b"Answered with" in asked
        os.write(ours, answer.encode() + b"\n")
        assert process.wait(60) == status
    os.close(ours)
    assert memorusctl("get", learned["id"]).returncode == (EXIT["not found"] if status == 0 else 0)


def test_no_daemon_works_on_the_same_store(ctl_json: Json) -> None:
    (learned,) = ctl_json("learn", "Said in a process of its own.", "--no-daemon")["results"]
    assert ctl_json("get", learned["id"])["memory"] == "Said in a process of its own."


def test_status_names_the_store(ctl_json: Json, memorusctl: Run, shared: Path) -> None:
    assert str(shared / "memorus.db") in json.dumps(ctl_json("status"))
    assert str(shared / "memorus.db") in memorusctl("status").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("search", "x"),
        ("search", "x", "--explain"),
        ("learn", "Something."),
        ("get", "no-such-id"),
        ("status",),
        ("list",),
        ("edit", "no-such-id", "x"),
        ("history", "no-such-id"),
        ("forget", "no-such-id", "--yes"),
    ],
    ids=lambda w: w[0],
)
def test_the_fast_path_imports_nothing_heavy(words: tuple[str, ...], memorusctl: Run) -> None:
    memorusctl("status")  # so that a daemon runs
    code = (
        "import sys; from memorusctl import main; main(sys.argv[1:]); sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words, "--json"], capture_output=True, text=True, timeout=60, check=True
    )
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert {"memorus_client", "msgpack", "socket"} <= loaded
    heavy = {
        "typer",
        "click",
        "rich",
        "pydantic",
        "anyio",
        "asyncio",
        "mem0",
        "numpy",
        "memorusd",
        "onnxruntime",
    }
    assert not loaded & heavy
    assert not loaded & {"argparse", "typing", "dataclasses", "subprocess"}


def test_a_memory_is_carried_to_another_home(
    ctl_json: Json, memorusctl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, file = f"user-{uuid.uuid4()}", str(tmp_path / "all.json")
    ctl_json("learn", "The staging database is reset every Sunday.", "--user-id", user)
    assert memorusctl("export", "-o", file, "--user-id", user).stdout == f"written: {file}\n"
    assert Path(file).stat().st_mode & 0o777 == 0o600
    told = memorusctl("export", "--user-id", user, "--format", "markdown").stdout
    assert "- The staging database is reset every Sunday." in told
    monkeypatch.setenv("MEMORUS_HOME", str(tmp_path / "other"))
    said = memorusctl("import", file, "--no-daemon")
    assert (said.stdout, said.stderr) == ("1 imported, 0 merged, 0 skipped, 0 refused\n", "")
    exported = memorusctl("export", "--no-daemon", "--json").stdout
    assert json.loads(exported)["memories"] == json.loads(Path(file).read_text())["memories"]
    again = memorusctl("import", "-", "--no-daemon", "--json", input=exported)
    assert json.loads(again.stdout)["skipped"] == 1


@pytest.mark.parametrize("words", [("import", "/no/such/file"), ("export", "-o", "/no/such/folder/x")])
def test_files_that_cannot_be_had(words: tuple[str, ...], memorusctl: Run) -> None:
    done = memorusctl(*words)
    assert done.returncode == EXIT["usage"]
    assert words[-1] in done.stderr
    assert "name " in done.stderr


def test_conflicts_are_listed(ctl_json: Json, memorusctl: Run) -> None:
    user = f"user-{uuid.uuid4()}"
    assert memorusctl("conflicts", "--user-id", user).stdout == "no conflicts\n"
    ctl_json("learn", "The API listens on port 8080", "--user-id", user)
    (learned,) = ctl_json("learn", "The API listens on port 9090", "--user-id", user)["results"]
    assert len(learned["conflicts"]) == 1
    first, *pair = memorusctl("conflicts", "--user-id", user).stdout.splitlines()
    assert "8080" in first
    assert "9090" in first
    assert {line.split("  ")[-1] for line in pair} == {
        "The API listens on port 8080",
        "The API listens on port 9090",
    }
    (found,) = ctl_json("conflicts", "--user-id", user)["results"]
    assert found["kind"]
