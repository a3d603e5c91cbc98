"""How often a search finds what answers, beside plain ways to search the same texts.

    python benchmarks/retrieval.py [--sets locomo-turn,lme48-turn] [--systems memorus,bm25] [--ablate]

The harness and its data sets stand in ../shared (see its README); without them there is nothing to
measure. `memorus` is driven through the public API and a real daemon, with defaults only; the others
share its model. With --ablate each layer is taken out of the Generator in turn, in this process.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import os
import re
import statistics
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from memorus_client import Memory
from memorus_client.daemon import stop_daemon
from memorusd.ace.generator import LAYERS, Generator, Query
from memorusd.ace.options import CuratorSettings, RetrievalSettings
from memorusd.ace.privacy import Redactor
from memorusd.ace.transfer import import_entries
from memorusd.import_validation import check_entries
from memorusd.knowledge.embed.onnx import OnnxEmbedder
from memorusd.knowledge.index import Index
from memorusd.knowledge.selection import Selection
from memorusd.knowledge.store.sqlite import SqliteStore
from memorusd.requests import ImportRequest

SHARED = Path(__file__).resolve().parents[2] / "shared"
COLUMNS = ("any@1", "any@5", "any@10", "all@5", "ndcg@10", "mrr")
_WORD = re.compile(r"[\u3040-\u9fff]|\w+")


class Remembering(OnnxEmbedder):
    """Embeds a text once, however many systems look at it."""

    def __init__(self) -> None:
        super().__init__(Path(tempfile.gettempdir()) / "no-models")
        self._known: dict[str, Any] = {}

    def embed(self, texts: Sequence[str]) -> Any:
        new = list(dict.fromkeys(text for text in texts if text not in self._known))
        self._known.update(zip(new, super().embed(new), strict=True))
        return np.stack([self._known[text] for text in texts])


_embedder = Remembering()


class Memorus:
    """The product: one import, then searches, each through the socket."""

    def open(self, directory: str) -> None:
        os.environ |= {"MEMORUS_HOME": f"{directory}/home", "MEMORUS_OFFLINE": "1"}
        os.environ.pop("XDG_RUNTIME_DIR", None)
        self._memory = Memory()

    def add_many(self, items: list[dict[str, Any]]) -> None:
        answer = self._memory.import_data([self._entry(item) for item in items])
        assert answer["imported"] == len(items), answer

    def search(self, query: str, k: int, asked_at: str | None) -> list[str]:
        return [found["id"] for found in self._memory.search(query, limit=k, asked_at=asked_at)["results"]]

    def close(self) -> None:
        self._memory.close()
        stop_daemon()

    @staticmethod
    def _entry(item: dict[str, Any]) -> dict[str, Any]:
        """What an agent knows when it hands a turn to add(): who spoke, in which run, and when."""
        said = item["metadata"]
        entry = {
            "id": item["id"],
            "memory": item["text"],
            "created_at": item["timestamp"],
            "role": said.get("role"),
            "actor_id": said.get("speaker"),
            "run_id": said.get("session") if "role" in said else None,
        }
        return {name: value for name, value in entry.items() if value is not None}


class Without(Memorus):
    """The Generator over such a store, in this process, without one of its layers."""

    without = ""

    def open(self, directory: str) -> None:
        self._store = SqliteStore.open(Path(directory) / "memorus.db")
        self._store.set_model(_embedder.model)

    def add_many(self, items: list[dict[str, Any]]) -> None:
        index = Index(self._store, _embedder.model)
        entries, bad, _ = check_entries([self._entry(item) for item in items], 0, Redactor({}))
        assert not bad, bad
        import_entries(entries, ImportRequest(entries=[]), self._store, index, _embedder, CuratorSettings())
        self._view = index.view()
        layers = [layer for layer in LAYERS if layer != self.without]
        self._generator = Generator(RetrievalSettings(), layers)

    def close(self) -> None:
        self._store.close()

    def search(self, query: str, k: int, asked_at: str | None) -> list[str]:
        at = datetime.fromisoformat(asked_at) if asked_at and self.without != "asked_at" else None
        request = Query(query, k, Selection(), _embedder.embed_query, asked_at=at)
        return self._generator.search(request, self._view).ids


class Plain:
    """Everything in memory; subclasses say what a text is worth to a question."""

    def open(self, directory: str) -> None:
        self._ids: list[str] = []

    def add_many(self, items: list[dict[str, Any]]) -> None:
        self._ids = [item["id"] for item in items]
        self._texts = [item["text"] for item in items]
        self._words = [Counter(_WORD.findall(text.lower())) for text in self._texts]
        self._lengths = np.array([max(1, sum(words.values())) for words in self._words])
        self._holders: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(self._words):
            for word in words:
                self._holders[word].append(number)

    def search(self, query: str, k: int, asked_at: str | None) -> list[str]:
        return [self._ids[i] for i in np.argsort(-self.scores(query), kind="stable")[:k]]

    def close(self) -> None:
        pass

    def scores(self, query: str) -> Any:
        raise NotImplementedError

    def bm25(self, query: str) -> Any:
        scores, n, mean = np.zeros(len(self._ids)), len(self._ids), self._lengths.mean()
        for word in set(_WORD.findall(query.lower())):
            holders = self._holders.get(word, [])
            idf = math.log(1 + (n - len(holders) + 0.5) / (len(holders) + 0.5))
            for i in holders:
                count = self._words[i][word]
                scores[i] += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * self._lengths[i] / mean))
        return scores


class Bm25(Plain):
    """Words as they are written."""

    def scores(self, query: str) -> Any:
        return self.bm25(query)


class Cosine(Plain):
    """The model alone."""

    def add_many(self, items: list[dict[str, Any]]) -> None:
        super().add_many(items)
        self._vectors = _embedder.embed(self._texts)

    def scores(self, query: str) -> Any:
        return self._vectors @ _embedder.embed_query(query)


class Documented(Cosine):
    """0.6 * share of the question's words + 0.4 * cosine, taken at its word."""

    def scores(self, query: str) -> Any:
        asked = set(_WORD.findall(query.lower()))
        shared = np.array([sum(word in words for word in asked) for words in self._words])
        return 0.6 * shared / max(1, len(asked)) + 0.4 * super().scores(query)


SYSTEMS: dict[str, type[Any]] = {
    "memorus": Memorus,
    "bm25": Bm25,
    "cosine": Cosine,
    "documented": Documented,
    **{
        f"without {name}": type(name.title(), (Without,), {"without": name})
        for name in ("nothing", *LAYERS, "asked_at")
    },
}


def harness() -> Any:
    """The module ../shared/bench/retrieval.py."""
    path = SHARED / "bench" / "retrieval.py"
    if not path.exists():
        raise SystemExit(f"there is no {path}: the data sets and their harness are not part of the project")
    spec = importlib.util.spec_from_file_location("shared_retrieval", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    data = SHARED / "data" / "retrieval"
    every = sorted(path.name.split(".")[0] for path in data.glob("*.jsonl.gz"))
    parser.add_argument("--sets", default=",".join(every))
    parser.add_argument("--systems", default="memorus,bm25,cosine,documented")
    parser.add_argument("--ablate", action="store_true", help="also without each layer")
    args = parser.parse_args()
    run = harness().run
    systems = args.systems.split(",")
    if args.ablate:
        systems += [name for name in SYSTEMS if name.startswith("without")]
    print(f"{'set':12s} {'unit':8s} {'system':21s} {'n':>5s} " + " ".join(f"{c:>7s}" for c in COLUMNS))
    for name in args.sets.split(","):
        for system in systems:
            rows = run(SYSTEMS[system](), data / f"{name}.jsonl.gz", 50)["rows"]
            for unit in ("item", "session"):
                got = [row[unit] for row in rows if unit in row]
                means = " ".join(f"{100 * statistics.fmean(g[c] for g in got):7.1f}" for c in COLUMNS)
                print(f"{name:12s} {unit:8s} {system:21s} {len(got):5d} {means}", flush=True)


if __name__ == "__main__":
    main()
