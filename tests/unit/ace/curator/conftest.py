"""The labelled pairs with their cosines by the real model, and a maker of bullets."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from memorusd.knowledge.bullet import Bullet
from memorusd.knowledge.embed.onnx import OnnxEmbedder

NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


class Pair(NamedTuple):
    label: str
    lang: str
    held: bool
    a: str
    b: str
    cosine: float


@pytest.fixture(scope="session")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> OnnxEmbedder:
    return OnnxEmbedder(tmp_path_factory.mktemp("models"), download=False)


@pytest.fixture(scope="session")
def pairs(embedder: OnnxEmbedder) -> list[Pair]:
    lines = Path(__file__).with_name("pairs.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    left, right = (embedder.embed([row[side] for row in rows]) for side in "ab")
    return [Pair(**row, cosine=float(x @ y)) for row, x, y in zip(rows, left, right, strict=True)]


@pytest.fixture(scope="session")
def bullet() -> Callable[..., Bullet]:
    def make(text: str, id: str = "", **given: Any) -> Bullet:
        return Bullet(id or f"id of {text}", text, **{"created_at": NOON, "updated_at": NOON, **given})

    return make
