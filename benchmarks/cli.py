"""What a cold `memorusctl` costs, in units of `python -c pass` of the same interpreter.

Agents call the command line in loops, so every run here is a new process.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from report import heading, interleave, row

from memorus_client.daemon import stop_daemon

PROGRAM = str(Path(sys.executable).with_name("memorusctl"))
RUNS = 40
COLD_RUNS = 5


def main() -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory(prefix="memorus-bench-") as scratch:
        os.environ.update(MEMORUS_HOME=f"{scratch}/home", MEMORUS_RUNTIME_DIR=f"{scratch}/run")
        try:
            measure()
        finally:
            stop_daemon()


def measure() -> None:
    """Time the everyday commands, with a daemon and without."""
    for number in range(200):
        known = call("learn", f"Fact {number}: service {number % 17} listens on port {8000 + number}.")
    id = json.loads(known)["results"][0]["id"]
    commands = {
        "search": ("search", "which port does service {n} use"),  # another query each time
        "search, query seen before": ("search", "which port does service 5 use"),
        "learn": ("learn", "The build cache lives on the second disk."),
        "get": ("get", id),
        "status": ("status",),
        "list": ("list", "--limit", "10"),
        "sweep --dry-run": ("sweep", "--dry-run"),  # by way of typer
    }
    goals = {"search": "<= 4", "search, query seen before": "<= 4"}

    heading("cold memorusctl --json, daemon running / python -c pass")
    calls = [lambda: subprocess.run([sys.executable, "-c", "pass"], check=True)]
    calls += [lambda words=words: call(*words) for words in commands.values()]
    floor, *times = interleave(calls, RUNS)
    for name, time in zip(commands, times, strict=True):
        row(name, time, floor, goals.get(name, "-"))

    heading("cold memorusctl --json, no daemon running: starts one / python -c pass")
    for name, words in commands.items():
        times = [cold(*words) for _ in range(COLD_RUNS)]
        row(name, sorted(times)[COLD_RUNS // 2], floor, "-")

    heading("cold memorusctl --json --no-daemon / python -c pass")
    for name, words in commands.items():
        time = interleave([lambda words=words: call(*words, "--no-daemon")], COLD_RUNS, warmup=1)[0]
        row(name, time, floor, "-")


_numbers = itertools.count(10_000)


def call(*words: str) -> bytes:
    """Run one command line, {n} in it a fresh number; its output."""
    filled = [word.replace("{n}", str(next(_numbers))) for word in words]
    return subprocess.run([PROGRAM, *filled, "--json"], stdout=subprocess.PIPE, check=True).stdout


def cold(*words: str) -> float:
    """Milliseconds of one command line that has to start the daemon first."""
    stop_daemon()
    return interleave([lambda: call(*words)], runs=1, warmup=0)[0]


if __name__ == "__main__":
    main()
