"""The examples in docs/migration.md work, and its tables agree with the code."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus._providers import OnnxConfig, SqliteConfig
from memorus._sqlite_vectors import SqliteVectors

from .blocks import ROOT, console, matches, program, run

TEXT = (ROOT / "docs" / "migration.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture
def mem0_home(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MEM0_DIR", str(tmp_path / "mem0"))
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")  # mem0 creates a client for a model; it is never used
    yield
    run([program("memorusctl"), "daemon", "stop"])


@pytest.mark.usefixtures("mem0_home")
def test_every_block_does_what_it_says(tmp_path: Path) -> None:
    assert {language for language, _ in BLOCKS} == {"console", "python"}
    old = SqliteVectors(path=str(tmp_path / "mem0.db"))
    old.insert(
        [[1.0], [1.0]],
        [{"data": text, "created_at": "2025-11-03T10:00:00+00:00"} for text in ("Bo is in.", "Al is out.")],
    )
    old.client.close()
    (tmp_path / "mem0.json").write_text(
        '{"vector_store": {"provider": "sqlite", "config": {"path": "mem0.db"}}}\n'
    )
    (tmp_path / "target.toml").write_text('[vector_store]\nprovider = "qdrant"\nconfig = {path = "qdrant"}\n')
    for language, text in BLOCKS:
        if language == "python":
            done = run([sys.executable, "-W", "error", "-c", text], tmp_path)
            assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
            continue
        for command, expected in console(text):
            done = run(["bash", "-c", command], tmp_path)
            assert matches(expected, done.stdout), f"{command}\n{done.stdout}{done.stderr}"


def test_provider_options_are_those_of_the_code() -> None:
    for provider, model in (("onnx", OnnxConfig), ("sqlite", SqliteConfig)):
        (cell,) = re.findall(rf"^\| \w[\w ]* `{provider}` \| (.*?) \|", TEXT, re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", cell)) == set(model.model_fields)


def test_commands_that_are_named_exist() -> None:
    (row,) = re.findall(r"^\| `memorus status`(.*?)\| the same, also", TEXT, re.MULTILINE)
    named: Any = re.findall(r"`(\w+)`", row)
    assert len(named) == 8
    done = run([program("memorus"), "--help"])
    assert {"status", *named} <= set(re.findall(r"^  (\w+) ", done.stdout, re.MULTILINE))
