"""How many durable adds a second the store takes, and how many fsyncs that costs.

The floor is the same rows written by one caller straight through sqlite3, one transaction a row
and as durable (WAL, synchronous=FULL): what a store without group commit would do at best.

    python benchmarks/durability.py
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy as np
from report import heading, row

from memorusd.knowledge.bullet import Bullet, new_id, utc_now
from memorusd.knowledge.embed import ModelId
from memorusd.knowledge.store.sqlite import SqliteStore
from memorusd.knowledge.store.sqlite.connections import connect

MODEL = ModelId("benchmark", "r1", 384)
TEXT = "Prefer uv over pip in this repository: the lock file is checked in CI and a plain install drifts ({})"
GOALS = {1: "", 8: ">= 3", 32: ">= 8"}
ROWS = {1: 1500, 8: 8000, 32: 16000}
REPEATS = 3
SHIM = Path(__file__).parents[1] / "tests" / "faults" / "fsync_shim.c"


def bullets(count: int) -> list[Bullet]:
    now = utc_now()
    return [Bullet(new_id(), TEXT.format(i), now, now, user_id="benchmark") for i in range(count)]


def vectors(count: int) -> np.ndarray:
    made = np.random.default_rng(1).standard_normal((count, 384), dtype=np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def store_rate(path: Path, callers: int) -> tuple[float, float]:
    """(adds per second, adds per transaction) of so many threads that add one by one."""
    count = ROWS[callers] // callers
    rows = [(bullets(count), vectors(count), [new_id() for _ in range(count)]) for _ in range(callers)]
    with closing(SqliteStore.open(path)) as store:
        store.set_model(MODEL)
        before = store.status()["transactions"]

        def add(mine: tuple[list[Bullet], np.ndarray, list[str]]) -> None:
            for bullet, vector, request in zip(*mine, strict=True):
                store.write(lambda t, b=bullet, v=vector: t.put(b, v, "ADD"), request_id=request)

        threads = [threading.Thread(target=add, args=(mine,)) for mine in rows]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - start
        transactions = store.status()["transactions"] - before
    return count * callers / seconds, count * callers / transactions


def floor_rate(path: Path) -> float:
    """Rows per second: the rows that the store wrote to `path`, copied over one transaction a row."""
    with closing(connect(path)) as source:
        rows = [
            [source.execute(f"SELECT * FROM {table} LIMIT 1 OFFSET ?", (n,)).fetchone() for table in TABLES]
            for n in range(ROWS[1])
        ]
    target = path.with_name("floor.db")
    with closing(SqliteStore.open(target)) as store:
        store.set_model(MODEL)
    inserts = [
        f"INSERT INTO {table} VALUES ({', '.join('?' * len(one))})"
        for table, one in zip(TABLES, rows[0], strict=True)
    ]
    with closing(connect(target, writer=True)) as connection:
        start = time.perf_counter()
        for each in rows:
            connection.execute("BEGIN IMMEDIATE")
            for insert, values in zip(inserts, each, strict=True):
                connection.execute(insert, values)
            connection.execute("COMMIT")
        return len(rows) / (time.perf_counter() - start)


TABLES = ("bullets", "journal", "requests")


def fsyncs(directory: Path, callers: int) -> tuple[int, int] | None:
    """(real fsyncs, transactions) of a run in another process; None where they cannot be counted."""
    compiler = shutil.which("cc")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    library, counter = directory / "shim.so", directory / "count"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O2", "-o", library, SHIM, "-ldl", "-lpthread"], check=True
    )
    counter.write_bytes(bytes(8))
    run = subprocess.run(
        [sys.executable, __file__, "--count", str(directory / f"counted-{callers}.db"), str(callers)],
        env={**os.environ, "LD_PRELOAD": str(library), "FSYNC_COUNT": str(counter)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return struct.unpack("=Q", counter.read_bytes())[0], round(float(run.stdout))


def main() -> None:
    if sys.argv[1:2] == ["--count"]:
        callers = int(sys.argv[3])
        print(ROWS[callers] / store_rate(Path(sys.argv[2]), callers)[1])
        return
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        best: dict[int, tuple[float, float]] = {}
        floors = []
        for n in range(REPEATS):
            for callers in ROWS:
                path = directory / f"{callers}-{n}" / "memorus.db"
                best[callers] = max(best.get(callers, (0.0, 0.0)), store_rate(path, callers))
                if callers == 1:
                    floors.append(floor_rate(path))
        heading(f"Durable adds per second (SQLite {sqlite3.sqlite_version}; best of {REPEATS})")
        for callers, (rate, group) in best.items():
            row(f"{callers} callers, {group:.1f} adds a transaction", rate, max(floors), GOALS[callers], "/s")
        heading("fsyncs per transaction")
        for callers in ROWS:
            counted = fsyncs(directory, callers)
            if counted is None:
                print("not measured: needs Linux and a C compiler (cc)")
                break
            row(f"{callers} callers", *counted, "<= 1.1", "fsyncs / transactions")


if __name__ == "__main__":
    main()
