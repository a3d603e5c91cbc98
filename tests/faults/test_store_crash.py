"""kill -9 and loss of power while writers add: what was acknowledged is there, exactly once."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from memorusd.knowledge.store.sqlite import SqliteStore

HERE = Path(__file__).parent


class Promises:
    """What the writers have tried, and what was acknowledged to them."""

    def __init__(self) -> None:
        self.tried: set[str] = set()
        self.acknowledged: set[str] = set()

    def write_until_killed(self, path: Path, *options: str, env: dict[str, str] | None = None) -> None:
        """Run a writer for a random while after its first promise, and kill it."""
        process = subprocess.Popen(
            [sys.executable, str(HERE / "store_writer.py"), str(path), *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **(env or {})},
        )
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write("".join(f"{token}\n" for token in self.tried - self.acknowledged))
        stdin.close()
        promised = threading.Event()

        def listen() -> None:
            for line in stdout:
                word, _, token = line.strip().partition(" ")
                if word == "ack":
                    self.acknowledged.add(token)
                    promised.set()
                else:
                    self.tried.add(token)

        listener = threading.Thread(target=listen)
        listener.start()
        assert promised.wait(30)
        time.sleep(random.uniform(0, 0.3))
        process.kill()
        process.wait()
        listener.join()
        stdout.close()

    def missing(self, path: Path) -> set[str]:
        """The acknowledged that are not there; nothing may be there twice or unasked, or be damaged."""
        with closing(SqliteStore.open(path)) as store:
            found = Counter(one.bullet.text for one in store.load()[1])
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            journal = connection.execute("SELECT count(*) FROM journal").fetchone()[0]
        assert [token for token, times in found.items() if times > 1] == []
        assert set(found) <= self.tried
        assert journal == len(found)
        return self.acknowledged - set(found)


def crash(path: Path, rounds: int) -> None:
    promises = Promises()
    for _ in range(rounds):
        promises.write_until_killed(path)
        assert promises.missing(path) == set()
    assert len(promises.acknowledged) > 10 * rounds


def test_killed_writers(tmp_path: Path) -> None:
    crash(tmp_path / "memorus.db", 5)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_killed_writers_100_rounds(tmp_path: Path) -> None:
    crash(tmp_path / "memorus.db", 100)


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled library that keeps the shadow."""
    if not sys.platform.startswith("linux"):
        pytest.skip("needs LD_PRELOAD and /proc (Linux)")
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        pytest.skip("needs a C compiler (cc)")
    library = tmp_path_factory.mktemp("shim") / "fsync_shim.so"
    source = HERE / "fsync_shim.c"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl", "-lpthread"], check=True
    )
    return library


def lose_power(tmp_path: Path, shim: Path, rounds: int, *options: str) -> set[str]:
    """Kill a writer, keep of its files only what was synced, go on from that; what is missing in the end."""
    store, shadow = tmp_path / "store", tmp_path / "shadow"
    shadow.mkdir()
    promises = Promises()
    missing: set[str] = set()
    for _ in range(rounds):
        env = {"LD_PRELOAD": str(shim), "FSYNC_STORE": str(store), "FSYNC_SHADOW": str(shadow)}
        promises.write_until_killed(store / "memorus.db", *options, env=env)
        (shadow / ".part").unlink(missing_ok=True)
        shutil.rmtree(store)
        shutil.copytree(shadow, store)
        missing |= promises.missing(store / "memorus.db")
        # Looking has moved the log into the file: let the shadow have that.
        shutil.rmtree(shadow)
        shutil.copytree(store, shadow)
    assert promises.acknowledged
    return missing


def test_loss_of_power(tmp_path: Path, shim: Path) -> None:
    assert lose_power(tmp_path, shim, 3) == set()


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_loss_of_power_50_rounds(tmp_path: Path, shim: Path) -> None:
    assert lose_power(tmp_path, shim, 50) == set()


def test_loss_of_power_is_noticed_where_nothing_is_synced(tmp_path: Path, shim: Path) -> None:
    """The same without fsync loses what was promised: so the test above can fail."""
    assert lose_power(tmp_path, shim, 1, "--unsynced")
