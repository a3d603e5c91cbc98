"""The long form: the wheel in a clean environment of every supported Python that is found, used as people do.

Needs a package registry. `uv tool install` and `pipx install` are tried where these are installed.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]

TYPED = """\
from memorus_client import AsyncMemory, Memory

reveal_type(Memory().search("x"))
reveal_type(AsyncMemory().search)
"""


def real_home() -> Path:
    """That of the user, where pip, uv and pyenv find their settings; tests have another HOME."""
    return Path(pwd.getpwuid(os.getuid()).pw_dir)


def find_python(version: str) -> Path | None:
    """A Python of that version that can make environments: on the PATH, or pyenv's."""
    on_path = shutil.which(f"python{version}")
    candidates = [on_path] if on_path else []
    candidates += map(str, sorted(real_home().glob(f".pyenv/versions/{version}.*/bin/python{version}")))
    for candidate in candidates:
        look = "import sys, venv, ensurepip, sqlite3; print('%d.%d' % sys.version_info[:2], sys.executable)"
        done = _run([candidate, "-I", "-c", look], check=False)
        if done.returncode == 0 and done.stdout.split()[0] == version:
            return Path(done.stdout.split(maxsplit=1)[1].strip())
    return None


def _run(
    command: list[str], *, cwd: Path | None = None, check: bool = True, **more: str
) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "HOME": str(real_home()), **more}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done


Use = Callable[..., str]


@pytest.fixture
def use(tmp_path: Path, home: Path) -> Iterator[Callable[[Path], Use]]:
    """Runs programs of one folder, with nothing else of ours to be found."""
    started: list[Use] = []

    def of(programs: Path) -> Use:
        def call(program: str, *arguments: str) -> str:
            done = subprocess.run(
                [str(programs / program), *arguments],
                cwd=tmp_path,
                env={
                    "PATH": f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin",
                    "HOME": str(tmp_path),
                    "MEMORUS_HOME": str(home),
                    "MEMORUS_OFFLINE": "1",
                },
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, f"{program} {arguments}\n{done.stdout}\n{done.stderr}"
            return done.stdout

        started.append(call)
        return call

    yield of
    for call in started:
        call("memorusctl", "daemon", "stop")


def check_use(run: Use) -> None:
    """What a person does first, and what it must lead to."""
    assert "learn" in run("memorusctl", "--help")
    assert run("memorusctl", "--version") == run("memorus", "--version")
    assert "--help" in run("memorusd", "--help")
    run("memorusctl", "learn", "The staging database is reset every Sunday night.")
    (best,) = json.loads(run("memorusctl", "search", "when is test data wiped?", "-n", "1", "--json"))[
        "results"
    ]
    assert best["memory"] == "The staging database is reset every Sunday night."
    assert best["score"] > 0.2, "found by meaning: the model is there"
    status = json.loads(run("memorusctl", "status", "--json"))
    assert status["daemon"] is not None
    assert status["memories"] == 1
    assert json.loads(run("memorusctl", "doctor", "--json"))["checks"]


@pytest.mark.parametrize("version", ["3.10", "3.11", "3.12", "3.13"])
def test_the_wheel_works_in_a_clean_environment(
    version: str, wheel: Path, tmp_path: Path, use: Callable[[Path], Use]
) -> None:
    python = find_python(version)
    if python is None:
        pytest.skip(f"no Python {version} here")
    programs = tmp_path / "environment" / "bin"
    _run([str(python), "-m", "venv", str(programs.parent)])
    _run([str(programs / "python"), "-m", "pip", "install", "--quiet", f"{wheel}[onnx]"])
    _run([str(programs / "python"), "-m", "pip", "check"])
    run = use(programs)
    run("python", "-W", "error", "-c", "import memorus, memorus_client as c; memorus.Memory; c.Memory")
    check_use(run)
    told = run("python", "-c", "from memorusctl.commands import service; print(*service.files().values())")
    assert "ListenStream=" in told
    (tmp_path / "typed.py").write_text(TYPED)
    types = _run([sys.executable, "-m", "mypy", "--strict", "--config-file=", "--python-executable",
                  str(programs / "python"), "typed.py"], cwd=tmp_path)  # fmt: skip
    assert re.search(r'Revealed type is "(builtins\.)?dict\[(builtins\.)?str, Any\]"', types.stdout), (
        types.stdout
    )


@pytest.mark.parametrize("tool", ["uv", "pipx"])
def test_tools_install_it(tool: str, wheel: Path, tmp_path: Path, use: Callable[[Path], Use]) -> None:
    program = shutil.which(tool)
    python = find_python("3.12") or Path(sys.executable)
    if program is None:
        pytest.skip(f"no {tool} here")
    programs = tmp_path / "programs"
    if tool == "uv":
        _run([program, "tool", "install", "--python", str(python), f"memorus[onnx] @ {wheel.as_uri()}"],
             UV_TOOL_DIR=str(tmp_path / "tools"), UV_TOOL_BIN_DIR=str(programs))  # fmt: skip
    else:
        _run([program, "install", "--python", str(python), f"{wheel}[onnx]"],
             PIPX_HOME=str(tmp_path / "tools"), PIPX_BIN_DIR=str(programs))  # fmt: skip
    assert {"memorusctl", "memorus", "memorusd"} <= {path.name for path in programs.iterdir()}
    check_use(use(programs))
