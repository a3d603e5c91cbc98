"""docs/cli.md has every command and option of the program, and its examples work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memorusctl import app
from memorusctl.definitions import COMMON, EXIT, OUTPUT, Command, Param
from memorusctl.execute import EXIT_BY_CODE

from .blocks import ROOT, blocks, console, matches

TEXT = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
EVERYWHERE = {param.name for param in COMMON}
"""Options that the page lists once, at the top."""


def _row(param: Param) -> str:
    """The row of an argument or option in a table."""
    if not param.flags:
        written = f"`[{param.name.upper()}]`" if param.kind == "optional" else f"`{param.name.upper()}`"
    else:
        written = ", ".join(f"`{flag}`" for flag in param.flags)
    if param.choices:
        written += " " + "\\|".join(param.choices)
    elif param.kind in ("text", "texts"):
        written += " text"
    elif param.kind == "number":
        written += " number"
    meaning = param.help.replace("<", "&lt;").replace(">", "&gt;")  # otherwise it is read as HTML
    return f"| {written} | {meaning} |"


def _table(command: Command) -> str:
    rows = [_row(param) for param in command.params if param.name not in EVERYWHERE]
    return "\n".join(["| | |", "| --- | --- |", *rows]) if rows else ""


def _section(words: tuple[str, ...]) -> str:
    heading = f"### {' '.join(words)}"
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"docs/cli.md has no heading {heading!r}"
    return found[1]


@pytest.mark.parametrize(
    ("words", "command"),
    app.all_commands(),
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else "",
)
def test_every_command_and_option_is_told(words: tuple[str, ...], command: Command) -> None:
    section = _section(words)
    assert command.help in section, f"{words}: {command.help}"
    assert _table(command) in section, f"put this table under {' '.join(words)!r}:\n\n{_table(command)}\n"


def test_options_of_all_commands_are_told() -> None:
    for param in COMMON:
        assert _row(param) in TEXT
    without = {" ".join(words) for words, c in app.all_commands() if COMMON[-1] not in c.params}
    (told,) = re.findall(r"`--no-daemon` is not an option of ([^.]*)\.", " ".join(TEXT.split()))
    assert set(re.findall(r"`([^`]+)`", told)) == {name.split(" ")[0] for name in without}
    assert all(set(OUTPUT) <= set(c.params) for _, c in app.all_commands())


def test_no_command_is_told_that_is_not_there() -> None:
    told = re.findall(r"^### (.*)$", TEXT, re.MULTILINE)
    assert told == [" ".join(words) for words in _in_order(told)]


def _in_order(told: list[str]) -> list[tuple[str, ...]]:
    known = {" ".join(words): words for words, _ in app.all_commands()}
    assert sorted(told) == sorted(known)
    return [known[name] for name in told]


def test_exit_statuses_are_those_of_the_code() -> None:
    table = dict(re.findall(r"^\| (\d+) \| (.*?) \|", TEXT, re.MULTILINE))
    assert [int(status) for status in table] == [*sorted(EXIT.values()), 130]
    for code, status in EXIT_BY_CODE.items():
        assert f"`{code}`" in table[str(status)], code


def _examples() -> Iterator[tuple[str, str]]:
    for block in blocks(TEXT):
        if block.language == "console":
            yield from console(block.text)


def test_every_example_is_true(home: Path, tmp_path: Path) -> None:
    """The examples run in order, in one home, with a stub of systemctl that succeeds."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "systemctl").write_text(
        "#!/bin/sh\ncase $2 in is-active) echo active;; is-enabled) echo enabled;; esac\n"
    )
    (folder / "systemctl").chmod(0o755)
    path = os.pathsep.join([str(folder), str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "PATH": path, "XDG_CONFIG_HOME": str(tmp_path / "config")}
    (tmp_path / "notes.txt").write_text("Use tabs in Go files.\nThanks!\n")
    ran: set[str] = set()
    try:
        for command, expected in _examples():
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=tmp_path, env=env, capture_output=True, text=True, timeout=100, check=False,
            )  # fmt: skip
            assert matches(expected, done.stdout + done.stderr), f"$ {command}\n{done.stdout}{done.stderr}"
            ran |= set(re.findall(r"memorusctl ([a-z]+)", command))
    finally:
        subprocess.run(["memorusctl", "daemon", "stop"], env=env, capture_output=True, check=False)
    commands = {words[0] for words, _ in app.all_commands()}
    assert ran == commands, f"these commands have no example: {sorted(commands - ran)}"
