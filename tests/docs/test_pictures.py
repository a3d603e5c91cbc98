"""The pictures show what their data says, fit light and dark pages, and need nothing but themselves."""

from __future__ import annotations

import importlib.util
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from .blocks import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.svg"))
FIGURES: dict[str, Any] = tomllib.loads((ROOT / "docs" / "figures.toml").read_text(encoding="utf-8"))


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_pictures", ROOT / "docs" / "generate_pictures.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pictures_are_up_to_date() -> None:
    for name, made in _generator().pictures().items():
        assert text(f"docs/pictures/{name}") == made, "run: python docs/generate_pictures.py"


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_whole_and_needs_nothing_else(path: Path) -> None:
    root = ET.parse(path).getroot()
    assert root.get("viewBox")
    names = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert not {"script", "image", "use", "foreignObject"} & set(names)
    source = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?:|@import|url\((?!#)", source)


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_legible_on_light_and_dark_pages(path: Path) -> None:
    """It brings its own background; one that follows the reader's scheme says how in both."""
    source = path.read_text(encoding="utf-8")
    if path.name != "icon.svg":
        first = re.search(r"<rect[^>]*>", source)
        assert first is not None
        assert re.search(r'fill="#|class="(?:bg|window)"', first[0])
    light, _, dark = source.partition("prefers-color-scheme: dark")
    if dark:
        styles = light.partition("<style>")[2]
        assert set(re.findall(r"\.([\w-]+) \{", styles)) == set(re.findall(r"\.([\w-]+) \{", dark))


def test_every_picture_is_shown_somewhere() -> None:
    pages = text("README.md") + text("mkdocs.yml")
    pages += "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md"))
    for path in PICTURES:
        assert f"pictures/{path.name}" in pages, path.name


def test_figures_on_the_pages_are_those_of_the_data() -> None:
    page, readme = text("docs/benchmarks.md"), " ".join(text("README.md").split())
    recall, search, lost = FIGURES["recall"], FIGURES["search"], FIGURES["lost_writes"]
    assert f"| set, percent of questions | {' | '.join(recall['systems'])} |" in page
    for row in recall["sets"]:
        assert f"| {row['name']} | {' | '.join(str(value) for value in row['values'])} |" in page
    for row in recall["sets"][:2]:
        assert f"**{row['values'][0]:g} %** of {row['name'].partition(',')[0]}'s" in readme
    ratios = [case["ratio"] for case in search["cases"]]
    assert f"| {ratios[0]} / {ratios[1]} |" in page
    assert f"| {ratios[2]} / {ratios[3]} |" in page
    milliseconds, embedding = (
        f"{search['embedding_ms'] * ratios[0]:.0f} ms",
        f"{search['embedding_ms']:.0f} ms",
    )
    for told in (page, readme, text("docs/index.md")):
        assert milliseconds in told
        assert f"of which {embedding} are embedding the question" in " ".join(told.split())
    assert f"**{lost['lost']}** acknowledged writes lost in {lost['kills']} rounds" in " ".join(
        readme.split()
    )
    assert f"{lost['power_losses']} simulated power failures" in readme
    crashes = lost["kills"] + lost["power_losses"]
    assert f"lost in {crashes} crashes and power failures" in text("docs/index.md")


def test_badges_in_the_readme_say_what_they_show() -> None:
    for label, value in _generator().badges():
        (told,) = re.findall(rf'badge-{label}\.svg" alt="([^"]*)"', text("README.md"))
        for word in re.findall(r"[\w.-]+", value):
            assert word in told


def test_the_readme_is_short() -> None:
    assert text("README.md").count("\n") <= 150
