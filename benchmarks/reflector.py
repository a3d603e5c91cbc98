"""The rule-based Reflector: its scores on the labelled cases, and its time against one pass over the turn.

    python -m benchmarks.reflector                     scores, speed
    python -m benchmarks.reflector --rules FILE        also: how many of these lines are kept as bare texts
    python -m benchmarks.reflector --rules FILE --show 60     and a sample of both kinds, to be judged by hand

FILE is gzipped JSON lines with a `text`; by default `../shared/data/ingest/agent_rules.jsonl.gz`, where there
is one. The floor of the speed is what no reader of text can do without: splitting the turn into words and
searching it once with an expression that matches nothing.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import random
import re
import sys
from pathlib import Path
from types import ModuleType

from benchmarks.report import heading, interleave, row
from memorusd.ace.options import ReflectorSettings
from memorusd.ace.reflector import Message, RuleReflector

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "unit" / "ace" / "reflector" / "labelled.py"
RULES = ROOT.parent / "shared" / "data" / "ingest" / "agent_rules.jsonl.gz"
TURNS = {
    "a chat turn (90 characters)": (
        "user",
        "Before you start: always run make lint before you commit, because CI rejects the rest.",
    ),
    "an agent's turn (600 characters)": (
        "assistant",
        "I looked at the router first. The handler reads the body twice, so the second read is empty. "
        "I'll move the parsing into a middleware and pass the result on. "
        * 2
        + "\n\n- Updated `router.ts` to use the new handler\n- Added a test for an empty body\n"
        "- Removed the old endpoint\n\nAll 212 tests pass. Would you like me to open a pull request?",
    ),
    "a pasted log (4,000 characters)": (
        "user",
        "2024-05-01 12:00:01 INFO  request served in 31 ms by worker 4\n" * 64,
    ),
    "65,536 characters of prose": (
        "user",
        ("We looked at the numbers again. The service stores its sessions in Redis. " * 900)[:65_536],
    ),
}
NOTHING = re.compile(r"\bzzqx\w*\b|\d{40}")


def _labelled() -> ModuleType:
    spec = importlib.util.spec_from_file_location("labelled", CASES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["labelled"] = module
    spec.loader.exec_module(module)
    return module


def quality() -> None:
    """Scores on the cases that the rules were built with, on the held-out ones, and on all."""
    labelled = _labelled()
    print("\nscores on the labelled cases (goals: 0.90, 0.90, 0.02, 0.80)")
    titles = ("cases", "recall", "precision", "chit-chat", "type", "section")
    print(f"{'part':12s}" + "".join(f"{title:>10s}" for title in titles))
    for name, held in (("built with", False), ("held out", True), ("all", None)):
        found = labelled.scores(held)
        shares = (
            found.recall,
            found.precision,
            found.chitchat_kept,
            found.type_accuracy,
            found.section_accuracy,
        )
        print(f"{name:12s}{len(labelled.cases(held)):10d}" + "".join(f"{share:10.3f}" for share in shares))


def speed() -> None:
    """Microseconds of one turn, through the rules and through the floor."""
    heading("time of one turn")
    reflector, settings = RuleReflector(), ReflectorSettings()
    for name, (role, text) in TURNS.items():
        messages = [Message(role, text)]

        def floor(text: str = text) -> object:
            return text.split(), NOTHING.search(text)

        def rules(messages: list[Message] = messages) -> object:
            return reflector.reflect(messages, settings)

        taken, least = interleave([rules, floor], runs=9 if len(text) > 10_000 else 200)
        row(name, 1e3 * taken, 1e3 * least, "-", "us")


def lines(path: Path, show: int) -> None:
    """How many unlabelled lines of agent rules are kept when each is given as a bare text."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        texts = [json.loads(line)["text"] for line in file]
    found = [(text, RuleReflector().reflect([Message(None, text)], ReflectorSettings())) for text in texts]
    kept = sum(bool(reflection.candidates) for _, reflection in found)
    print(f"\n{path.name}: {kept} of {len(texts)} lines kept ({kept / len(texts):.1%})")
    for text, reflection in random.Random(7).sample(found, min(show, len(found))):
        first = reflection.candidates[0] if reflection.candidates else None
        verdict = f"KEEP {first.type}" if first else f"SKIP {reflection.skipped[0].reason}"
        print(f"  {verdict[:40]:40s} {text[:120]}")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rules", type=Path, default=RULES)
    parser.add_argument("--show", type=int, default=0)
    given = parser.parse_args()
    quality()
    speed()
    if given.rules.exists():
        lines(given.rules, given.show)
    else:
        print(f"\n{given.rules} is not there: lines of agent rules not counted")


if __name__ == "__main__":
    main()
