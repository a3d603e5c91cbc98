"""Stores in scratch directories, bullets to put in, and other processes that use the same file."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memorusd.knowledge.bullet import Bullet, new_id, utc_now
from memorusd.knowledge.embed import ModelId, Vectors
from memorusd.knowledge.store.sqlite import SqliteStore

MODEL = ModelId("tiny", "r1", 4)

# What a script of another process begins with.
PRELUDE = """
import sys, time
from pathlib import Path
import numpy as np
from memorus_proto.errors import MemorusError, StoreError
from memorusd.knowledge.bullet import Bullet, new_id, utc_now
from memorusd.knowledge.store.sqlite import SqliteStore
def bullet(text):
    return Bullet(new_id(), text, utc_now(), utc_now())
path = Path(sys.argv[1])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store may be made."""
    return tmp_path / "home" / "memorus.db"


@pytest.fixture
def open_store(path: Path) -> Iterator[Callable[..., SqliteStore]]:
    """Opens a store (at `path`, or where told) with a model; all are closed in the end."""
    stores: list[SqliteStore] = []

    def opened(where: Path = path) -> SqliteStore:
        store = SqliteStore.open(where)
        stores.append(store)
        if store.model() is None:
            store.set_model(MODEL)
        return store

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def store(open_store: Callable[..., SqliteStore]) -> SqliteStore:
    return open_store()


@pytest.fixture
def bullet() -> Callable[..., Bullet]:
    """A bullet with the given text and fields."""

    def made(text: str = "use uv to install", **fields: Any) -> Bullet:
        return Bullet(
            **{"id": new_id(), "text": text, "created_at": utc_now(), "updated_at": utc_now(), **fields}
        )

    return made


@pytest.fixture
def vector() -> Callable[[int], Vectors]:
    """A vector of MODEL that is told from others by a seed."""
    return lambda seed: np.random.default_rng(seed).random(4, dtype=np.float32)


@pytest.fixture
def model() -> ModelId:
    return MODEL


@pytest.fixture
def add(bullet: Callable[..., Bullet], vector: Callable[[int], Vectors]) -> Callable[..., Bullet]:
    """Adds a bullet to a store and returns it."""

    def added(store: SqliteStore, text: str = "use uv to install", **fields: Any) -> Bullet:
        new = bullet(text, **fields)
        store.write(lambda transaction: transaction.put(new, vector(len(text)), "ADD"))
        return new

    return added


@pytest.fixture
def start(path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a Python script in another process, with the store's path as its first argument."""
    processes: list[subprocess.Popen[str]] = []

    def started(script: str, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PRELUDE + textwrap.dedent(script), str(path), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield started
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def run(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., str]:
    """Runs such a script to its end and returns what it printed."""

    def finished(script: str, *arguments: str) -> str:
        process = start(script, *arguments)
        printed, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        return printed

    return finished
