"""Many at once: learning a file, and export and import in each format."""

from __future__ import annotations

import json
import signal
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


@pytest.fixture
def user() -> str:
    return f"user-{uuid.uuid4()}"


def _texts(ctl_json: Json, user: str) -> set[str]:
    return {memory["memory"] for memory in ctl_json("list", "--user-id", user)["results"]}


def test_each_line_of_a_file_is_learned(user: str, tmp_path: Path, ctl_json: Json, memorusctl: Run) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Use tabs in Go files.\n\nThanks!\r\nUse UTC for timestamps.\nUse tabs in Go files.\n")
    words = ("learn", "--file", str(file), "--user-id", user)
    assert ctl_json(*words) == {
        "lines": 4, "added": 2, "merged": 1, "superseded": 0, "skipped": 1, "errors": [],
    }  # fmt: skip
    assert _texts(ctl_json, user) == {"Use tabs in Go files.", "Use UTC for timestamps."}
    piped = memorusctl("learn", "--file", "-", "--user-id", user, "--raw", input="one\ntwo\n")
    assert piped.stdout == "2 lines: 2 added, 0 merged, 0 superseded, 0 skipped, 0 refused\n"
    assert piped.stderr == ""


def test_jsonl_lines_may_say_more_and_bad_ones_are_told(
    user: str, tmp_path: Path, ctl_json: Json, memorusctl: Run
) -> None:
    file = tmp_path / "notes.jsonl"
    lines = [
        json.dumps("A bare text."),
        json.dumps({"text": "A scoped text.", "scope": "project:shop", "tags": ["t"], "metadata": {"k": 1}}),
        json.dumps({"messages": [{"role": "user", "content": "A message."}]}),
        "{not json",
        json.dumps({"text": "x", "messages": "y"}),
        json.dumps({"text": "x", "colour": "red"}),
        json.dumps({"text": "x", "type": "poem"}),
        json.dumps([1]),
    ]
    file.write_text("\n".join(lines))
    done = memorusctl("learn", "--file", str(file), "--raw", "--user-id", user, "--json")
    assert done.returncode == EXIT["failed"]
    told = json.loads(done.stdout)
    assert (told["lines"], told["added"]) == (8, 3)
    assert [error["line"] for error in told["errors"]] == [4, 5, 6, 7, 8]
    assert _texts(ctl_json, user) == {"A bare text.", "A scoped text.", "A message."}
    (scoped,) = ctl_json("search", "scoped", "--user-id", user, "--scope", "project:shop", "--limit", "1")[
        "results"
    ]
    assert (scoped["scope"], scoped["tags"], scoped["metadata"]) == ("project:shop", ["t"], {"k": 1})
    shown = memorusctl("learn", "--file", str(file), "--raw", "--user-id", user)
    assert "5 refused" in shown.stdout
    assert "line 6: the key 'colour' is unknown" in shown.stdout


@pytest.mark.parametrize("words", [(), ("text", "--file", "x"), ("--file", "/no/such/file")])
def test_learn_wants_one_thing_to_learn(words: tuple[str, ...], memorusctl: Run) -> None:
    assert memorusctl("learn", *words).returncode == EXIT["usage"]


def test_an_interrupted_file_keeps_what_it_had(user: str, tmp_path: Path, ctl_json: Json) -> None:
    file = tmp_path / "many.txt"
    file.write_text("".join(f"The service number {n} listens on port {8000 + n}.\n" for n in range(3000)))
    program = str(Path(sys.executable).with_name("memorusctl"))
    with subprocess.Popen(
        [program, "learn", "--file", str(file), "--raw", "--user-id", user],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not ctl_json("list", "--user-id", user, "--limit", "1")["results"]:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    done = int(err.split()[0])
    # The line under way may be kept too, whole; nothing that was counted is missing.
    assert 0 < done <= len(_texts(ctl_json, user)) <= done + 1
    assert "lines were learned and are kept" in err


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_exports_come_back_as_they_were(
    format: str, user: str, tmp_path: Path, ctl_json: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    for text in ("One.", "二。"):
        ctl_json("learn", text, "--raw", "--user-id", user, "--tag", "x")
    file = str(tmp_path / f"all.{format}")
    ctl_json("export", "--format", format, "-o", file, "--user-id", user)
    before = ctl_json("export", "--user-id", user)["memories"]
    if format == "jsonl":
        assert [json.loads(line) for line in Path(file).read_text().splitlines()] == before
    monkeypatch.setenv("MEMORUS_HOME", str(tmp_path / "other"))
    said = ctl_json("import", "--file", file, "--no-daemon")
    assert said["imported"] == 2
    after = ctl_json("export", "--user-id", user, "--no-daemon")["memories"]
    assert after == before


def test_an_export_in_a_pipe_is_what_an_import_reads(user: str, memorusctl: Run, ctl_json: Json) -> None:
    ctl_json("learn", "Piped.", "--raw", "--user-id", user)
    for format in ("json", "jsonl"):
        told = memorusctl("export", "--format", format, "--user-id", user).stdout
        assert ctl_json("import", "-", input=told)["skipped"] == 1
    text = ctl_json("export", "--format", "markdown", "--user-id", user)
    assert text["format"] == "markdown"
    assert "- Piped." in text["text"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "not JSON"), ('{"memory": "One."}\n{oops', "line 2 is not JSON"), ('{"a": 1}', "memories")],
)
def test_what_is_no_export_is_refused(text: str, said: str, memorusctl: Run) -> None:
    done = memorusctl("import", "-", input=text)
    assert done.returncode == EXIT["usage"]
    assert said in done.stderr


def test_a_refused_entry_is_told_and_the_others_stay(user: str, memorusctl: Run, ctl_json: Json) -> None:
    entries = [{"memory": "Good.", "user_id": user}, {"memory": ""}]
    done = memorusctl("import", "-", "--json", input=json.dumps(entries))
    assert done.returncode == EXIT["failed"]
    assert [error["position"] for error in json.loads(done.stdout)["errors"]] == [1]
    assert _texts(ctl_json, user) == {"Good."}


@pytest.mark.parametrize("words", [(), ("a.json", "--file", "b.json")])
def test_import_wants_one_file(words: tuple[str, ...], memorusctl: Run) -> None:
    assert memorusctl("import", *words).returncode == EXIT["usage"]
