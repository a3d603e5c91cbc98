"""`memorusctl store migrate` between real stores: there and back, cut off, and what it refuses."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_client import Memory
from memorus_client.daemon import stop_daemon

from .processes import Postgres, free_port

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ctl(home: Path) -> Iterator[Run]:
    """The installed program; the daemon that it may have started is stopped at the end."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        program = str(Path(sys.executable).with_name("memorusctl"))
        return subprocess.run([program, *words], capture_output=True, text=True, timeout=100, check=False)

    yield run
    stop_daemon()


@pytest.fixture
def target(postgres: Postgres, tmp_path: Path) -> Path:
    """A file that names a collection which is not there yet."""
    return described(tmp_path / "target.toml", "pgvector", postgres.config(f"c{uuid.uuid4().hex[:12]}"))


def described(file: Path, provider: str, config: dict[str, Any]) -> Path:
    lines = [f"{name} = {json.dumps(value)}" for name, value in config.items()]
    head = f'[vector_store]\nprovider = "{provider}"\n\n[vector_store.config]\n'
    file.write_text(head + "\n".join(lines) + "\n")
    return file


def local() -> Memory:
    return Memory({"daemon": {"enabled": False}})


def fill(count: int) -> None:
    """Memories of all kinds, with histories."""
    with local() as memory:
        entries: list[dict[str, Any]] = [
            {"id": f"m-{n}", "memory": f"Machine {n} stands in room {n}.", "metadata": {"n": n, "deep": [n]}}
            for n in range(count)
        ]
        entries.append(
            {
                "id": str(uuid.uuid4()),
                "memory": "The old mainframe is in the cellar.",
                "archived_at": "2026-01-02T03:04:05+00:00",
                "recall_count": 7,
                "last_recalled_at": "2026-01-01T00:00:00+00:00",
                "user_id": "ann",
                "tags": ["old"],
            }
        )
        entries.append({"memory": "A long text tells much about the deployment. " * 60})
        assert memory.import_data(entries)["imported"] == count + 2
        memory.update("m-1", "Machine 1 was moved to the attic.")
        memory.delete("m-2")
        assert memory.search("which machine is in the attic?")["results"][0]["id"] == "m-1"


def everything() -> tuple[list[Any], dict[str, list[Any]]]:
    with local() as memory:
        document: Any = memory.export()
        entries = sorted(document["memories"], key=lambda entry: entry["id"])
        asked = ["m-1", "m-2", *(entry["id"] for entry in entries[:5])]
        histories = {
            id: [(c["event"], c["created_at"], c["new_memory"]) for c in memory.history(id)] for id in asked
        }
        return entries, histories


def test_there_and_back(ctl: Run, home: Path, target: Path) -> None:
    fill(300)
    before = everything()
    (home / "config.toml").write_text("[daemon]\nidle_timeout = 60.0 # a minute\n")
    there = ctl("store", "migrate", "--to", str(target), "--switch", "--json")
    assert there.returncode == 0, there.stdout
    done = json.loads(there.stdout)
    assert (done["memories"], done["written"]) == (301, 302)
    assert "# a minute" in (home / "config.toml").read_text()
    assert "not-checked" not in there.stdout
    with local() as memory:
        assert memory.status()["store"]["kind"] == "pgvector"
        assert memory.status()["index"]["without_vector"] == 0, "no vector was made anew"
        assert memory.search("what is in the attic?")["results"][0]["id"] == "m-1"
    # Searching has counted a recall; the rest is as it was.
    assert strip(everything()) == strip(before)
    (home / "memorus.db").rename(home / "old.db")
    back = ctl("store", "migrate", "--to", "sqlite", "--switch", "--json")
    assert back.returncode == 0, back.stdout
    assert json.loads(back.stdout)["memories"] == 301
    assert "vector_store" not in (home / "config.toml").read_text()
    assert strip(everything()) == strip(before)
    assert ctl("verify").returncode == 0


def strip(found: tuple[list[Any], dict[str, list[Any]]]) -> object:
    return [{k: v for k, v in e.items() if "recall" not in k} for e in found[0]], found[1]


def test_the_checksum_is_that_of_both_and_again(ctl: Run, home: Path, target: Path) -> None:
    fill(20)
    first = json.loads(ctl("store", "migrate", "--to", str(target), "--json").stdout)
    again = json.loads(ctl("store", "migrate", "--to", str(target), "--json").stdout)
    assert (first["written"], again["written"]) == (22, 0)
    assert first["checksum"] == again["checksum"]
    (home / "config.toml").write_text(target.read_text())
    (home / "memorus.db").unlink()
    back = json.loads(ctl("store", "migrate", "--to", "sqlite", "--json").stdout)
    assert back["checksum"] == first["checksum"]


KILLED = """
import os, sys
from memorus_proto.paths import Paths
from memorusd.migration.migrate import migrate, parse_target

def progress(done, of):
    if done >= 500:
        os.kill(os.getpid(), 9)

migrate(Paths.from_environ(), parse_target(sys.argv[1]), progress)
"""


@pytest.mark.parametrize("provider", ["pgvector", pytest.param("chroma", marks=pytest.mark.full)])
def test_a_killed_run_is_finished_by_the_next(
    ctl: Run, target: Path, provider: str, request: pytest.FixtureRequest
) -> None:
    if provider == "chroma":
        server = request.getfixturevalue("chroma")
        target = described(target, "chroma", server.config(f"c{uuid.uuid4().hex[:12]}"))
    fill(800)
    killed = subprocess.run([sys.executable, "-c", KILLED, target], timeout=100, check=False)
    assert killed.returncode == -signal.SIGKILL
    done = ctl("store", "migrate", "--to", str(target), "--json")
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["memories"] == 801
    assert 250 <= json.loads(done.stdout)["written"] <= 302, "what was there was left alone"


def test_what_waits_goes_along(ctl: Run, home: Path, target: Path) -> None:
    fill(3)
    script = """
import os
from memorusd.knowledge.store.sqlite import SqliteStore
from memorus_proto.paths import Paths
store = SqliteStore.open(Paths.from_environ().store)
store.post("r1", b"\\x80")
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", script], timeout=60, check=True)
    done = ctl("store", "migrate", "--to", str(target))
    assert "1 interactions that are waiting" in done.stdout, done.stderr
    assert "verified: 4 memories are in pgvector as in sqlite" in done.stdout
    assert f"of {target} into {home / 'config.toml'}" in done.stdout


def test_a_running_daemon_is_stopped_when_asked(ctl: Run, target: Path) -> None:
    assert ctl("learn", "--raw", "The build runs on Tuesdays.").returncode == 0
    refused = ctl("store", "migrate", "--to", str(target))
    assert refused.returncode == 2
    assert "use --yes" in refused.stderr
    assert ctl("daemon", "status").returncode == 0
    assert ctl("store", "migrate", "--to", str(target), "--yes").returncode == 0
    assert ctl("daemon", "status").returncode == 4


def test_what_the_target_knows_is_not_lost(ctl: Run, home: Path, target: Path) -> None:
    fill(3)
    assert ctl("store", "migrate", "--to", str(target), "--switch").returncode == 0
    with local() as memory:
        memory.update("m-0", "Machine 0 is broken.")
    (home / "config.toml").unlink()
    older = ctl("store", "migrate", "--to", str(target))
    assert (older.returncode, "newer memory m-0" in older.stderr) == (2, True)
    (home / "config.toml").write_text(target.read_text())
    assert ctl("store", "migrate", "--to", "sqlite").returncode == 0, "the newer goes over the older"
    with local() as memory:
        memory.add("A stranger.", infer=False)
    assert ctl("store", "migrate", "--to", "sqlite").returncode == 0
    (home / "memorus.db").rename(home / "old.db")
    (home / "config.toml").unlink()
    fill(3)
    other = ctl("store", "migrate", "--to", str(target))
    assert (other.returncode, "not in this store" in other.stderr) == (2, True)


def test_errors_are_clear(ctl: Run, home: Path, tmp_path: Path, postgres: Postgres) -> None:
    def said(*words: str) -> tuple[int, str]:
        done = ctl("store", "migrate", *words)
        return done.returncode, done.stderr

    status, text = said()
    assert (status, "--to sqlite" in text) == (2, True)
    status, text = said("--to", "no-such.toml")
    assert (status, "there is no file no-such.toml" in text) == (2, True)
    (tmp_path / "empty.toml").write_text("[daemon]\n")
    status, text = said("--to", str(tmp_path / "empty.toml"))
    assert (status, "has no [vector_store] table" in text) == (2, True)
    status, text = said("--to", "sqlite")
    assert (status, "already" in text) == (2, True)
    config = postgres.config("never")
    away = described(
        tmp_path / "away.toml", "pgvector", {**config, "port": free_port(), "password": "s3cret-x"}
    )
    status, text = said("--to", str(away))
    assert (status, "nothing to migrate" in text) == (2, True)
    fill(3)
    status, text = said("--to", str(away), "--switch")
    assert (status, "cannot be reached" in text, "s3cret-x" in text) == (4, True, False)
    assert not (home / "config.toml").exists()
    assert not list(home.glob("verify-*"))


def test_commands_on_files_say_that_a_server_has_it(ctl: Run, home: Path, target: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text(target.read_text())
    for words in (("backup", "copy.db"), ("restore", str(target), "--yes")):
        done = ctl(*words)
        assert (done.returncode, "pgvector keeps the memories" in done.stderr) == (2, True), done
    for command in ("verify", "doctor"):
        assert "pgvector keeps it; it was not checked" in ctl(command).stdout
