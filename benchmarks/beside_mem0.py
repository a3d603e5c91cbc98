"""Add and search beside plain mem0: the same texts, vectors and embedder, in one run.

    python benchmarks/beside_mem0.py [--sizes 1000,10000,100000]

mem0 is its own `Memory` with its default store (embedded Qdrant, on disk), history and all, telemetry
off, in this process; its embedder is ours, so that neither waits for a network. Memorus is a client of a
daemon with defaults. Both add with `infer=False`, because mem0's own way in needs an LLM. The stores are
filled beforehand, past mem0's `add`, which would take hours.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from report import heading, row
from search import REAL, docstring_lines, fill, mixtures, questions

from memorus import Memory as PublicMemory
from memorus_client import Memory
from memorus_client.daemon import stop_daemon
from memorusd.knowledge.bullet import new_id
from memorusd.knowledge.embed.onnx import OnnxEmbedder

PATIENCE = 20.0
"""Seconds after which no further call of one kind is timed."""


def plain_mem0(folder: Path, texts: list[str], vectors: Any, size: int) -> Any:
    """mem0's `Memory` with `size` memories in its default store."""
    store = {"path": str(folder / "qdrant"), "on_disk": True, "embedding_model_dims": vectors.shape[1]}
    memory = PublicMemory(
        {
            "embedder": {"provider": "onnx"},
            "vector_store": {"provider": "qdrant", "config": store},
            "llm": {"provider": "openai", "config": {"api_key": "never called"}},
            "history_db_path": str(folder / "history.db"),
        }
    )
    for start in range(0, size, 1_000):
        numbers = range(start, min(start + 1_000, size))
        payloads = [
            {"data": texts[i % len(texts)], "user_id": "ann" if i % 20 == 0 else "bob"} for i in numbers
        ]
        batch, _ = mixtures(vectors, len(payloads), np.random.default_rng(start))
        memory.vector_store.insert(batch.tolist(), payloads, [new_id() for _ in payloads])
    return memory


def median(call: Callable[[str], object], salt: str, callers: int, each: int) -> tuple[float, int]:
    """Median milliseconds of a call, of up to `each` by each of `callers` at once, and how many failed."""
    times: list[float] = []
    failed: list[Exception] = []
    end = time.monotonic() + PATIENCE

    def work(name: str) -> None:
        for text in questions(each, name):
            start = time.perf_counter()
            try:
                call(text)
            except Exception as error:  # mem0's default store is not made for threads
                failed.append(error)
            times.append(1e3 * (time.perf_counter() - start))
            if time.monotonic() > end:
                return

    threads = [threading.Thread(target=work, args=(f"{salt}{n}x",)) for n in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statistics.median(times), len(failed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,100000")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"MEMORUS_HOME": f"{scratch}/home", "MEMORUS_OFFLINE": "1"}
        os.environ.pop("XDG_RUNTIME_DIR", None)
        embedder = OnnxEmbedder(Path(scratch) / "none")
        texts = [text for _, text in zip(range(REAL), docstring_lines(), strict=False)]
        vectors = embedder.embed(texts)
        heading("one call of Memorus / the same call of plain mem0 (medians)")
        for size in map(int, args.sizes.split(",")):
            fill(size, texts, vectors, embedder)
            theirs = plain_mem0(Path(scratch) / str(size), texts, vectors, size)
            with Memory() as ours:
                ours.search("warm the daemon up")
                for callers, each in ((1, 40), (8, 10)):
                    for name, mine, plain in (
                        (
                            "search",
                            lambda text, memory=ours: memory.search(text, user_id="ann"),
                            lambda text, memory=theirs: memory.search(
                                text, filters={"user_id": "ann"}, top_k=10
                            ),
                        ),
                        (
                            "add",
                            lambda text, memory=ours: memory.add(text, user_id="ann", infer=False),
                            lambda text, memory=theirs: memory.add(text, user_id="ann", infer=False),
                        ),
                    ):
                        salt = f"{size}{name}{callers}"
                        took, failed = median(mine, salt, callers, each)
                        took_them, failed_them = median(plain, salt, callers, each)
                        row(f"{size:,} memories, {name}, {callers} at once", took, took_them, "-")
                        if failed or failed_them:
                            print(f"    calls that failed: {failed} of ours, {failed_them} of mem0's")
            stop_daemon()
            theirs.vector_store.client.close()
        embedder.close()


if __name__ == "__main__":
    main()
