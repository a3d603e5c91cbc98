"""A daemon and two in-process users work in one store at once, and none ever sees anything stale."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memorus_client import Memory
from memorus_client.daemon import daemon_status

USER = Path(__file__).with_name("agree_user.py")
USERS = {"ada": "daemon", "bob": "in-process", "cyd": "in-process"}


@pytest.fixture(autouse=True)
def no_daemon_left(home: Path) -> Iterator[None]:
    yield
    status = daemon_status()
    if status is not None:
        os.kill(status["pid"], signal.SIGKILL)


def agree(seconds: float) -> None:
    users = [
        subprocess.Popen(
            [sys.executable, "-W", "error", str(USER), name, transport, str(seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name, transport in USERS.items()
    ]

    def hear(user: subprocess.Popen[str]) -> str:
        assert user.stdout is not None
        line = user.stdout.readline()
        if not line:
            assert user.stderr is not None
            pytest.fail(user.stderr.read())
        return line

    def tell(user: subprocess.Popen[str]) -> None:
        assert user.stdin is not None
        user.stdin.write("go\n")
        user.stdin.flush()

    try:
        assert [hear(user) for user in users] == ["up\n"] * 3
        for user in users:
            tell(user)
        writes = [int(hear(user).removeprefix("done ")) for user in users]
        assert min(writes) > 0  # none of them starved
        for user in users:
            tell(user)
        seen = [json.loads(hear(user)) for user in users]
        for user in users:
            out, err = user.communicate(timeout=60)
            assert (user.returncode, out, err) == (0, "", "")
    finally:
        for user in users:
            user.kill()
            user.communicate()
    assert [one["daemon"] for one in seen] == [transport == "daemon" for transport in USERS.values()]
    first = seen[0]
    assert first["everything"]
    for other in seen[1:]:
        assert other["everything"] == first["everything"]
        for query, scores in first["scores"].items():
            assert scores.keys() == {one["id"] for one in first["everything"]}
            # The same vectors, multiplied in heaps of other sizes: equal up to rounding.
            assert other["scores"][query] == pytest.approx(scores, abs=1e-5)
    # And what somebody new, who reads it all from the disk, sees is the same.
    with Memory({"daemon": {"enabled": False}}) as fresh:
        everything = fresh.get_all()["results"]
        for one in everything:
            for name in ("recall_count", "last_recalled_at", "weight"):  # see agree_user.settled
                one.pop(name, None)
        assert everything == first["everything"]
    print(f"{writes} writes, {len(first['everything'])} memories at the end, all agree")


def test_three_users_at_once() -> None:
    agree(3)


@pytest.mark.full
def test_three_users_for_a_minute() -> None:
    agree(60)
