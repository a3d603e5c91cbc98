"""The code blocks of README and every page of docs/ work, in a scratch home; what the pages name exists."""

from __future__ import annotations

import ast
import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memorusctl import app

from ..unit.ace.reflector.llm_server import content, serve
from .blocks import ROOT, Runner, blocks, matches, program, run

PAGES = {
    path.relative_to(ROOT).as_posix(): path for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
}
ELSEWHERE = {"docs/cli.md": "test_cli_reference.py", "docs/migration.md": "test_migration.py"}
"""Pages with a test of their own."""
POSTGRES = "localhost:5432"
LLM = "http://localhost:8000/v1"
ANSWER = """{"bullets": [{"text": "Merge by squashing only; merge commits are blocked.", "type": "method",
 "section": "workflow", "score": 75, "message": 0}]}"""
INSTALLS = ("make", "pip", "pipx", "uv", "python3", ".venv/bin/pip", ".venv/bin/python", "pre-commit")
"""The commands that a `sh` block may contain; they change the machine and do not run."""
OTHERS = {"--help", "--version", "--user"}
"""Options of every command, and of systemctl."""


@pytest.fixture
def runner(
    request: pytest.FixtureRequest, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Runner]:
    """With a database server and a language model if the page uses them; systemctl is a stub."""
    text = PAGES[request.getfixturevalue("page")].read_text(encoding="utf-8")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "systemctl").write_text("#!/bin/sh\ncase $2 in is-*) echo active;; esac\n")
    (folder / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    servers = {}
    if POSTGRES in text:
        servers[POSTGRES] = f"127.0.0.1:{request.getfixturevalue('postgres').port}"
    with serve() as llm:
        llm.replies = [content(ANSWER)]
        servers[LLM] = llm.base
        yield Runner(home, tmp_path, servers)
    run([program("memorusctl"), "daemon", "stop"])


@pytest.mark.parametrize("page", sorted(PAGES.keys() - ELSEWHERE.keys()))
def test_every_block_does_what_it_says(page: str, runner: Runner) -> None:
    for block in blocks(PAGES[page].read_text(encoding="utf-8")):
        runner(block)


def test_pages_that_are_run_elsewhere_are() -> None:
    for test in ELSEWHERE.values():
        assert "def test_every_" in (Path(__file__).parent / test).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted(PAGES))
def test_blocks_are_of_a_known_kind(page: str) -> None:
    text = PAGES[page].read_text(encoding="utf-8")
    found = blocks(text)
    assert text.count("\n```") == 2 * sum(block.language != "heading" for block in found)
    assert text.count("<!-- run: ") == sum(bool(block.how) for block in found)
    for block in found:
        assert block.language in ("heading", "sh", "console", "python", "toml", "text"), block
        assert re.fullmatch(r"|settings|file \S+|not, .+", block.how), block
        if block.language == "sh":
            for line in block.text.splitlines():
                assert not line or shlex.split(line)[0] in INSTALLS, f"{page}, {block.where}: {line}"


def test_a_difference_would_be_seen(tmp_path: Path, home: Path) -> None:
    assert matches("0.45  a  …\n", "0.61  a  b c\n")
    assert not matches("0.45  a  …\n", "0.45  b  c\n")
    assert not matches("stopped", "no daemon was running\n")
    try_out = Runner(home, tmp_path, {})
    for wrong in ("```console\n$ echo a\nb\n```", "```python\nassert False\n```"):
        with pytest.raises(AssertionError):
            try_out(*blocks(wrong))


@pytest.mark.parametrize("page", sorted(PAGES))
def test_commands_and_options_that_are_named_exist(page: str) -> None:
    text = PAGES[page].read_text(encoding="utf-8")
    known = {words for words, _ in app.all_commands()}
    groups = {words[0] for words in known if len(words) == 2}
    for name, sub in re.findall(r"\bmemorusctl ([a-z]+)(?: ([a-z]+(?:\|[a-z]+)*))?", text):
        if name in groups and sub:
            assert all((name, one) in known for one in sub.split("|")), f"{name} {sub}"
        else:
            assert (name,) in known or name in groups, name
    flags = {flag for _, command in app.all_commands() for param in command.params for flag in param.flags}
    for benchmark in (ROOT / "benchmarks").glob("*.py"):
        flags |= set(re.findall(r'"(--[a-z0-9-]+)"', benchmark.read_text(encoding="utf-8")))
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]+\b", text)) <= flags | OTHERS


@pytest.mark.parametrize("page", sorted(PAGES))
def test_files_and_headings_that_are_linked_exist(page: str) -> None:
    path = PAGES[page]
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r"\b(?:src|href)=\"([^\"]+)\"", text):
        if not re.match(r"[a-z]+:", target):
            file, _, heading = target.partition("#")
            found = path.parent / file if file else path
            assert found.exists(), target
            if heading:
                assert heading in _anchors(found), target


def _anchors(page: Path) -> set[str]:
    headings = [
        b.text.lstrip("# ") for b in blocks(page.read_text(encoding="utf-8")) if b.language == "heading"
    ]
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_the_client_in_another_language_needs_nothing_of_ours() -> None:
    text = PAGES["docs/clients.md"].read_text(encoding="utf-8")
    (client,) = [block.text for block in blocks(text) if block.how == "file client.py"]
    imported = set()
    for node in ast.walk(ast.parse(client)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= sys.stdlib_module_names
