"""The command line against a real daemon, one for all the tests of a module."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


def _memorusctl(*words: str, input: str = "") -> subprocess.CompletedProcess[str]:
    """The installed program, as a shell would run it."""
    program = str(Path(sys.executable).with_name("memorusctl"))
    return subprocess.run(
        [program, *words],
        input=input,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that the tests of a module share; its daemon is stopped at the end."""
    path = tmp_path_factory.mktemp("shared") / "home"
    yield path
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEMORUS_HOME", str(path))
        patch.delenv("XDG_RUNTIME_DIR", raising=False)
        _memorusctl("daemon", "stop")


@pytest.fixture
def shared(home: Path, module_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use the module's home in this test."""
    monkeypatch.setenv("MEMORUS_HOME", str(module_home))
    return module_home


@pytest.fixture
def own(home: Path) -> Iterator[Path]:
    """A home of this test's own; its daemon, if it starts one, is stopped at the end."""
    yield home
    _memorusctl("daemon", "stop")


@pytest.fixture
def memorusctl() -> Run:
    """Run the installed program: words in, completed process out."""
    return _memorusctl


@pytest.fixture
def ctl_json() -> Callable[..., Any]:
    """Run the installed program with --json, expect success, return the object."""

    def call(*words: str, input: str = "") -> Any:
        done = _memorusctl(*words, "--json", input=input)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stderr == ""
        return json.loads(done.stdout)

    return call
