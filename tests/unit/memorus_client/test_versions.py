"""Old and new side by side: only a newer client replaces an older daemon, and only once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_client import Memory
from memorus_client.daemon import daemon_status, stop_daemon
from memorus_proto.errors import VersionMismatch
from memorus_proto.messages import PROTOCOL_MAX, PROTOCOL_MIN
from memorus_proto.paths import Paths

FAKE = Path(__file__).with_name("fake_old_daemon.py")
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(paths: Paths, own_daemon: None) -> Iterator[Start]:
    paths.home.mkdir(mode=0o700)
    paths.runtime.mkdir(mode=0o700)
    running: list[subprocess.Popen[str]] = []

    def begin(low: int, high: int, *more: str) -> subprocess.Popen[str]:
        command = [sys.executable, str(FAKE), str(paths.socket), str(paths.instance_lock)]
        process = subprocess.Popen([*command, str(low), str(high), *more], stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield begin
    for process in running:
        process.kill()
        process.wait(20)
        assert process.stdout is not None
        process.stdout.close()


def test_an_older_daemon_is_drained_and_replaced(start: Start) -> None:
    old = start(0, 0)
    assert daemon_status()["protocol"] == [0, 0]  # type: ignore[index]
    memory = Memory()
    assert not memory.daemon_available
    memory.add("The new one has come.", infer=False)
    assert memory.daemon_available
    # The new one could only take the store once the old one was through with its work.
    out, _ = old.communicate(timeout=30)
    assert out.split("\n") == ["called daemon.status", "called daemon.shutdown", "drained", ""]
    assert old.returncode == 0
    status = daemon_status()
    assert status is not None
    assert status["protocol"] == [PROTOCOL_MIN, PROTOCOL_MAX]
    assert status["pid"] != old.pid


def test_an_older_daemon_that_stays_is_asked_once(start: Start) -> None:
    old = start(0, 0, "--stubborn")
    with pytest.raises(VersionMismatch, match="memorusctl daemon stop") as caught:
        Memory().get_all()
    assert caught.value.data == {"version": "0.0", "protocol": [0, 0]}
    assert old.poll() is None
    old.kill()
    assert old.communicate()[0] == "called daemon.shutdown\n"


def test_a_newer_daemon_is_left_alone(start: Start) -> None:
    new = start(PROTOCOL_MAX + 1, PROTOCOL_MAX + 2)
    memory: Any = Memory()
    for _ in range(2):
        with pytest.raises(VersionMismatch, match="upgrade memorus") as caught:
            memory.add("From the past.", infer=False)
        assert f"version {PROTOCOL_MAX + 2}.0" in caught.value.message
    assert not memory.daemon_available
    assert new.poll() is None
    # What is frozen works across the gap, so the remedy "stop it" is always there.
    assert daemon_status()["pid"] == new.pid  # type: ignore[index]
    assert stop_daemon()
    out, _ = new.communicate(timeout=30)
    assert out.split("\n") == ["called daemon.status", "called daemon.shutdown", "drained", ""]


def test_a_daemon_that_speaks_ours_too_is_used(start: Start) -> None:
    start(PROTOCOL_MIN, PROTOCOL_MAX + 1)
    assert Memory().daemon_available
