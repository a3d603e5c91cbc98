"""`from memorus import Memory`: ours with ACE on, mem0's own without."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import memorus
import memorus_client


def run(code: str, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **env}, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_ace_on_is_our_client(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(memorus.Memory({"ace_enabled": True}), memorus_client.Memory)
    assert isinstance(memorus.Memory.from_config({"ace_enabled": True}), memorus_client.Memory)
    assert isinstance(memorus.AsyncMemory({"ace_enabled": True}), memorus_client.AsyncMemory)
    home.mkdir(mode=0o700)
    (home / "config.toml").write_text("ace_enabled = true\n")
    assert isinstance(memorus.Memory(), memorus_client.Memory)
    (home / "config.toml").unlink()
    monkeypatch.setenv("MEMORUS_ACE_ENABLED", "true")
    assert isinstance(memorus.Memory(), memorus_client.Memory)


def test_ace_off_is_mem0_without_telemetry(tmp_path: Path) -> None:
    # A key that is never used: making the object calls nobody.
    printed = run(
        "import memorus; m = memorus.Memory()\n"
        "import mem0, mem0.memory.telemetry as t\n"
        "print(type(m) is mem0.Memory, t.MEM0_TELEMETRY)\n",
        OPENAI_API_KEY="sk-none",
        HOME=str(tmp_path),
        MEM0_DIR=str(tmp_path / "mem0"),
    )
    assert printed.splitlines()[-1] == "True False"


def test_importing_it_costs_nothing() -> None:
    assert (
        run("import sys, memorus; print([m for m in ('mem0', 'memorus_client') if m in sys.modules])") == "[]"
    )
