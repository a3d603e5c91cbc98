"""A year of use: what is recalled stays, what is not fades and is archived; and what a sweep costs.

    python benchmarks/decay.py [--plot docs/pictures/decay.svg]

Bullets are recalled daily, weekly, monthly, once a quarter, or never, in a real store under a clock that
the benchmark moves; a sweep follows every day. The floor of the sweep is reading its columns.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

from report import heading, interleave, row

from memorusd.ace.decay import decay
from memorusd.ace.options import DecaySettings
from memorusd.ace.reinforce import Reinforcement
from memorusd.ace.sweep import sweep
from memorusd.knowledge.bullet import Bullet
from memorusd.knowledge.store import Transaction
from memorusd.knowledge.store.sqlite import SqliteStore

START = datetime(2026, 1, 1, tzinfo=timezone.utc)
EVERY = {"daily": 1, "weekly": 7, "monthly": 30, "quarterly": 90, "never": 10_000}
COLOURS = ("#1b7837", "#5aae61", "#2166ac", "#b2182b", "#777777")
SETTINGS = DecaySettings(archive_share=1)


def year(store: SqliteStore) -> dict[str, list[float]]:
    """The weight of each bullet on each of 365 days; nan from where it is archived."""
    now = START
    for name in EVERY:
        bullet = Bullet(name, f"recalled {name}", START, START)
        store.write(lambda t, bullet=bullet: t.put(bullet, None, "ADD"))
    counted = Reinforcement(store, lambda: now)
    curves: dict[str, list[float]] = {name: [] for name in EVERY}
    for day in range(1, 366):
        now = START + timedelta(days=day)
        counted.recalled([name for name, each in EVERY.items() if day % each == 0])
        counted.flush()
        sweep(store, now, SETTINGS)
        ids, ages = store.ages()
        weights = dict(zip(ids, decay(ages, now.timestamp(), SETTINGS).weight.tolist(), strict=True))
        for name, curve in curves.items():
            curve.append(weights.get(name, float("nan")))
    return curves


def plot(curves: dict[str, list[float]], path: Path) -> None:
    """Write the curves as an SVG picture."""
    width, height, left, top = 720, 260, 40, 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width + 210} {height + 68}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" rx="8" fill="#fff"/>',
        f'<text x="{left}" y="14">weight over a year, by how often a memory is recalled</text>',
        f'<rect x="{left}" y="{top}" width="{width}" height="{height}" fill="none" stroke="#999"/>',
    ]
    for month in range(13):
        x = left + width * month / 12
        parts.append(f'<text x="{x:.0f}" y="{top + height + 16}" text-anchor="middle">{month}</text>')
    for value in (0, 0.5, 1):
        y = top + height * (1 - value)
        parts.append(f'<text x="{left - 6}" y="{y + 4:.0f}" text-anchor="end">{value:g}</text>')
    for n, ((name, curve), colour) in enumerate(zip(curves.items(), COLOURS, strict=True)):
        kept = [value for value in curve if value == value]
        points = " ".join(
            f"{left + width * (day + 1) / 365:.1f},{top + height * (1 - value):.1f}"
            for day, value in enumerate(kept)
        )
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        note = name if len(kept) == 365 else f"{name}: archived, day {len(kept) + 1}"
        parts.append(f'<text x="{left + width + 10}" y="{top + 110 + 18 * n}" fill="{colour}">{note}</text>')
    parts += [
        f'<text x="{left + width / 2}" y="{top + height + 34}" text-anchor="middle">months</text>',
        "</svg>",
    ]
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def crowd(store: SqliteStore, size: int) -> None:
    """`size` bullets, of ages from new to a year."""

    def put(transaction: Transaction) -> None:
        for n in range(size):
            at = START - timedelta(days=365 * n / size)
            transaction.put(Bullet(f"b{n}", f"text {n}", at, at, recall_count=n % 20), None, "ADD")

    store.write(put)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10k bullets in the sweep")
    parser.add_argument("--plot", type=Path, help="write the year as a picture")
    options = parser.parse_args()
    size = 10_000 if options.quick else 100_000
    with tempfile.TemporaryDirectory() as scratch:
        store = SqliteStore.open(Path(scratch) / "a" / "memorus.db")
        curves = year(store)
        store.close()
        print("recalled    weight after 30 / 90 / 180 / 365 days (archived: -)")
        for name, curve in curves.items():
            shown = [f"{w:.2f}" if w == w else "-" for w in (curve[day - 1] for day in (30, 90, 180, 365))]
            print(f"{name:10s}  {' / '.join(shown)}")
        if options.plot:
            plot(curves, options.plot)
        store = SqliteStore.open(Path(scratch) / "b" / "memorus.db")
        crowd(store, size)
        heading(f"a sweep over {size:,} bullets that archives nothing / reading their ages (medians of 5)")
        none = DecaySettings(archive_threshold=0)
        ages = store.ages()[1]
        calls = [
            lambda: sweep(store, START, none),
            store.ages,
            lambda: decay(ages, START.timestamp(), none),
        ]
        whole, read, arithmetic = interleave(calls, 5)
        row("a sweep", whole, read, "-")
        row("its arithmetic alone", arithmetic, read, "-")
        archived = sweep(store, START, SETTINGS)["archived"]
        print(f"{archived:,} archived at once; {len(store.ages()[0]):,} left")
        store.close()


if __name__ == "__main__":
    main()
