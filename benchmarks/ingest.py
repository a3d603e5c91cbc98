"""What `add()` costs beyond embedding its bullets and one group commit, rules mode, and where it goes.

    python benchmarks/ingest.py [--quick]

The floor is, in the same run and on the same store, the bare embedding of the very bullets that the
turn teaches, and one transaction that writes them.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from report import heading, interleave, row
from search import REAL, docstring_lines, fill

from memorus_proto.paths import Paths
from memorusd.ace.candidates import from_reflection
from memorusd.ace.curator import find_neighbours
from memorusd.ace.options import ReflectorSettings
from memorusd.ace.privacy import Redactor
from memorusd.ace.reflector import Message, RuleReflector
from memorusd.knowledge.bullet import Bullet, new_id, utc_now
from memorusd.knowledge.embed.onnx import OnnxEmbedder
from memorusd.knowledge.index import Index
from memorusd.knowledge.store.sqlite import SqliteStore
from memorusd.requests import AddRequest, MessageParam
from memorusd.service import open_service
from memorusd.settings.config import Settings

RULES = {"reflector": {"mode": "rules"}}
NAMES = ("billing", "search", "media", "ledger", "mailer", "geo", "report", "auth", "chat", "stock")


def turns() -> Iterator[list[dict[str, str]]]:
    """Turns of a question, an answer and something worth keeping; no two say the same."""
    for n in itertools.count():
        name = f"{NAMES[n % 10]}{n // 10}"
        yield [
            {"role": "user", "content": f"Could you look at why the {name} service does not start?"},
            {"role": "assistant", "content": "Let me check its log. It cannot bind its port."},
            {
                "role": "user",
                "content": f"Right: the {name} service listens on port {2000 + n}, "
                f"because {name} is behind the proxy. Thanks for looking!",
            },
        ]


def settled(texts: list[str]) -> list[Bullet]:
    """Bullets as the floor writes them."""
    now = utc_now()
    return [Bullet(new_id(), text, now, now) for text in texts]


def shares(store: SqliteStore, embedder: OnnxEmbedder, index: Index, said: Iterator[Any], runs: int) -> None:
    """Print the median of each stage of one add, and its share of their sum."""
    redactor, reflector = Redactor(), RuleReflector()
    times: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = work()
        times.setdefault(name, []).append(1e3 * (time.perf_counter() - start))
        return result

    def one(turn: Any, n: int) -> None:
        clean, _ = timed("privacy", lambda: redactor.redact_value(turn))
        timed("inbox (one commit)", lambda: store.post(f"bench-{n}", b"x" * 500))
        messages = [Message(m["role"], m["content"]) for m in clean]
        found = timed("reflector", lambda: reflector.reflect(messages, ReflectorSettings(mode="rules")))
        request = AddRequest(
            messages=[MessageParam(role=m["role"], content=m["content"], name=None) for m in clean]
        )
        bullets = [d.bullet for d in from_reflection(found, request, str).candidates]
        vectors = timed("embedding", lambda: list(embedder.embed([b.text for b in bullets])))
        timed("index lookup", lambda: find_neighbours(store, index, bullets, vectors))

        def write(transaction: Any) -> None:
            for bullet, vector in zip(bullets, vectors, strict=True):
                transaction.put(bullet, vector, "ADD")
            transaction.ack(f"bench-{n}")

        timed("transaction (one commit)", lambda: store.write(write))

    for n in range(runs):
        one(next(said), n)
    medians = {name: statistics.median(values) for name, values in times.items()}
    total = sum(medians.values())
    for name, value in medians.items():
        print(f"    {name:40s} {value:8.3f} ms {value / total:6.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10k bullets only, fewer runs")
    quick = parser.parse_args().quick
    runs = 40 if quick else 150
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {"MEMORUS_HOME": f"{scratch}/home", "MEMORUS_OFFLINE": "1"}
        paths = Paths.from_environ()
        embedder = OnnxEmbedder(Path(scratch) / "none")
        texts = list(itertools.islice(docstring_lines(), 1_000 if quick else REAL))
        vectors = embedder.embed(texts)
        heading(f"add() of a turn, rules / embedding its bullets + one commit (medians of {runs}, in turn)")
        said = turns()
        for size in (10_000,) if quick else (10_000, 100_000):
            fill(size, texts, vectors, embedder)
            service = open_service(paths, Settings.model_validate(RULES))
            store = SqliteStore.open(paths.store)
            store.refresh()
            learnt: list[int] = []

            def add(service: Any = service, learnt: Any = learnt) -> None:
                params = {"messages": next(said), "request_id": os.urandom(16).hex()}
                learnt.append(service.call("memory.add", params)["ace_ingest"]["bullets_added"])

            def floor(store: Any = store) -> None:
                name = f"{NAMES[time.time_ns() % 10]}{time.time_ns()}"
                text = f"The {name} service listens on port 2000, because {name} is behind the proxy."
                bullets = settled([text])
                found = embedder.embed([text])
                store.write(
                    lambda t: [t.put(b, v, "ADD") for b, v in zip(bullets, found, strict=True)] and None
                )

            whole, least = interleave([add, floor], runs)
            row(f"{size:,} bullets, {sum(learnt) / len(learnt):.2f} learnt a turn", whole, least, "<= 2")
            index = Index(store, embedder.model)
            index.catch_up()
            shares(store, embedder, index, said, runs)
            service.close()
            store.close()
        embedder.close()


if __name__ == "__main__":
    main()
