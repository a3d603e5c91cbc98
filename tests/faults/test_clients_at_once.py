"""Many client processes at the same moment on a machine with no daemon: one is started, all are served."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_client import Memory
from memorus_client.daemon import daemon_status
from memorus_proto.errors import MemorusError
from memorus_proto.paths import Paths

CLIENT = Path(__file__).with_name("client_at_once.py")


def kill() -> bool:
    """kill -9 the daemon; whether there was one."""
    try:
        status = daemon_status()
    except MemorusError:
        return False
    if status is None:
        return False
    try:
        os.kill(status["pid"], signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A fresh home for each round; its daemon ends with it."""

    def fresh(number: int) -> Paths:
        kill()
        monkeypatch.setenv("MEMORUS_HOME", str(tmp_path / f"home {number}"))
        return Paths.from_environ()

    yield fresh
    kill()


def at_once(clients: int, turns: int, kills: int = 0) -> list[dict[str, Any]]:
    """What each client saw. The daemon is killed `kills` times meanwhile, at random moments."""
    command = [sys.executable, "-W", "error", str(CLIENT)]
    running = [
        subprocess.Popen(
            [*command, str(number), str(turns)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(clients)
    ]
    try:
        for client in running:
            assert client.stdout is not None
            assert client.stdout.readline() == "up\n"
        for client in running:
            assert client.stdin is not None
            client.stdin.write("go\n")
            client.stdin.flush()
        for _ in range(kills):
            time.sleep(random.uniform(0.2, 1.0))
            while not kill() and any(client.poll() is None for client in running):
                time.sleep(0.01)
        seen = []
        for client in running:
            out, err = client.communicate(timeout=90)
            # A client that did without a daemon would have warned of it here.
            assert (client.returncode, err) == (0, "")
            seen.append(json.loads(out))
        return seen
    finally:
        for client in running:
            client.kill()
            client.communicate()


def check(paths: Paths, seen: list[dict[str, Any]]) -> None:
    """All was acknowledged by a daemon, and all that was is there, once."""
    assert all(one["through_daemon"] for one in seen)
    added = {id: text for one in seen for id, text in one["added"].items()}
    assert len(added) == sum(len(one["added"]) for one in seen)
    with Memory() as memory:
        found = [(one["id"], one["memory"]) for one in memory.get_all()["results"]]
    assert sorted(found) == sorted(added.items())


def starts(paths: Paths) -> int:
    return paths.log.read_text().count("ready on")


def one_round(paths: Paths, clients: int) -> None:
    seen = at_once(clients, turns=1)
    assert len({one["instance"] for one in seen}) == 1
    assert None not in {one["instance"] for one in seen}
    check(paths, seen)
    assert starts(paths) == 1


def killed_round(paths: Paths, clients: int, turns: int) -> None:
    seen = at_once(clients, turns, kills=2)
    check(paths, seen)
    assert starts(paths) >= 2


def test_one_daemon_for_all(homes: Any) -> None:
    one_round(homes(0), 20)


def test_a_kill_in_the_middle_is_noticed_by_nobody(homes: Any) -> None:
    killed_round(homes(0), 8, 20)


@pytest.mark.full
@pytest.mark.timeout(900)
def test_one_daemon_for_fifty_20_rounds(homes: Any) -> None:
    for number in range(20):
        one_round(homes(number), 50)


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_kills_in_the_middle_of_fifty_20_rounds(homes: Any) -> None:
    for number in range(20):
        killed_round(homes(number), 50, 5)
