"""Names, paths and numbers in the documentation agree with the code."""

from __future__ import annotations

import re
import sys

import pytest

from memorus_client import Memory
from memorus_proto.config_layers import NOT_SETTINGS, from_environ
from memorus_proto.errors import CODES, ConfigError
from memorus_proto.paths import Paths
from memorusd.daemon.limits import Limits
from memorusd.settings.config import DaemonSettings, Settings, validate

from .blocks import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def test_paths_are_those_of_the_code() -> None:
    home = {"HOME": "/home/ana"}
    paths = Paths.from_environ(home)
    in_session = Paths.from_environ({**home, "XDG_RUNTIME_DIR": "/run/user/7"})
    told = text("docs/operations.md")
    for path in (paths.store, paths.config, paths.log, paths.models, paths.mirrors, paths.socket):
        assert f"{path}".replace("/home/ana", "~") in told
    assert f"{in_session.socket}".replace("/run/user/7", "$XDG_RUNTIME_DIR") in told


@pytest.mark.parametrize("page", ["README.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))])
def test_variables_are_those_of_the_code(page: str) -> None:
    named = set(re.findall(r"\bMEMORUS_[A-Z_]*[A-Z]\b", text(page))) - {"MEMORUS_DEAMON__IDLE_TIMEOUT"}
    for name in named - NOT_SETTINGS:
        try:
            validate(from_environ({name: "1"}))
        except ConfigError as error:
            problem = error.message
        else:
            problem = ""
        assert "unknown" not in problem  # a value may be no good, a name must be
    if page == "docs/configuration.md":
        assert named >= NOT_SETTINGS


def test_numbers_are_those_of_the_code() -> None:
    told, limits = text("docs/operations.md"), Limits()
    assert DaemonSettings().idle_timeout == 300
    assert "after five minutes" in told
    assert f"| {limits.calls} / {limits.all_calls} |" in told
    assert f"| {limits.connections:,} |" in told
    assert f"| {limits.frame // 2**20} MiB |" in told
    assert Settings().decay.permanent_threshold == 15
    assert "recalled on 15 different days" in text("README.md")


@pytest.mark.parametrize("page", ["docs/clients.md", "docs/troubleshooting.md", "docs/operations.md"])
def test_error_codes_that_are_named_exist(page: str) -> None:
    named = set(re.findall(r"`([A-Z]+_[A-Z]+|BUSY)`", text(page)))
    assert named - NOT_SETTINGS - {"OPENAI_API_KEY"} <= CODES.keys()


def test_methods_that_are_named_exist() -> None:
    for page in ("README.md", "docs/privacy.md", "docs/operations.md"):
        for name in re.findall(r"\b[Mm]emory\.([a-z_]+)\b(?=[(`])", text(page)):
            assert hasattr(Memory, name), name


def test_extras_that_are_named_exist() -> None:
    extras = tomllib.loads(text("pyproject.toml"))["project"]["optional-dependencies"]
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for name in re.findall(r"(?:memorus|'\.)\[([a-z]+)\]", page.read_text(encoding="utf-8")):
            assert name in extras, f"{page.name}: {name}"


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_make_targets_that_are_named_exist(document: str) -> None:
    makefile = text("Makefile")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {
        target
        for words in re.findall(r"(?:^|`)make ((?:[a-z]+ ?)+)", text(document), re.MULTILINE)
        for target in words.split()
    }
    assert {"demo", "test"} <= targets
    assert named <= targets
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == targets
