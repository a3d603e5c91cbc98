"""What is in the wheel and the sdist, and what they say of themselves."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest

from .conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PACKAGES = {
    "memorus": ROOT / "memorus",
    "memorus_client": ROOT / "memorus_client",
    "memorusd": ROOT / "memorusd",
    "memorusctl": ROOT / "cli" / "memorusctl",
    "memorus_proto": ROOT / "proto" / "memorus_proto",
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        return set(archive.namelist())


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode())


def test_every_file_of_the_packages_is_in_it_and_no_other(names: set[str]) -> None:
    expected = {
        f"{package}/{path.relative_to(folder).as_posix()}"
        for package, folder in PACKAGES.items()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    found = {name for name in names if "-info/" not in name and ".data/" not in name}
    assert found == expected
    assert {"memorus_proto/SPEC.md", "memorus/py.typed"} <= found


def test_what_is_imported_is_typed(names: set[str]) -> None:
    for package in ("memorus", "memorus_client", "memorus_proto"):
        assert f"{package}/py.typed" in names


def test_units_and_licences_are_in_it(names: set[str]) -> None:
    ends = {name.partition(".data/data/")[2] for name in names if ".data/data/" in name}
    assert ends == {"share/memorus/systemd/memorusd.service", "share/memorus/systemd/memorusd.socket"}
    assert {name.rpartition("/")[2] for name in names if "/licenses/" in name} == {"LICENSE", "NOTICE"}


def test_it_says_what_it_is(wheel: Path, metadata: Message) -> None:
    assert wheel.name == f"memorus-{PROJECT['version']}-py3-none-any.whl"
    assert metadata["Name"] == "memorus"
    assert metadata["Version"] == PROJECT["version"]
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert set(metadata.get_all("Provides-Extra") or ()) == set(PROJECT["optional-dependencies"])
    assert "Typing :: Typed" in (metadata.get_all("Classifier") or ())
    needed = [line for line in metadata.get_all("Requires-Dist") or () if "extra ==" not in line]
    assert len(needed) == len(PROJECT["dependencies"])


def test_programs_are_installed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
        told = archive.read(name).decode()
    for program in ("memorusctl", "memorus", "memorusd"):
        assert f"{program} = " in told


def test_the_sdist_has_what_one_works_with(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for path in (
        "Makefile",
        "mkdocs.yml",
        "docs/index.md",
        "tests/conftest.py",
        "benchmarks/demo.py",
        "NOTICE",
    ):
        assert path in names
    assert not {name for name in names if name.startswith((".venv", "dist", "site/"))}


def test_the_registry_would_take_it(distributions: Path) -> None:
    pytest.importorskip("twine", reason="pip install -e '.[dev]'")
    files = [str(file) for file in distributions.iterdir() if file.suffix in (".whl", ".gz")]
    done = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("PASSED") == len(files) == 2
