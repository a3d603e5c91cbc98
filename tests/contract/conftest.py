"""What the contract's tests get: a scratch home of mem0's, and a server that is no real one."""

from __future__ import annotations

import os

# mem0 reads these at its first import, whichever test that is in.
os.environ.setdefault("MEM0_TELEMETRY", "False")

from collections.abc import Iterator
from pathlib import Path

import pytest

from .openai_server import OpenAI, serve


@pytest.fixture(autouse=True)
def mem0_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep mem0 out of the user's own directory."""
    monkeypatch.setenv("MEM0_DIR", str(tmp_path / "mem0"))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@pytest.fixture
def openai() -> Iterator[OpenAI]:
    """A running server."""
    with serve() as server:
        yield server
