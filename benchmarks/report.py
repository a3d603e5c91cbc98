"""What all benchmarks share: they print a ratio to a floor from the same run, beside its goal.

Machines are shared and noisy. Compare the ratios; the times help to judge the noise.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

__all__ = ["heading", "interleave", "median_ms", "row"]


def heading(title: str) -> None:
    """Start a table."""
    print(f"\n{title}\n{'what':58s} {'ratio':>8s} {'goal':>8s}  measured / floor")


def row(what: str, value: float, floor: float, goal: str, unit: str = "ms") -> None:
    """One line: `value / floor` beside `goal` (for example "<= 8"); `unit` is that of value and floor."""
    print(f"{what:58s} {value / floor:8.3f} {goal:>8s}  {value:.3f} / {floor:.3f} {unit}")


def median_ms(call: Callable[[], object], runs: int, warmup: int = 3) -> float:
    """Median milliseconds of `call` over `runs`, after `warmup` uncounted ones."""
    return interleave([call], runs, warmup)[0]


def interleave(calls: list[Callable[[], object]], runs: int, warmup: int = 3) -> list[float]:
    """Median milliseconds of each call, taken in turn (A B A B …) so that drift hits all alike."""
    times: list[list[float]] = [[] for _ in calls]
    for i in range(warmup + runs):
        for j, call in enumerate(calls):
            start = time.perf_counter()
            call()
            if i >= warmup:
                times[j].append(1e3 * (time.perf_counter() - start))
    return [statistics.median(t) for t in times]
