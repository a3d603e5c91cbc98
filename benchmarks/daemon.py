"""What the daemon costs while it starts, sits idle, and thinks: the real one, on real stores.

    python benchmarks/daemon.py            10,000 and 100,000 bullets, idle for a minute
    python benchmarks/daemon.py --quick    10,000 bullets, idle for ten seconds

Needs /proc. The stores hold random unit vectors: neither loading nor scanning looks at their meaning.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from report import heading, median_ms, row

from memorus_proto.frames import Decoder, encode
from memorus_proto.messages import request
from memorus_proto.paths import Paths
from memorusd.knowledge.bullet import Bullet, new_id, utc_now
from memorusd.knowledge.embed.onnx import OnnxEmbedder
from memorusd.knowledge.store import Transaction
from memorusd.knowledge.store.sqlite import SqliteStore

BATCH = 5_000
STARTS = 5
PROBES = 2_000


def main() -> None:
    """Print the tables, one store size after the other."""
    quick = "--quick" in sys.argv
    floor = median_ms(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 15)
    with tempfile.TemporaryDirectory(prefix="memorus-bench-") as scratch:
        for bullets, goal in ((10_000, 1_200),) if quick else ((10_000, 1_200), (100_000, 4_000)):
            os.environ.update(MEMORUS_HOME=f"{scratch}/{bullets}", MEMORUS_RUNTIME_DIR=f"{scratch}/run")
            paths = Paths.from_environ()
            fill(paths, bullets)
            heading(f"the daemon with {bullets:,} bullets")
            start_up(paths, floor, goal)
            with daemon() as pid:
                memory(paths, pid, bullets)
            with daemon() as pid:
                idle(paths, pid, 10 if quick else 60)
                delay(paths)


def fill(paths: Paths, count: int) -> None:
    """A store of `count` bullets with vectors of the real model's name and size."""
    embedder = OnnxEmbedder(paths.models)
    model = embedder.model
    embedder.close()
    store = SqliteStore.open(paths.store)
    store.set_model(model)
    random = np.random.default_rng(1)
    for start in range(0, count, BATCH):
        vectors = random.standard_normal((BATCH, model.dimensions), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)

        def work(transaction: Transaction, start: int = start, vectors: Any = vectors) -> None:
            for i, vector in enumerate(vectors, start):
                text = f"Fact {i}: service {i % 97} of team {i % 13} listens on port {8000 + i % 999}"
                now = utc_now()
                transaction.put(Bullet(new_id(), text, now, now, user_id=f"u{i % 5}"), vector, "ADD")

        store.write(work)
    store.close()


def start_up(paths: Paths, floor: float, goal: int) -> None:
    """From the command to the line that says ready."""

    def once() -> float:
        start = time.perf_counter()
        with daemon():
            return 1e3 * (time.perf_counter() - start)

    once()
    took = sorted(once() for _ in range(STARTS))[STARTS // 2]
    row("start to ready, the index still loading / python -c pass", took, floor, f"{goal} ms")


def memory(paths: Paths, pid: int, bullets: int) -> None:
    """Resident memory, after a hundred searches, beside 300 MB + 2.5 KB a bullet."""
    ask = client(paths)
    for i in range(100):
        ask("memory.search", {"query": f"which port does service {i} use"})
    status = Path(f"/proc/{pid}/status").read_text()
    kib = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
    row(
        "resident memory / 300 MB + 2.5 KB a bullet",
        kib / 1000,
        (300_000 + 2.5 * bullets) / 1000,
        "<= 1",
        "MB",
    )


def idle(paths: Paths, pid: int, seconds: int) -> None:
    """Processor time while nobody asks anything, as the scheduler counts it."""
    ask = client(paths)
    while not ask("memory.status", {})["index"]["complete"]:
        time.sleep(0.1)
    time.sleep(2)  # what the start left to do
    before = processor_ms(pid)
    time.sleep(seconds)
    row(
        f"idle processor time over {seconds} s / 0.1 ms a second",
        processor_ms(pid) - before,
        0.1 * seconds,
        "<= 1",
    )


def processor_ms(pid: int) -> float:
    """Milliseconds that all threads of a process have run."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6


def delay(paths: Paths) -> None:
    """How long the event loop keeps a status waiting, idle and while others search for new things."""
    ask = client(paths)

    def p99(during: str) -> float:
        times = []
        for _ in range(PROBES):
            time.sleep(0.002)
            start = time.perf_counter()
            ask("daemon.status", {})
            times.append(1e3 * (time.perf_counter() - start))
        times.sort()
        print(
            f"  daemon.status {during}: p50 {times[PROBES // 2]:.2f}, p99 {times[PROBES * 99 // 100]:.2f} ms"
        )
        return times[PROBES * 99 // 100]

    floor = p99("idle")
    for searchers in (1, 4):
        done = threading.Event()
        processes = [
            subprocess.Popen([sys.executable, __file__, "--search", str(paths.socket), str(n)])
            for n in range(searchers)
        ]
        done.wait(1.0)
        during = p99(f"while {searchers} search")
        for process in processes:
            process.kill()
            process.wait()
        row(
            f"status p99 while {searchers} search without pause / idle",
            during,
            floor,
            "<= 3" if searchers == 1 else "-",
        )


def search(path: str, number: str) -> None:
    """Ask new questions, one after the other, until killed."""
    ask = client(Paths("/", "/", path))
    for i in range(10**9):
        ask("memory.search", {"query": f"which port does service {i} of team {number} use"})


def client(paths: Paths) -> Any:
    """A function that asks the daemon, over a connection of its own."""
    sock, decoder = socket.socket(socket.AF_UNIX), Decoder()
    sock.connect(paths.address)

    def read() -> Any:
        while True:
            for message in decoder.feed(sock.recv(65_536)):
                return message

    def ask(method: str, params: dict[str, Any]) -> Any:
        sock.sendall(encode(request(1, method, params)))
        _, _, error, result = read()
        assert error is None, error
        return result

    read()
    return ask


@contextmanager
def daemon() -> Iterator[int]:
    """A daemon of the real kind, ready; its process id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "memorusd", "--spawned"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b'{"settings": {}}')
    process.stdin.close()
    said = json.loads(process.stdout.readline())
    assert said["state"] == "ready", said
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--search"]:
        search(*sys.argv[2:])
    else:
        main()
