"""Writers under load, and the daemon is killed -9 at random points: what was acknowledged is there, once."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from memorus_client import Memory
from memorus_client.daemon import daemon_status, start_daemon
from memorus_proto.paths import Paths

WRITER = Path(__file__).with_name("client_writer.py")
WRITERS = 8


class Writer:
    """One writing process, and what it was promised."""

    def __init__(self, number: int) -> None:
        self.acknowledged: list[tuple[str, str]] = []
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", str(WRITER), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            id, _, text = line.rstrip("\n").partition("\t")
            self.acknowledged.append((id, text))

    def stop(self) -> str:
        """Let it finish its last call; what it complained of."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.process.stdin.close()
        self._reader.join(90)
        complaints = self.process.stderr.read()
        self.process.wait(30)
        self.process.stdout.close()
        self.process.stderr.close()
        return complaints


def integrity(store: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as db:
        return db.execute("PRAGMA integrity_check").fetchall()


def crash(paths: Paths, rounds: int) -> None:
    start_daemon()
    writers = [Writer(number) for number in range(WRITERS)]
    try:
        for _ in range(rounds):
            before = sum(len(writer.acknowledged) for writer in writers)
            # Not before they write again: a kill of an idle daemon would show nothing.
            while sum(len(writer.acknowledged) for writer in writers) < before + WRITERS:
                assert all(writer.process.poll() is None for writer in writers), "a writer gave up"
                time.sleep(0.005)
            time.sleep(random.uniform(0, 0.3))
            pid = start_daemon()["pid"]
            promised = [entry for writer in writers for entry in list(writer.acknowledged)]
            os.kill(pid, signal.SIGKILL)
            with Memory() as memory:
                found = [(one["id"], one["memory"]) for one in memory.get_all()["results"]]
                assert memory.daemon_available
            assert set(promised) - set(found) == set()
            assert len(found) == len({text for _, text in found})
            assert integrity(paths.store) == [("ok",)]
    finally:
        complaints = [writer.stop() for writer in writers]
    assert complaints == [""] * WRITERS
    assert [writer.process.returncode for writer in writers] == [0] * WRITERS
    promised = [entry for writer in writers for entry in writer.acknowledged]
    with Memory() as memory:
        found = [(one["id"], one["memory"]) for one in memory.get_all()["results"]]
    assert sorted(found) == sorted(promised)
    assert integrity(paths.store) == [("ok",)]
    starts = paths.log.read_text().count("ready on")
    assert starts >= rounds + 1
    print(f"{rounds} kills, {starts} starts, {len(promised)} acknowledged, all there once")


@pytest.fixture
def paths(home: Path) -> Iterator[Paths]:
    yield Paths.from_environ()
    status = daemon_status()
    if status is not None:
        os.kill(status["pid"], signal.SIGKILL)


def test_killed_under_load(paths: Paths) -> None:
    crash(paths, 3)


@pytest.mark.full
@pytest.mark.timeout(1200)
def test_killed_under_load_100_rounds(paths: Paths) -> None:
    crash(paths, 100)
