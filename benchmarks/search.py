"""What a search costs beyond embedding its question, through a real daemon's socket.

    python benchmarks/search.py [--quick | --million] [--mem0]

The floor is the bare embedding of the same 12-token questions, in this process, in the same run.
Texts are the docstring lines of the standard library: what developers write, on every machine.

With --mem0 the default store of the mem0 that is installed does the same: its own adapter of Qdrant,
local and on disk, with the same texts, owners and vectors, ten results. Only its vector search is
timed, after the same embedding and in this process; what else mem0 does in a search comes on top.
"""

from __future__ import annotations

import argparse
import ast
import os
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from report import heading, interleave, median_ms, row

from memorus_client import Memory
from memorus_client.daemon import stop_daemon
from memorus_proto.paths import Paths
from memorusd.ace.generator import Generator, Query
from memorusd.ace.options import RetrievalSettings
from memorusd.knowledge.bullet import Bullet, new_id, utc_now
from memorusd.knowledge.embed.onnx import OnnxEmbedder
from memorusd.knowledge.index import Index
from memorusd.knowledge.selection import Selection
from memorusd.knowledge.store import Transaction
from memorusd.knowledge.store.sqlite import SqliteStore

REAL = 4_000
"""Texts that are really embedded; larger stores hold mixtures of their vectors."""
WORDS = "how do I {} the {} of a {} in {} code"
VERBS = ("read", "open", "close", "parse", "merge", "split", "check", "write", "sort", "flush")
NOUNS = ("file", "socket", "thread", "buffer", "header", "stream", "queue", "module", "token", "cache")


def docstring_lines() -> Iterator[str]:
    """Distinct docstring lines of the standard library, of 40 to 160 characters."""
    seen: set[str] = set()
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("**/*.py")):
        if "test" in path.parts or "site-packages" in path.parts:
            continue
        try:
            tree = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)):
                for line in (ast.get_docstring(node) or "").splitlines():
                    line = line.strip()
                    if 40 <= len(line) <= 160 and line not in seen:
                        seen.add(line)
                        yield line


def questions(n: int, salt: str) -> list[str]:
    """`n` distinct questions of about 12 tokens."""
    return [
        WORDS.format(VERBS[i % 10], NOUNS[i // 10 % 10], NOUNS[i // 100 % 10], f"{salt}{i // 1000}")
        for i in range(n)
    ]


def mixtures(vectors: Any, n: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """`n` new vectors, each of two of `vectors` and noise; and which two, shape (2, n)."""
    pick = rng.integers(0, len(vectors), (2, n))
    batch = vectors[pick[0]] + 0.6 * vectors[pick[1]]
    noise = rng.standard_normal(batch.shape).astype(np.float32)
    batch += 0.35 * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    batch /= np.linalg.norm(batch, axis=1, keepdims=True)
    return batch, pick


def blend(texts: list[str], one: int, other: int) -> str:
    """The first half of one text and the second of another."""
    first, second = texts[one].split(), texts[other].split()
    return " ".join(first[: len(first) // 2] + second[len(second) // 2 :])


def fill(size: int, texts: list[str], vectors: Any, embedder: OnnxEmbedder) -> None:
    """Put `size` bullets in the store: the real ones, then mixtures of two real ones and noise."""
    rng = np.random.default_rng(size)
    store = SqliteStore.open(Paths.from_environ().store)
    store.set_model(embedder.model)
    have = store.count()
    for start in range(have, size, 2_000):
        n = min(2_000, size - start)
        batch, pick = mixtures(vectors, n, rng)
        if start == 0:
            batch[: len(texts)] = vectors[:n]

        def put(transaction: Transaction, start: int = start, batch: Any = batch, pick: Any = pick) -> None:
            for i, vector in enumerate(batch):
                now = utc_now()
                text = texts[start + i] if start + i < len(texts) else blend(texts, *pick[:, i])
                owner = "ann" if i % 20 == 0 else "bob"
                transaction.put(Bullet(new_id(), text, now, now, user_id=owner), vector, "ADD")

        store.write(put)
    store.close()


def recall_at_10(embedder: OnnxEmbedder, n: int) -> float:
    """Share of the exact float32 top 10 that the index finds."""
    store = SqliteStore.open(Paths.from_environ().store)
    index = Index(store, embedder.model)
    index.catch_up()
    view = index._table.view
    matrix, found = view.vectors, 0
    for text in questions(n, "r"):
        query = embedder.embed_query(text)
        exact = {view.ids[i] for i in np.argsort(-(matrix @ query), kind="stable")[:10]}
        found += len(exact & {hit.bullet_id for hit in index.search(query, 10, Selection())[0]})
    store.close()
    return found / (10 * n)


def slowest(memory: Memory, embedder: OnnxEmbedder, runs: int, salt: str) -> tuple[float, float]:
    """The 99th percentiles, in milliseconds, of a new question and of the bare embedding, taken in turn."""
    searched, embedded = [], []
    for text in questions(runs, salt):
        start = time.perf_counter()
        memory.search(text)
        middle = time.perf_counter()
        embedder.embed([text])
        searched.append(1e3 * (middle - start))
        embedded.append(1e3 * (time.perf_counter() - middle))
    return float(np.percentile(searched, 99)), float(np.percentile(embedded, 99))


def in_memory(embedder: OnnxEmbedder, runs: int) -> tuple[float, float, float]:
    """(seconds to load the index, bytes a bullet, milliseconds of a search whose question has its vector)."""
    store = SqliteStore.open(Paths.from_environ().store)
    before, start = _resident(), time.perf_counter()
    index = Index(store, embedder.model)
    view = index.view()
    loaded = time.perf_counter() - start
    size = (_resident() - before) / max(1, len(index))
    generator, texts = Generator(RetrievalSettings()), iter(questions(runs + 3, "m"))
    search = median_ms(
        lambda: generator.search(Query(next(texts), 10, Selection(), lambda _: view.vectors[0]), view), runs
    )
    store.close()
    return loaded, size, search


def mem0_default(embedder: OnnxEmbedder, texts: list[str], vectors: Any, size: int, runs: int) -> None:
    """Rows for mem0's default store with `size` bullets, filled like ours. See the top."""
    from mem0.vector_stores.qdrant import Qdrant

    with tempfile.TemporaryDirectory() as folder:
        store = Qdrant("memories", vectors.shape[1], path=folder, on_disk=True)
        for start in range(0, size, 1_000):
            rows = np.arange(start, min(start + 1_000, size))
            payloads = [
                {"data": texts[i % len(texts)], "user_id": "ann" if i % 20 == 0 else "bob"}
                for i in rows.tolist()
            ]
            batch, _ = mixtures(vectors, len(rows), np.random.default_rng(start))
            store.insert(batch.tolist(), payloads, [new_id() for _ in rows])
        asked = iter(questions(3 * runs, "q"))

        def search(filters: dict[str, str] | None) -> None:
            text = next(asked)
            store.search(text, embedder.embed([text])[0].tolist(), 10, filters)

        cold, filtered, floor = interleave(
            [
                lambda: search({}),
                lambda: search({"user_id": "ann"}),
                lambda: embedder.embed([next(asked)]),
            ],
            runs - 3,
        )
        store.client.close()
    row(f"{size:,} bullets, mem0's default store, new question", cold, floor, "-")
    row(f"{size:,} bullets, mem0's default store, filtered to 5 %", filtered, floor, "-")


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def at_once(ask: Callable[[str], object], callers: int, each: int) -> float:
    """Questions per second of `callers` threads, each question new."""
    salts = iter(range(10**6))

    def work(name: str) -> None:
        for text in questions(each, name):
            ask(text)

    threads = [
        threading.Thread(target=work, args=(f"c{next(salts)}x{time.time_ns()}",)) for _ in range(callers)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return callers * each / (time.perf_counter() - start)


def timed(memory: Memory, embedder: OnnxEmbedder, runs: int, salt: str) -> list[float]:
    """Medians of a new question, a new one with a narrow filter, a known one, and the bare embedding."""
    asked = iter(questions(4 * runs, salt))
    return interleave(
        [
            lambda: memory.search(next(asked)),
            lambda: memory.search(next(asked), user_id="ann"),
            lambda: memory.search("the very same question every time, so its vector is cached"),
            lambda: embedder.embed([next(asked)]),
        ],
        runs - 3,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10k bullets only, fewer runs")
    parser.add_argument("--million", action="store_true", help="a million bullets too")
    parser.add_argument("--mem0", action="store_true", help="mem0's default store too, 1k and 10k bullets")
    args = parser.parse_args()
    quick = args.quick
    sizes = [(10_000, "<= 1.3", "<= 0.25"), (100_000, "<= 1.5", "<= 0.6"), (1_000_000, "-", "-")]
    sizes = sizes[: 1 if quick else 3 if args.million else 2]
    runs = 60 if quick else 200
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"MEMORUS_HOME": f"{scratch}/home", "MEMORUS_OFFLINE": "1"}
        os.environ.pop("XDG_RUNTIME_DIR", None)
        embedder = OnnxEmbedder(Path(scratch) / "none")
        texts = [text for _, text in zip(range(1_000 if quick else REAL), docstring_lines(), strict=False)]
        vectors = embedder.embed(texts)
        heading(f"search through the socket / bare query embedding (medians of {runs}, taken in turn)")
        for size, cold_goal, cached_goal in sizes:
            fill(size, texts, vectors, embedder)
            with Memory() as memory:
                memory.search("warm the daemon up")
                cold, filtered, cached, floor = timed(memory, embedder, runs, f"n{size}")
                row(f"{size:,} bullets, new question", cold, floor, cold_goal)
                row(
                    f"{size:,} bullets, new question, 99th percentile",
                    *slowest(memory, embedder, runs, "s"),
                    "-",
                )
                row(f"{size:,} bullets, new question, filtered to 5 %", filtered, floor, "<= 1.4")
                row(f"{size:,} bullets, question seen before", cached, floor, cached_goal)
                row(
                    f"{size:,} bullets, 8 callers at once / the embedder alone, a second",
                    at_once(memory.search, 8, 40),
                    at_once(lambda text: embedder.embed([text]), 8, 40),
                    ">= 0.85",
                    "1/s",
                )
            stop_daemon()
            loaded, bytes_each, search = in_memory(embedder, runs)
            row(f"{size:,} bullets, all layers without embedding", search, floor, "-")
            print(f"{size:,} bullets: index loaded in {loaded:.1f} s, {bytes_each:,.0f} bytes each")
            print(
                f"{f'{size:,} bullets, recall@10 against exact float32':58s} "
                f"{recall_at_10(embedder, runs):8.4f} {'>= 0.99':>8s}"
            )
        if args.mem0:
            for size in (1_000, 10_000):
                mem0_default(embedder, texts, vectors, size, min(runs, 60))
        embedder.close()


if __name__ == "__main__":
    main()
