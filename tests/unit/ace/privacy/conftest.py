"""The labelled cases and the templates of keys, with their secrets drawn anew."""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Callable
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


TEMPLATE_ALPHABETS = {
    "a": string.ascii_letters + string.digits,
    "b": string.ascii_letters + string.digits + "+/",
    "d": string.digits,
    "h": "0123456789abcdef",
    "l": string.ascii_letters,
    "u": string.ascii_uppercase + "234567",
    "v": string.ascii_lowercase + "234567",
    "w": string.ascii_letters + string.digits + "_-",
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


@pytest.fixture(scope="session")
def draw_template() -> Callable[[str, random.Random], tuple[str, list[str]]]:
    """A function that fills a template; it also gives what it drew that is long enough to be a secret."""
    return filled_template


def filled_template(template: str, rng: random.Random) -> tuple[str, list[str]]:
    """The template with its `{a:40}` drawn; `{g:0}` is a UUID."""
    parts: list[str] = []

    def fill(match: re.Match[str]) -> str:
        if match[1] == "g":
            part = "-".join("".join(rng.choices("0123456789abcdef", k=n)) for n in (8, 4, 4, 4, 12))
        else:
            part = "".join(rng.choices(TEMPLATE_ALPHABETS[match[1]], k=int(match[2])))
            if match[1] in "awb" and len(part) > 12:
                part = part[:-1] + rng.choice("kQ7")
            part = re.sub(r"^[-_+/]", "y", re.sub(r"[-_+/]$", "x", part))
        if len(part) >= 16:
            parts.append(part)
        return part

    text = re.sub(r"\{(\w):(\d+)\}", fill, template)
    return text, parts or [text]
