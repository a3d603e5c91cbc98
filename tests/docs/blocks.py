"""Finds the code blocks of a documentation page, and runs them in order.

    ```console   bash runs each command after `$ `, and its output is compared; … matches anything
    ```python    runs as a separate program, with warnings as errors
    ```toml      must be valid settings
    ```sh, text  is checked, not run

A comment before the block, followed by an empty line, changes that:

    <!-- run: settings -->      the toml is the settings file until the next heading
    <!-- run: file NAME -->     the block is written to that file for the commands that follow
    <!-- run: not, REASON -->   the block does not run
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
    """A code block, or a heading (its `language` is "heading")."""

    where: str
    language: str
    text: str
    how: str = ""


def blocks(text: str) -> list[Block]:
    """The code blocks and headings of a page, in order."""
    result = []
    for part in _PARTS.finditer(text):
        where = f"line {text[: part.start()].count(chr(10)) + 1}"
        if part["heading"]:
            result.append(Block(where, "heading", part["heading"]))
        else:
            result.append(Block(where, part["language"], part["text"], part["how"] or ""))
    return result


def console(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block and its expected output."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def matches(expected: str, output: str) -> bool:
    """Whether `output` is as expected; … matches anything, and a score matches any score."""
    pattern = re.escape(expected.strip()).replace("…", ".*")
    pattern = re.sub(r"\b[01]\\\.\d\d\b", r"[01]\\.\\d\\d", pattern)
    return re.fullmatch(pattern, output.strip(), re.DOTALL) is not None


def program(name: str) -> str:
    """The path of a program of this installation."""
    return str(Path(sys.executable).with_name(name))


def run(command: list[str], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command with this installation's programs first in the PATH."""
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
    """Runs the blocks of one page in `folder`; `servers` maps the addresses on the page to real ones."""

    def __init__(self, home: Path, folder: Path, servers: Mapping[str, str]) -> None:
        self._settings = home / "config.toml"
        self._folder = folder
        self._servers = servers
        self._has_settings = False

    def __call__(self, block: Block) -> int:
        """Run a block and return how many checks were made. Raises AssertionError."""
        text = block.text
        for address, real in self._servers.items():
            text = text.replace(address, real)
        if block.language == "heading":
            if self._has_settings:
                self._settings.unlink()
                self._stop()
            self._has_settings = False
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
                self._has_settings = True
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
        output = done.stdout + done.stderr
        assert matches(expected, output), f"{where}: {command}\n{output}"
        return 1

    def _stop(self) -> None:
        run([program("memorusctl"), "daemon", "stop"])
