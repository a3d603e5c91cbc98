"""Pages of documentation as programs: their blocks, in order, and how one is run.

    ```console   each command after `$ ` is run by bash, and what it prints compared: … stands for anything
    ```python    run as a program of its own, warnings being errors
    ```toml      has to be valid settings
    ```sh, text  looked at, not run

A comment on the line before (and an empty one between) changes that:

    <!-- run: settings -->      the toml is the settings file until the next heading
    <!-- run: file NAME -->     the block is written to that file, for commands that follow
    <!-- run: not, REASON -->   left out
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from memorusd.settings.config import validate

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["ROOT", "Block", "Runner", "blocks", "console", "matches", "program", "run"]

ROOT = Path(__file__).parents[2]
_PARTS = re.compile(
    r"^(?:<!-- run: (?P<how>.*?) -->\n\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$|^(?P<heading>#+ [^\n]*)$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A block, or a heading (then `language` is "heading")."""

    where: str
    language: str
    text: str
    how: str = ""


def blocks(text: str) -> list[Block]:
    """Blocks and headings of a page, in order."""
    found = []
    for part in _PARTS.finditer(text):
        where = f"line {text[: part.start()].count(chr(10)) + 1}"
        if part["heading"]:
            found.append(Block(where, "heading", part["heading"]))
        else:
            found.append(Block(where, part["language"], part["text"], part["how"] or ""))
    return found


def console(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block with its output."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def matches(expected: str, said: str) -> bool:
    """Whether `said` is `expected`, where … stands for anything and a score for any score."""
    pattern = re.escape(expected.strip()).replace("…", ".*")
    pattern = re.sub(r"\b[01]\\\.\d\d\b", r"[01]\\.\\d\\d", pattern)
    return re.fullmatch(pattern, said.strip(), re.DOTALL) is not None


def program(name: str) -> str:
    """A program of this installation."""
    return str(Path(sys.executable).with_name(name))


def run(command: list[str], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run it with this installation's programs first in the PATH."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )


class Runner:
    """Runs the blocks of one page in `folder`; `servers` maps addresses that stand on it to real ones."""

    def __init__(self, home: Path, folder: Path, servers: Mapping[str, str]) -> None:
        self._settings = home / "config.toml"
        self._folder = folder
        self._servers = servers
        self._set = False

    def __call__(self, block: Block) -> int:
        """Run a block; returns how many things were done. Raises AssertionError."""
        text = block.text
        for told, real in self._servers.items():
            text = text.replace(told, real)
        if block.language == "heading":
            if self._set:
                self._settings.unlink()
                self._stop()
            self._set = False
            return 0
        if block.how.startswith("not, "):
            return 0
        if block.how.startswith("file "):
            (self._folder / block.how.removeprefix("file ")).write_text(text, encoding="utf-8")
            return 0
        if block.language == "toml":
            validate(tomllib.loads(text))
            if block.how == "settings":
                self._stop()
                self._settings.parent.mkdir(mode=0o700, exist_ok=True)
                self._settings.write_text(text, encoding="utf-8")
                self._settings.chmod(0o600)
                self._set = True
            return 1
        if block.language == "python":
            done = run([sys.executable, "-W", "error", "-c", text], self._folder)
            assert done.returncode == 0, f"{block.where}:\n{done.stdout}{done.stderr}"
            return 1
        if block.language == "console":
            return sum(self._command(block.where, *one) for one in console(text))
        return 0

    def _command(self, where: str, command: str, expected: str) -> int:
        done = run(["bash", "-c", command], self._folder)
        said = done.stdout + done.stderr
        assert matches(expected, said), f"{where}: {command}\n{said}"
        return 1

    def _stop(self) -> None:
        run([program("memorusctl"), "daemon", "stop"])
