"""Starting the daemon: what can go wrong, and what the user is told or spared then."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorus_client import AsyncMemory, Memory, _spawn
from memorus_client._connect import connect_or_spawn
from memorus_client.daemon import daemon_status, start_daemon
from memorus_proto.errors import ConfigError, DaemonUnavailable, MemorusError, StoreError
from memorus_proto.paths import Paths

Shadow = Callable[[str], None]
DIES = "import sys; sys.exit('boom: no such luck')"


def test_first_use_starts_one_with_everything_private(paths: Paths, own_daemon: None, tmp_path: Path) -> None:
    Memory().add("Nobody else may read this.", infer=False)
    for directory in (paths.home, paths.runtime, paths.log.parent):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700, directory
    files = [path for path in paths.home.rglob("*") if not path.is_dir()]
    assert {paths.store, paths.socket, paths.log, paths.instance_lock} <= set(files)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    status = daemon_status()
    assert status is not None
    assert os.getsid(status["pid"]) == status["pid"]  # Ctrl-C in our terminal is not for it


def test_a_daemon_that_dies_is_told_with_the_end_of_its_log(paths: Paths, broken_daemon: Shadow) -> None:
    broken_daemon("import sys; print('x' * 10_000, file=sys.stderr); " + DIES)
    with pytest.raises(DaemonUnavailable, match="died before it was ready") as caught:
        connect_or_spawn(paths, {})
    assert caught.value.message.endswith("boom: no such luck")
    assert str(paths.log) in str(caught.value)
    assert len(caught.value.message) < 3_000


def test_the_log_of_an_earlier_life_is_not_blamed(paths: Paths, broken_daemon: Shadow) -> None:
    paths.home.mkdir(mode=0o700)
    paths.log.parent.mkdir(mode=0o700)
    paths.log.write_text("an old story\n")
    broken_daemon("")
    with pytest.raises(DaemonUnavailable, match="nothing was logged"):
        connect_or_spawn(paths, {})


def test_then_the_engine_runs_here(
    home: Path, broken_daemon: Shadow, caplog: pytest.LogCaptureFixture
) -> None:
    broken_daemon(DIES)
    with Memory() as memory, caplog.at_level(logging.WARNING):
        [added] = memory.add("It works all the same.", infer=False)["results"]
        assert memory.get(added["id"])["memory"] == "It works all the same."  # type: ignore[index]
        assert not memory.daemon_available
        assert memory.status()["in_process"] is True
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert "boom: no such luck" in warnings[0].getMessage()


def test_a_python_that_is_gone(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(DaemonUnavailable, match="cannot run /nowhere/python"):
        connect_or_spawn(paths, {})


def test_a_directory_open_to_others_is_not_used(
    paths: Paths, caplog: pytest.LogCaptureFixture, kill_daemon: Callable[[], Any]
) -> None:
    paths.home.mkdir(mode=0o700)
    paths.runtime.mkdir()
    paths.runtime.chmod(0o755)
    with pytest.raises(DaemonUnavailable, match="mode 0755"):
        start_daemon()
    with Memory() as memory, caplog.at_level(logging.WARNING):
        memory.add("Kept without a daemon.", infer=False)
        assert not memory.daemon_available
    assert "chmod 700" in caplog.text
    assert stat.S_IMODE(paths.runtime.stat().st_mode) == 0o755  # refused, not repaired
    assert not paths.socket.exists()
    paths.runtime.chmod(0o700)
    try:
        assert len(Memory().get_all()["results"]) == 1
        assert daemon_status() is not None
    finally:
        kill_daemon()


@pytest.mark.parametrize("face", ["sync", "async"])
def test_bad_settings_are_no_reason_to_do_without(paths: Paths, face: str) -> None:
    config = {"daemon": {"idle_timeout": -1}}

    def call() -> None:
        if face == "sync":
            Memory(config).get_all()
        else:
            asyncio.run(AsyncMemory(config).get_all())

    with pytest.raises(ConfigError, match=r"daemon\.idle_timeout"):
        call()
    assert not paths.store.exists()
    assert daemon_status() is None


def test_a_store_that_does_not_open_is_its_own_error(paths: Paths) -> None:
    paths.home.mkdir(mode=0o700)
    paths.store.mkdir()
    with pytest.raises(StoreError) as caught:
        Memory().get_all()
    assert str(paths.store) in caught.value.message
    assert daemon_status() is None


def test_what_a_failed_daemon_says_may_be_nonsense(paths: Paths, broken_daemon: Shadow) -> None:
    broken_daemon('print(\'{"state": "failed", "error": 5}\')')
    with pytest.raises(MemorusError, match="a malformed error"):
        connect_or_spawn(paths, {})


def test_settings_that_are_the_daemons(shared: Path) -> None:
    Memory().status()
    embedder = {"config": {"model_path": "/elsewhere", "download": False}}
    other = Memory({"embedder": embedder, "retrieval": {"max_results": 1}})
    with pytest.raises(ConfigError) as caught:
        other.get_all()
    differences = caught.value.data["differences"]
    assert [line.split(":")[0] for line in differences] == [
        "embedder.config.model_path",
        "embedder.config.download",
    ]
    assert "None" in differences[0]
    assert "/elsewhere" in differences[0]
    for line in differences:
        assert line in caught.value.message
    # It is told again each time, and nobody else is bothered.
    with pytest.raises(ConfigError):
        other.add("x", infer=False)
    assert Memory({"retrieval": {"max_results": 1}}).get_all() == {"results": []}


def test_settings_reach_a_daemon_that_is_started(home: Path, own_daemon: None) -> None:
    config = {"daemon": {"idle_timeout": 1234.5}}
    assert start_daemon(config)["idle_timeout"] == 1234.5
    assert Memory(config).get_all() == {"results": []}


def test_settings_go_over_stdin_alone(paths: Paths, broken_daemon: Shadow) -> None:
    broken_daemon(
        "import json, os, sys\n"
        "sent = json.loads(sys.stdin.readline())\n"
        "seen = {'sent': sent, 'argv': sys.argv[1:], 'environ': dict(os.environ), 'cwd': os.getcwd()}\n"
        "sys.exit(json.dumps(seen))"
    )
    secret = {"embedder": {"config": {"model_path": "/sk-secret"}}}
    with pytest.raises(DaemonUnavailable):
        connect_or_spawn(paths, secret)
    seen = json.loads(paths.log.read_text())
    assert seen["sent"] == {"settings": secret}
    assert seen["argv"] == ["--spawned"]
    assert "sk-secret" not in json.dumps([seen["argv"], seen["environ"]])
    assert seen["cwd"] == "/"


def test_one_starts_it_and_the_others_wait(home: Path, own_daemon: None) -> None:
    before = set(_spawn._started)
    barrier = threading.Barrier(8)
    pids: list[int] = []

    def client() -> None:
        barrier.wait(20)
        pids.append(start_daemon()["pid"])

    threads = [threading.Thread(target=client) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(pids) == 8
    assert _spawn._started - before == set(pids)
    assert len(set(pids)) == 1


SLOW = 'import time; time.sleep(0.5); print(\'{"state": "ready"}\')'


def test_a_child_forked_meanwhile_does_not_hold_the_spawn_lock(paths: Paths, broken_daemon: Shadow) -> None:
    """A lock that a forked child inherits would stop everybody from starting a daemon while it lives."""
    broken_daemon(SLOW)
    script = (
        "import fcntl, os, signal, threading, time\n"
        "from memorus_proto.paths import Paths\n"
        "from memorus_client._spawn import spawn_daemon\n"
        "paths = Paths.from_environ()\n"
        "thread = threading.Thread(target=spawn_daemon, args=(paths, {}, lambda: True))\n"
        "thread.start()\n"
        "while not paths.log.exists():\n"
        "    time.sleep(0.01)\n"
        "child = os.fork()\n"  # while the thread waits for the line
        "if child == 0:\n"
        "    time.sleep(30)\n"
        "    os._exit(0)\n"
        "thread.join()\n"
        "try:\n"
        "    with paths.spawn_lock.open() as lock:\n"
        "        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
        "    print('free')\n"
        "finally:\n"
        "    os.kill(child, signal.SIGKILL)\n"
        "    os.waitpid(child, 0)\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "free\n", done.stderr


def test_the_daemon_reads_one_line_not_to_the_end(home: Path, kill_daemon: Callable[[], Any]) -> None:
    """The other end of its stdin may live on in a child that was forked at the wrong moment."""
    command = [sys.executable, "-m", "memorusd", "--spawned"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as daemon:
        assert daemon.stdin is not None
        assert daemon.stdout is not None
        try:
            daemon.stdin.write(b'{"settings": {}}\n')
            daemon.stdin.flush()
            assert json.loads(daemon.stdout.readline())["state"] == "ready"
        finally:
            daemon.kill()


def test_ended_daemons_do_not_pile_up_as_zombies(
    home: Path, own_daemon: None, broken_daemon: Shadow, monkeypatch: pytest.MonkeyPatch, paths: Paths
) -> None:
    _spawn._reap()
    before = set(_spawn._started)
    broken_daemon(DIES)
    for _ in range(3):
        with pytest.raises(DaemonUnavailable):
            connect_or_spawn(paths, {})
        time.sleep(0.05)
    monkeypatch.delenv("PYTHONPATH")
    Memory().status()
    deadline = time.monotonic() + 10
    while len(_spawn._started - before) > 1 and time.monotonic() < deadline:
        _spawn._reap()
        time.sleep(0.01)
    [alive] = _spawn._started - before
    status = daemon_status()
    assert status is not None
    assert alive == status["pid"]
