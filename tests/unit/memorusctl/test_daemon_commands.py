"""`memorusctl daemon …`, each test with a home and a daemon of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from memorusctl.definitions import EXIT

Run = Callable[..., subprocess.CompletedProcess[str]]
Json = Callable[..., Any]

PROGRAM = str(Path(sys.executable).with_name("memorusctl"))


@pytest.mark.usefixtures("own")
def test_start_status_stop(ctl_json: Json, memorusctl: Run) -> None:
    none = memorusctl("daemon", "status", "--json")
    assert none.returncode == EXIT["unavailable"]
    assert json.loads(none.stdout)["error"]["code"] == "DAEMON_UNAVAILABLE"

    first, second = ctl_json("daemon", "start"), ctl_json("daemon", "start")
    assert (first["started"], second["started"]) == (True, False)
    assert first["pid"] == second["pid"] == ctl_json("daemon", "status")["pid"]

    assert ctl_json("daemon", "stop") == {"stopped": True}
    assert ctl_json("daemon", "stop") == {"stopped": False}
    assert memorusctl("daemon", "stop").stdout == "no daemon was running\n"
    assert memorusctl("daemon", "status").returncode == EXIT["unavailable"]


def test_neither_status_nor_stop_nor_logs_starts_one(own: Path, memorusctl: Run) -> None:
    statuses = [memorusctl("daemon", name).returncode for name in ("status", "stop", "logs")]
    assert statuses == [EXIT["unavailable"], EXIT["done"], EXIT["not found"]]
    assert not (own / "memorus.db").exists()


def test_logs_print_the_last_lines(home: Path, ctl_json: Json, memorusctl: Run) -> None:
    missing = memorusctl("daemon", "logs")
    assert missing.returncode == EXIT["not found"]
    log = home / "logs" / "memorusd.log"
    assert str(log) in missing.stderr
    log.parent.mkdir(parents=True)
    log.write_bytes(b"one\ntwo\x1b[0m\nthr\xffee\nunfinis")
    assert ctl_json("daemon", "logs") == {"path": str(log), "lines": ["one", "two\x1b[0m", "thr\\xffee"]}
    assert memorusctl("daemon", "logs", "-n", "2").stdout == "two\\x1b[0m\nthr\\xffee\n"
    assert memorusctl("daemon", "logs", "-n", "0").stdout == ""
    assert memorusctl("daemon", "logs", "-n", "-1").returncode == EXIT["usage"]
    assert memorusctl("daemon", "logs", "-f", "--json").returncode == EXIT["usage"]


@contextmanager
def _running(*words: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([PROGRAM, *words], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_logs_follow_what_is_written_and_rotated(home: Path) -> None:
    log = home / "logs" / "memorusd.log"
    log.parent.mkdir(parents=True)
    log.write_text("first\nhal")
    with _running("daemon", "logs", "-f") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "first\n"
        with log.open("a") as file:
            file.write("f\nlast")
            file.flush()
            assert process.stdout.readline() == "half\n"
            log.rename(log.with_suffix(".log.1"))
            file.write(" of the old\n")
        log.write_text("new\n")
        assert process.stdout.readline() == "last of the old\n"
        assert process.stdout.readline() == "new\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130


@pytest.mark.usefixtures("own")
def test_run_is_the_daemon_in_the_foreground(ctl_json: Json, memorusctl: Run) -> None:
    with _running("daemon", "run") as process:
        while memorusctl("daemon", "status").returncode != 0:
            assert process.poll() is None
        assert ctl_json("daemon", "status")["pid"] == process.pid
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(60) == 0
    assert memorusctl("daemon", "status").returncode == EXIT["unavailable"]
