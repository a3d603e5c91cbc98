"""The command line against a real daemon, one for all the tests of a module."""

from __future__ import annotations

import json
import os
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


@pytest.fixture
def terminal() -> Callable[..., tuple[str, int]]:
    """Run the installed program on a terminal of 100 columns: (all that it shows, exit status).

    `answers` maps what is asked to what is typed then.
    """

    def call(*words: str, answers: dict[str, str] | None = None, **environ: str) -> tuple[str, int]:
        program = str(Path(sys.executable).with_name("memorusctl"))
        ours, theirs = os.openpty()
        with subprocess.Popen(
            [program, *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "COLUMNS": "100", "TERM": "xterm", **environ},
        ) as process:
            os.close(theirs)
            seen, waiting = b"", dict(answers or {})
            while True:
                try:
                    said = os.read(ours, 65536)
                except OSError:  # Linux' way to say that nobody has the other end any more
                    break
                if not said:
                    break
                seen += said
                for question, answer in list(waiting.items()):
                    if question.encode() in seen:
                        os.write(ours, answer.encode() + b"\n")
                        del waiting[question]
            status = process.wait(60)
        os.close(ours)
        assert not waiting, seen.decode()
        return seen.decode().replace("\r\n", "\n"), status

    return call
