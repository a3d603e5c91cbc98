"""The labelled cases, with their secrets drawn anew."""

from __future__ import annotations

import json
import random
import re
import string
from pathlib import Path
from typing import NamedTuple

import pytest

ALPHABETS = {
    "a": string.ascii_letters + string.digits,
    "h": "0123456789abcdef",
    "u": string.ascii_uppercase + string.digits,
    "d": string.digits,
    "b": string.ascii_letters + string.digits,
    "b53": string.ascii_letters + string.digits + "./",
}


class Case(NamedTuple):
    kind: str
    text: str
    secret: str
    keep: str


def drawn(row: dict[str, str], seed: int) -> Case:
    """The row with every `{a:40}` drawn; the same placeholder is the same string within the row."""
    rng = random.Random(seed)
    values: dict[str, str] = {}

    def fill(match: re.Match[str]) -> str:
        if match[0] not in values:
            body = "".join(rng.choices(ALPHABETS[match[1]], k=int(match[2])))
            values[match[0]] = ("9aZ" + body[3:] if match[1] in "a" else body) if int(match[2]) > 8 else body
        return values[match[0]]

    filled = {name: re.sub(r"\{(\w+):(\d+)\}", fill, value) for name, value in row.items()}
    return Case(**filled)


@pytest.fixture(scope="session")
def cases() -> list[Case]:
    """Every labelled case with a secret, drawn three times, and every look-alike (kind "") once."""
    path = Path(__file__).with_name("cases.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        drawn(row, 1000 * i + turn) for i, row in enumerate(rows) for turn in range(3 if row["kind"] else 1)
    ]
