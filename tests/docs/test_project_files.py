"""The configuration files of the project parse, and what they name exists."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from .blocks import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

yaml = pytest.importorskip("yaml", reason="pip install -e '.[docs]'")
FILES = [
    ROOT / ".pre-commit-config.yaml",
    ROOT / "mkdocs.yml",
    *sorted((ROOT / ".github").rglob("*.yml")),
]
SUPPORTED = ["3.10", "3.11", "3.12", "3.13"]


def load(path: Path) -> dict[str, Any]:
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_yaml(path: Path) -> None:
    assert load(path)


def test_ci_runs_on_every_supported_python() -> None:
    jobs = load(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    matrix = jobs["run"]["strategy"]["matrix"]
    assert matrix == {"os": ["ubuntu-latest", "macos-latest"], "python": SUPPORTED}
    assert {"run": ".ci/run"} in jobs["run"]["steps"]
    assert jobs["windows"]["continue-on-error"] is True
    assert {"run": "make docs"} in jobs["docs"]["steps"]
    named = {c.rpartition(" ")[2] for c in project()["classifiers"] if re.search(r":: 3\.\d+$", c)}
    assert named == set(SUPPORTED)
    assert project()["requires-python"] == f">={SUPPORTED[0]}"


def test_ci_tests_folders_that_are_there() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    folders = re.findall(r"\btests/[\w/]+", text)
    assert folders
    for folder in folders:
        assert (ROOT / folder).is_dir(), folder
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_hooks_fetch_nothing() -> None:
    config = load(ROOT / ".pre-commit-config.yaml")
    assert {repo["repo"] for repo in config["repos"]} == {"local"}
    for hook in config["repos"][0]["hooks"]:
        assert hook["entry"].startswith(".venv/bin/")
        for path in re.findall(r"\btests/\S+\.py", hook["entry"]):
            assert (ROOT / path).is_file()


def test_every_page_is_in_the_navigation() -> None:
    def pages(entries: list[Any]) -> list[str]:
        found: list[str] = []
        for entry in entries:
            (target,) = entry.values()
            found += pages(target) if isinstance(target, list) else [target]
        return found

    navigation = pages(load(ROOT / "mkdocs.yml")["nav"])
    assert sorted(navigation) == sorted(path.name for path in (ROOT / "docs").glob("*.md"))


def test_the_version_is_one() -> None:
    import memorus
    import memorusd

    assert memorus.__version__ == memorusd.__version__ == project()["version"]
    assert f"## {project()['version']} " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_notice_names_what_the_extras_bring() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    extras = project()["optional-dependencies"]
    for requirement in [*extras["onnx"], "psycopg", "mem0ai"]:
        assert re.split(r"[\[=><]", requirement)[0] in notice
    assert project()["license-files"] == ["LICENSE", "NOTICE"]
