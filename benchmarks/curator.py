"""The Curator's judgement: what it merges and which contradictions it finds, beside the bare cosine.

Precision and recall at the default threshold, on the public pairs (STS-B, SICK; where ../shared is) and on
the coding pairs of the tests; then what a comparison costs, as a ratio to splitting both texts.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.report import heading, interleave, row
from memorusd.ace.curator.clauses import parse_clauses
from memorusd.ace.curator.compare import compare
from memorusd.ace.options import CuratorSettings
from memorusd.knowledge.embed.onnx import OnnxEmbedder

ROOT = Path(__file__).parent.parent
CODING = ROOT / "tests/unit/ace/curator/pairs.jsonl"
PUBLIC = ROOT.parent / "shared/data/ingest/pairs.jsonl.gz"
SETTINGS = CuratorSettings()
DENIALS = frozenset(
    ("not", "no", "never", "nobody", "none", "nothing", "without", "isn't", "aren't", "doesn't", "don't")
)


class Pair(NamedTuple):
    a: str
    b: str
    label: str
    cosine: float
    kind: str


def main() -> None:
    with tempfile.TemporaryDirectory() as models:
        embedder = OnnxEmbedder(Path(models))
        sets = {"coding": json_lines(CODING.read_text(encoding="utf-8"))}
        if PUBLIC.exists():
            rows = json_lines(gzip.decompress(PUBLIC.read_bytes()).decode())
            for name in sorted({str(r["set"]) for r in rows}):
                sets[name] = [r for r in rows if r["set"] == name]
        else:
            print(f"no public pairs at {PUBLIC}: the coding set only", file=sys.stderr)
        judged = {name: judge(rows, embedder) for name, rows in sets.items()}
    for name, pairs in judged.items():
        quality(name, pairs)
    cost(judged["coding"])


def json_lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def judge(rows: Sequence[dict[str, object]], embedder: OnnxEmbedder) -> list[Pair]:
    left, right = (embedder.embed([str(r[side]) for r in rows]) for side in "ab")
    pairs = []
    for r, x, y in zip(rows, left, right, strict=True):
        a, b, cosine = str(r["a"]), str(r["b"]), float(x @ y)
        pairs.append(Pair(a, b, str(r["label"]), cosine, compare(a, b, cosine, SETTINGS).kind))
    return pairs


def quality(name: str, pairs: Sequence[Pair]) -> None:
    """One line for each way to decide: precision, recall, and how many contradictions it merges."""
    print(f"\n{name}: {len(pairs)} pairs\n{'':44s} {'precision':>20s} {'recall':>20s}  contradictions merged")
    same = ("same", "dup")
    against = ("conflict", "contradiction", "alternative")
    wanted = ("conflict", "contradiction")
    ways: list[tuple[str, Callable[[Pair], bool], tuple[str, ...], tuple[str, ...]]] = [
        ("merge: the Curator", lambda p: p.kind == "same", same, same),
        ("merge: cosine >= 0.80", lambda p: p.cosine >= 0.80, same, same),
        ("merge: cosine >= 0.92", lambda p: p.cosine >= 0.92, same, same),
        ("conflict: the Curator", lambda p: p.kind == "conflict", against, wanted),
        ("conflict: cosine >= 0.50, one has a denial", denial_differs, against, wanted),
    ]
    for what, chosen, right, all_of in ways:
        if what.startswith("conflict") and not any(p.label in wanted for p in pairs):
            continue
        taken = [p for p in pairs if chosen(p)]
        hits = sum(p.label in right for p in taken)
        found = sum(p.label in all_of for p in taken)
        whole = sum(p.label in all_of for p in pairs)
        opposites = sum(p.label in against for p in taken) if what.startswith("merge") else 0
        print(
            f"{what:44s} {hits / max(1, len(taken)):8.3f} {f'({hits}/{len(taken)})':>11s}"
            f" {found / max(1, whole):8.3f} {f'({found}/{whole})':>11s}"
            + (f"  {opposites}" if what.startswith("merge") else "")
        )


def denial_differs(pair: Pair) -> bool:
    a, b = (not DENIALS.isdisjoint(text.lower().split()) for text in (pair.a, pair.b))
    return pair.cosine >= SETTINGS.conflict_min_similarity and a != b


def cost(pairs: Sequence[Pair]) -> None:
    """Microseconds of a comparison: with both texts parsed already, with one to parse, and for long texts."""
    long = [(f"{(p.a + '. ') * 400}"[:10_000], f"{(p.b + '. ') * 400}"[:10_000]) for p in pairs[:20]]

    def known() -> None:
        for p in pairs:
            compare(p.a, p.b, p.cosine, SETTINGS)

    def fresh() -> None:
        for p in pairs:
            parse_clauses.__wrapped__(p.a)
            compare(p.a, p.b, p.cosine, SETTINGS)

    def floor() -> None:
        for p in pairs:
            set(p.a.lower().split()) & set(p.b.lower().split())

    def long_known() -> None:
        for a, b in long:
            parse_clauses.__wrapped__(a)
            compare(a, b, 0.9, SETTINGS)

    def long_floor() -> None:
        for a, b in long:
            set(a.lower().split()) & set(b.lower().split())

    heading("compare against splitting and intersecting the two texts (microseconds a pair)")
    ours, new, least, big, big_floor = interleave([known, fresh, floor, long_known, long_floor], 15)
    scale, big_scale = 1e3 / len(pairs), 1e3 / len(long)
    row("both texts parsed before", ours * scale, least * scale, "", "us")
    row("one text to be parsed", new * scale, least * scale, "", "us")
    row("10,000 characters each, one to be parsed", big * big_scale, big_floor * big_scale, "", "us")


if __name__ == "__main__":
    main()
