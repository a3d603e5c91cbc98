"""`doctor` finds what is wrong, says what to do and mends what is derived; `verify` is the store alone."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
Json = Callable[..., Any]

EVERY = {
    "versions", "home", "runtime directory", "store file", "disk", "settings", "model", "store", "journal",
    "clock", "inbox", "vectors", "set aside", "daemon", "index",
}  # fmt: skip


@pytest.fixture
def doctor(memorusctl: Run) -> Callable[..., dict[str, dict[str, Any]]]:
    """The checks by name; the exit status is held against their states."""

    def call(*words: str) -> dict[str, dict[str, Any]]:
        done = memorusctl(*(words or ("doctor",)), "--json")
        told = json.loads(done.stdout)
        checks = {check["name"]: check for check in told["checks"]}
        states = [check["state"] for check in told["checks"]]
        assert done.returncode == ("fail" in states), done.stdout
        assert told["ok"] == (set(states) == {"ok"})
        assert all(check["remedy"] for check in told["checks"] if check["state"] != "ok"), checks
        return checks

    return call


Doctor = Callable[..., dict[str, dict[str, Any]]]


def _bad(checks: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {name: check["state"] for name, check in checks.items() if check["state"] != "ok"}


def _sql(home: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(home / "memorus.db")) as store:
        store.execute(statement, values)
        store.commit()


@pytest.fixture
def used(own: Path, ctl_json: Json) -> Path:
    """A home with three memories and a daemon."""
    for text in ("The cat is called Fritz.", "Use UTC for timestamps.", "记忆"):
        ctl_json("learn", text, "--raw")
    return own


def test_all_is_well(used: Path, doctor: Doctor, memorusctl: Run) -> None:
    checks = doctor()
    assert _bad(checks) == {}
    assert checks.keys() == EVERY
    shown = memorusctl("doctor").stdout
    assert all(line.startswith("ok") for line in shown.splitlines())
    assert _bad(doctor("verify")) == {}
    assert doctor("verify").keys() == {"store", "journal", "clock", "inbox", "vectors", "set aside"}


def test_before_anything_was_learned(own: Path, doctor: Doctor) -> None:
    assert _bad(doctor()) == {}
    assert not own.exists()  # looking makes nothing


def test_places_that_others_reach(used: Path, doctor: Doctor, ctl_json: Json) -> None:
    ctl_json("daemon", "stop")
    used.chmod(0o755)
    (used / "memorus.db").chmod(0o644)
    checks = doctor()
    assert {"home", "store file"} <= _bad(checks).keys()
    assert checks["home"]["remedy"] == f"run: chmod 700 {used}"


def test_settings_that_are_wrong(used: Path, doctor: Doctor) -> None:
    (used / "config.toml").write_text("[daemon]\nidle_timeot = 3\n")
    checks = doctor()
    assert _bad(checks) == {"settings": "fail"}
    assert "did you mean daemon.idle_timeout?" in checks["settings"]["remedy"]


def test_a_daemon_with_other_settings(used: Path, doctor: Doctor, ctl_json: Json) -> None:
    ctl_json("config", "set", "decay.half_life_days", "3")
    assert _bad(doctor()) == {"daemon settings": "warn"}
    ctl_json("daemon", "restart")
    assert _bad(doctor()) == {}


def test_a_killed_daemon_is_no_fault(used: Path, doctor: Doctor, ctl_json: Json) -> None:
    os.kill(ctl_json("daemon", "status")["pid"], signal.SIGKILL)
    checks = doctor()
    assert _bad(checks) == {}
    assert "left over" in checks["daemon"]["found"]


def test_missing_model_files(used: Path, doctor: Doctor, tmp_path: Path, ctl_json: Json) -> None:
    ctl_json("daemon", "stop")
    ctl_json("config", "set", "embedder.config.model_path", str(tmp_path / "nowhere"))
    checks = doctor()
    assert _bad(checks) == {"model": "fail"}
    assert "is not a file" in checks["model"]["found"]


def test_a_damaged_model_file(used: Path, doctor: Doctor, ctl_json: Json) -> None:
    cache = used / "models" / "all-MiniLM-L6-v2"
    cache.mkdir(parents=True)
    for name in ("model.onnx", "tokenizer.json"):
        (cache / name).write_text("not it")
    checks = doctor()
    assert _bad(checks)["model"] == "fail"
    assert "SHA-256" in checks["model"]["found"]


def test_vectors_that_are_broken_missing_or_of_other_texts_are_made_anew(
    used: Path, doctor: Doctor, ctl_json: Json, memorusctl: Run
) -> None:
    ctl_json("daemon", "stop")
    _sql(used, "UPDATE bullets SET vector = zeroblob(length(vector)) WHERE n = 1")
    _sql(used, "UPDATE bullets SET model = NULL, vector = NULL WHERE n = 2")
    checks = doctor()
    assert _bad(checks) == {"vectors": "fail"}
    assert "1 memories have no vector" in checks["vectors"]["found"]
    assert "1 vectors are broken" in checks["vectors"]["found"]
    assert "--fix" in checks["vectors"]["remedy"]
    done = memorusctl("doctor", "--fix")
    assert done.returncode == 0
    assert done.stdout.startswith("2 vectors were rebuilt\n")
    assert _bad(doctor()) == {}
    # A vector of unit length, but another text's: only comparing shows it.
    _sql(used, "UPDATE bullets SET vector = (SELECT vector FROM bullets WHERE n = 1) WHERE n = 3")
    assert "is not that of its text" in doctor()["vectors"]["found"]
    assert ctl_json("doctor", "--fix")["mended"]["vectors"] == 3
    assert _bad(doctor()) == {}
    assert ctl_json("search", "记忆")["results"][0]["memory"] == "记忆"


def test_fix_gives_a_running_daemon_a_new_index(used: Path, ctl_json: Json) -> None:
    pid = ctl_json("daemon", "status")["pid"]
    assert ctl_json("doctor", "--fix")["mended"] == {"vectors": 0, "daemon_restarted": True}
    assert ctl_json("daemon", "status")["pid"] != pid


def test_rows_that_are_not_what_the_journal_says(used: Path, doctor: Doctor) -> None:
    _sql(used, "UPDATE bullets SET text = 'tampered' WHERE n = 1")
    checks = doctor("verify")
    assert _bad(checks)["journal"] == "fail"
    assert "1 memories differ from the journal" in checks["journal"]["found"]
    _sql(used, "DELETE FROM bullets WHERE n = 1")
    _sql(used, "DELETE FROM journal WHERE bullet_id = (SELECT id FROM bullets WHERE n = 2)")
    found = doctor("verify")["journal"]["found"]
    assert "1 memories are in no journal entry" in found
    assert "1 memories are in the journal but not in the table" in found


def test_every_kind_of_change_agrees_with_the_journal(used: Path, doctor: Doctor, ctl_json: Json) -> None:
    ids = [memory["id"] for memory in ctl_json("list")["results"]]
    ctl_json("search", "cat")  # recalls change counts, and have no image
    ctl_json("edit", ids[0], "In other words.")
    ctl_json("forget", ids[1], "--yes")
    ctl_json("learn", "Always use UTC for timestamps.")
    old = {"memory": "Ancient.", "created_at": "2001-01-01T00:00:00+00:00", "metadata": {"k": [1]}}
    ctl_json("import", "-", input=json.dumps([old]))
    ctl_json("sweep")
    (archived,) = ctl_json("list", "--archived")["results"]
    ctl_json("unarchive", archived["id"])
    ctl_json("daemon", "stop")  # so that recalls are written
    assert _bad(doctor("verify")) == {}


def test_a_damaged_store_is_told_and_left_where_it_is(used: Path, doctor: Doctor, ctl_json: Json) -> None:
    ctl_json("daemon", "stop")
    with (used / "memorus.db").open("r+b") as file:
        file.seek(4096 * 2)
        file.write(os.urandom(4096 * 6))
    before = (used / "memorus.db").read_bytes()
    for words in (("doctor",), ("verify",)):
        checks = doctor(*words)
        assert _bad(checks) == {"store": "fail"}
        assert "backup" in checks["store"]["remedy"] or "set aside" in checks["store"]["remedy"]
    assert (used / "memorus.db").read_bytes() == before


def test_fix_does_not_touch_a_damaged_store(used: Path, memorusctl: Run, ctl_json: Json) -> None:
    ctl_json("daemon", "stop")
    (used / "memorus.db").write_bytes(b"not a database at all" * 500)
    assert memorusctl("doctor", "--fix").returncode == 4
    assert (used / "memorus.db").read_bytes().startswith(b"not a database")


def test_a_clock_that_was_set_back(used: Path, doctor: Doctor) -> None:
    _sql(used, "UPDATE journal SET at = '2099-01-01T00:00:00.000000+00:00' WHERE seq = 1")
    assert _bad(doctor("verify")) == {"clock": "warn"}


def test_what_was_set_aside_is_told(used: Path, doctor: Doctor) -> None:
    (used / "memorus.db.corrupt-20260101T000000.000000Z").write_text("x")
    assert _bad(doctor()) == {"set aside": "warn"}


def test_no_network_is_asked(used: Path, doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEMORUS_OFFLINE")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert _bad(doctor()) == {}
