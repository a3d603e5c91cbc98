"""The site builds strictly and asks no other server; its generated pages are up to date."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from memorusd.settings.config import Settings, validate

from .blocks import ROOT, blocks

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def _generator(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, because Zensical writes beside mkdocs.yml only."""
    pytest.importorskip("zensical", reason="pip install -e '.[docs]'")
    copy = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", copy / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("mkdocs.yml", "proto/memorus_proto/SPEC.md"):
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, copy / file)
    done = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"],
        cwd=copy,
        env={
            **os.environ,
            "http_proxy": "http://127.0.0.1:9",
            "https_proxy": "http://127.0.0.1:9",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No issues found" in done.stdout + done.stderr
    return copy / "site"


def test_every_page_is_in_it(site: Path) -> None:
    pages = {path.with_suffix(".html").name for path in (ROOT / "docs").glob("*.md")}
    assert pages | {"404.html"} == {path.name for path in site.glob("*.html")}
    assert "0 to 4,294,967,295" in (site / "protocol.html").read_text(encoding="utf-8")
    assert "blue-green" in (site / "first-five-minutes.html").read_text(encoding="utf-8")
    assert not [path for kind in ("*.py", "*.toml", "*.txt") for path in site.rglob(kind)]
    assert {p.name for p in (ROOT / "docs" / "pictures").iterdir()} == {
        p.name for p in (site / "pictures").iterdir()
    }


def test_a_reader_asks_no_other_server(site: Path) -> None:
    loads = re.compile(r"<(?:script|img|iframe|link)\b[^>]*\b(?:src|href)=[\"']?(https?:)?//[^>]*>")
    for page in site.rglob("*.html"):
        found = loads.search(page.read_text(encoding="utf-8"))
        assert found is None, f"{page.name}: {found and found[0]}"
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?https?:", style.read_text(encoding="utf-8"))


def test_nothing_in_angle_brackets_is_lost(site: Path) -> None:
    """`project:<name>` outside of code would be taken for HTML, and shown to nobody."""
    for page in site.glob("*.html"):
        assert not re.search(r"<(?:name|id|home|hash|uid)>", page.read_text(encoding="utf-8")), page.name


@pytest.mark.parametrize(
    ("generator", "page"), [("generate", "configuration.md"), ("generate_python", "python.md")]
)
def test_generated_pages_are_up_to_date(generator: str, page: str) -> None:
    made: Callable[[], str] = _generator(generator).page
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == made(), f"run: python docs/{generator}.py"


def test_every_setting_is_told() -> None:
    told = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    for section, field in Settings.model_fields.items():
        assert f"## [{section}]" in told or f"| `{section}` |" in told
        for name in getattr(field.annotation, "model_fields", {}):
            assert re.search(rf"^\| `{name}(?:\.\w+)?` \|.*\| \S.* \|$", told, re.MULTILINE), (
                f"{section}.{name}"
            )


def test_the_file_with_every_default_changes_nothing() -> None:
    told = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    (file,) = [block.text for block in blocks(told) if block.language == "toml"]
    assert validate(tomllib.loads(file)) == Settings()
