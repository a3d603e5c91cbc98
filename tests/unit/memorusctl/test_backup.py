"""Backups are made while others write, and put back whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memorusctl.definitions import EXIT

Run = Callable[..., subprocess.CompletedProcess[str]]
Json = Callable[..., Any]

PROGRAM = str(Path(sys.executable).with_name("memorusctl"))


def _texts(ctl_json: Json) -> set[str]:
    return {memory["memory"] for memory in ctl_json("list")["results"]}


def test_what_is_backed_up_comes_back(own: Path, tmp_path: Path, ctl_json: Json, memorusctl: Run) -> None:
    file = tmp_path / "kept.db"
    (kept,) = ctl_json("learn", "Kept.", "--raw", "--tag", "t")["results"]
    made = ctl_json("backup", str(file))
    assert (made["memories"], made["problems"]) == (1, [])
    assert file.stat().st_mode & 0o777 == 0o600
    ctl_json("forget", kept["id"], "--yes")
    ctl_json("learn", "Later.", "--raw")

    refused = memorusctl("restore", str(file))
    assert refused.returncode == EXIT["usage"]
    assert "--yes" in refused.stderr
    assert _texts(ctl_json) == {"Later."}
    done = ctl_json("restore", str(file), "--yes")
    assert (done["memories"], done["daemon_stopped"]) == (1, True)
    assert _texts(ctl_json) == {"Kept."}
    assert ctl_json("get", kept["id"])["tags"] == ["t"]
    assert ctl_json("search", "kept")["results"][0]["id"] == kept["id"]

    # The old one is aside, and can be restored in its turn.
    ctl_json("restore", done["old_store"], "--yes")
    assert _texts(ctl_json) == {"Later."}
    assert "restored: 1 memories" in memorusctl("restore", str(file), "-y").stdout
    assert ctl_json("verify")["ok"]


def test_a_backup_goes_to_a_new_home(
    own: Path, tmp_path: Path, ctl_json: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctl_json("learn", "Moved.", "--raw")
    ctl_json("backup", str(tmp_path / "b.db"))
    monkeypatch.setenv("MEMORUS_HOME", str(tmp_path / "new"))
    assert ctl_json("restore", str(tmp_path / "b.db"))["old_store"] is None
    assert {m["memory"] for m in ctl_json("list", "--no-daemon")["results"]} == {"Moved."}


def test_a_backup_made_under_writes_is_one_instant(own: Path, tmp_path: Path, ctl_json: Json) -> None:
    """A writer edits two memories in one import; every backup has both or neither."""
    writer = """
import itertools
from memorus_client import Memory
memory = Memory()
ids = [memory.add(f"pair {n}", infer=False)["results"][0]["id"] for n in "ab"]
print("up", flush=True)
for number in itertools.count(1):
    stamp = f"2099-01-01T00:00:00.{number:06}+00:00"
    memory.import_data([{"id": id, "memory": f"version {number}", "updated_at": stamp} for id in ids])
"""
    with subprocess.Popen([sys.executable, "-c", writer], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        versions = set()
        for number in range(6):
            file = tmp_path / f"{number}.db"
            ctl_json("backup", str(file))
            with closing(sqlite3.connect(file)) as copy:
                texts = [text for (text,) in copy.execute("SELECT text FROM bullets")]
            assert len(texts) == 2
            if not texts[0].startswith("pair"):
                assert texts[0] == texts[1]
            versions.add(texts[0])
        process.kill()
    assert len(versions) > 1  # it did write meanwhile


def test_an_existing_file_is_replaced_only_when_told(
    own: Path, tmp_path: Path, ctl_json: Json, memorusctl: Run
) -> None:
    file = tmp_path / "b.db"
    file.write_text("precious")
    ctl_json("learn", "One.", "--raw")
    assert memorusctl("backup", str(file)).returncode == EXIT["usage"]
    assert file.read_text() == "precious"
    assert "1 memories" in memorusctl("backup", str(file), "--yes").stdout
    assert sorted(path.name for path in tmp_path.glob("b.db*")) == ["b.db"]


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE t (x)")
        other.commit()


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as store:
        store.execute("PRAGMA user_version = 99")


def _torn(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(4096 * 4))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(b""), "not a store of Memorus"),
        (lambda path: path.write_text("a letter"), "not a database"),
        (lambda path: path.unlink(), "there is no store at"),
        (_foreign, "not a store of Memorus"),
        (_newer, "made by a newer Memorus"),
        (_torn, ""),
    ],
    ids=["empty", "text", "missing", "foreign", "newer", "torn"],
)
def test_what_is_no_sound_store_is_not_restored(
    spoil: Callable[[Path], object], said: str, own: Path, tmp_path: Path, ctl_json: Json, memorusctl: Run
) -> None:
    file = tmp_path / "b.db"
    ctl_json("learn", "Here.", "--raw")
    ctl_json("backup", str(file))
    spoil(file)
    pid = ctl_json("daemon", "status")["pid"]
    done = memorusctl("restore", str(file), "--yes")
    assert done.returncode == EXIT["unavailable"], done.stdout
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 2
    assert ctl_json("daemon", "status")["pid"] == pid  # not even the daemon was disturbed
    assert _texts(ctl_json) == {"Here."}
    assert not list(own.glob("*restor*"))


def test_an_old_store_is_restored_and_migrated(own: Path, ctl_json: Json, tmp_path: Path) -> None:
    old = Path(__file__).parents[2] / "fixtures" / "store-v1.db"
    shutil.copy(old, tmp_path / "old.db")
    count = ctl_json("restore", str(tmp_path / "old.db"))["memories"]
    assert count > 0
    status = ctl_json("status")
    assert (status["memories"], status["store"]["schema"]) == (count, 3)


def test_a_store_in_use_by_another_process_is_left_alone(
    own: Path, tmp_path: Path, ctl_json: Json, memorusctl: Run
) -> None:
    ctl_json("learn", "Here.", "--raw")
    ctl_json("backup", str(tmp_path / "b.db"))
    code = (
        "from memorus_client import Memory; m = Memory({'daemon': {'enabled': False}}); m.status();"
        "print('up', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        done = memorusctl("restore", str(tmp_path / "b.db"), "--yes")
        process.kill()
    assert done.returncode == EXIT["unavailable"]
    assert "another process uses" in done.stderr
    assert _texts(ctl_json) == {"Here."}


def test_a_restore_that_is_killed_leaves_the_old_store_or_the_new(
    own: Path, tmp_path: Path, ctl_json: Json
) -> None:
    ctl_json("import", "-", input=json.dumps([{"memory": f"Old number {n}."} for n in range(200)]))
    ctl_json("backup", str(tmp_path / "b.db"))
    ctl_json("learn", "Later.", "--raw")
    seen = set()
    for milliseconds in (250, 400, 500, 600, 700, 900):
        with subprocess.Popen([PROGRAM, "restore", str(tmp_path / "b.db"), "--yes"]) as process:
            try:
                process.wait(milliseconds / 1000)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGINT if milliseconds % 200 else signal.SIGKILL)
                process.wait(60)
        assert ctl_json("verify")["ok"]
        seen.add(ctl_json("status")["memories"])
    assert seen <= {200, 201}


def test_there_must_be_something_to_back_up(own: Path, tmp_path: Path, memorusctl: Run) -> None:
    done = memorusctl("backup", str(tmp_path / "b.db"))
    assert done.returncode == EXIT["unavailable"]
    assert not own.exists()
    assert list(tmp_path.glob("b.db*")) == []
