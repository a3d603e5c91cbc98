"""README is run as it stands: every `console` and `python` block, in order, in one scratch home."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from memorusd.config import validate

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [
    (f"line {README[: found.start()].count(chr(10)) + 1}", found[1], found[2])
    for found in re.finditer(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
]


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _run(command: list[str], folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
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


@pytest.fixture
def daemon_stopped_after(home: Path) -> Iterator[None]:
    yield
    _run([_program("memorusctl"), "daemon", "stop"])


def _matches(expected: str, said: str) -> bool:
    """Whether `said` is `expected`, where … stands for anything and a score for any score."""
    pattern = re.escape(expected.strip()).replace("…", ".*")
    pattern = re.sub(r"\b[01]\\\.\d\d\b", r"[01]\\.\\d\\d", pattern)
    return re.fullmatch(pattern, said.strip(), re.DOTALL) is not None


def _console(text: str) -> Iterator[tuple[str, str]]:
    """Each command of a console block with its output."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


@pytest.mark.usefixtures("daemon_stopped_after")
def test_every_block_does_what_it_says(tmp_path: Path) -> None:
    ran = 0
    for where, language, text in BLOCKS:
        if language == "console":
            for command, expected in _console(text):
                done = _run(["bash", "-c", command], tmp_path)
                assert _matches(expected, done.stdout), f"{where}: {command}\n{done.stdout}{done.stderr}"
                ran += 1
        elif language == "python":
            done = _run([sys.executable, "-W", "error", "-c", text], tmp_path)
            assert done.returncode == 0, f"{where}:\n{done.stdout}{done.stderr}"
            ran += 1
        elif language == "toml":
            validate(tomllib.loads(text))
            ran += 1
    assert ran > 8


def test_a_difference_would_be_seen() -> None:
    assert _matches("0.45  a  …\n", "0.61  a  b c\n")
    assert not _matches("0.45  a  …\n", "0.45  b  c\n")
    assert not _matches("stopped", "no daemon was running\n")


def test_blocks_are_of_a_known_kind() -> None:
    assert {language for _, language, _ in BLOCKS} == {"sh", "console", "python", "toml"}


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_make_targets_that_are_named_exist(document: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    text = (ROOT / document).read_text(encoding="utf-8")
    named = {
        target
        for words in re.findall(r"(?:^|`)make ((?:[a-z]+ ?)+)", text, re.MULTILINE)
        for target in words.split()
    }
    assert {"demo", "test"} <= targets
    assert named <= targets
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == targets


def test_files_that_are_linked_exist() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_paths_are_those_of_the_code() -> None:
    from memorus_proto.paths import Paths

    home = {"HOME": "/home/ana"}
    paths = Paths.from_environ(home)
    in_session = Paths.from_environ({**home, "XDG_RUNTIME_DIR": "/run/user/7"})
    for path in (paths.store, paths.config, paths.log, paths.models, paths.socket):
        assert f"{path}".replace("/home/ana", "~") in README
    assert f"{in_session.socket}".replace("/run/user/7", "$XDG_RUNTIME_DIR") in README


def test_variables_are_those_of_the_code() -> None:
    from memorus_proto.settings import NOT_SETTINGS, from_environ
    from memorusd.config import DaemonSettings

    named = set(re.findall(r"\bMEMORUS_[A-Z_]+", README))
    assert named >= NOT_SETTINGS
    validate(from_environ(dict.fromkeys(named, "60")))
    default = DaemonSettings().idle_timeout
    assert f"({default:g}; 0: never)" in README


def test_exit_statuses_are_those_of_the_code() -> None:
    from memorus_proto.errors import CODES
    from memorusctl.execute import EXITS
    from memorusctl.spec import EXIT

    table = dict(re.findall(r"^\| (\d) \| (\w+)", README, re.MULTILINE))
    assert [int(status) for status in table] == sorted(EXIT.values())
    assert EXITS.keys() <= CODES.keys()


def test_commands_that_are_named_exist() -> None:
    from memorusctl import face

    top = {command.name for command in face.TOP}
    groups = {name: {command.name for command in commands} for name, (_, commands) in face.GROUPS.items()}
    named = re.findall(r"`memorusctl ([a-z]+)(?: ([a-z|]+))?", README)
    assert named
    for command, sub in named:
        if command in groups:
            assert set(sub.split("|")) <= groups[command]
        else:
            assert command in top
    flags = {f for _, c in face.every() for p in c.params for f in p.flags}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README)) <= flags | {"--help"}
