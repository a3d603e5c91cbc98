"""Writes the pictures in pictures/ that come from data: the terminal, the charts and the badges.

    python docs/generate_pictures.py

The terminal shows a recording, the charts show figures.toml, and the badges show pyproject.toml. A test holds the
committed pictures to these. The diagrams in the same folder are drawn by hand. Each picture brings its own background
and follows `prefers-color-scheme`, so it is legible on light and dark pages.
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

DOCS = Path(__file__).parent
PICTURES = DOCS / "pictures"
SANS = "-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"
MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
COLUMN, ROW, MARGIN = 8.4, 21, 16
TYPED = ("$ ", ">>> ")
STYLE = """\
.bg { fill: #ffffff; stroke: #d1d9e0 } .ink { fill: #1f2328 } .muted { fill: #59636e }
.s0 { fill: #00897b } .s1 { fill: #8c959f } .s2 { fill: #afb8c1 } .s3 { fill: #d1d9e0 }
@media (prefers-color-scheme: dark) {
.bg { fill: #0d1117; stroke: #3d444d } .ink { fill: #e6edf3 } .muted { fill: #9198a1 }
.s0 { fill: #4db6ac } .s1 { fill: #848d97 } .s2 { fill: #656c76 } .s3 { fill: #484f58 }
}"""
TERMINAL_STYLE = """\
.window { fill: #0d1117; stroke: #3d444d } .title { fill: #9198a1 } .prompt { fill: #4db6ac } .typed { fill: #f0f6fc }
.output { fill: #9198a1 } .fact { fill: #ffd866 } text { white-space: pre }"""


def pictures() -> dict[str, str]:
    """Every generated picture by its file name."""
    figures = tomllib.loads((DOCS / "figures.toml").read_text(encoding="utf-8"))
    recording = (DOCS / "two-agents.txt").read_text(encoding="utf-8")
    made = {
        "two-agents.svg": terminal(recording.partition(">>> exit()")[0], "Use pnpm in the web folder."),
        "recall.svg": recall_chart(figures["recall"]),
        "search-time.svg": search_chart(figures["search"]),
    }
    made.update({f"badge-{label}.svg": badge(label, value) for label, value in badges()})
    return made


def terminal(recording: str, fact: str) -> str:
    """A recording as terminal windows. A line `$ # TITLE` starts a window; `fact` is highlighted."""
    width = 2 * MARGIN + COLUMN * max(map(len, recording.splitlines()))
    parts: list[str] = []
    top = 1
    for window in recording.split("$ # ")[1:]:
        title, *lines = window.splitlines()
        height = 54 + ROW * len(lines)
        parts.append(f'<rect class="window" x="1" y="{top}" width="{width - 2:g}" height="{height}" rx="8"/>')
        for x, colour in ((20, "#ff5f57"), (38, "#febc2e"), (56, "#28c840")):
            parts.append(f'<circle cx="{x}" cy="{top + 17}" r="5.5" fill="{colour}"/>')
        parts.append(
            f'<text class="title" x="{width / 2:g}" y="{top + 22}" text-anchor="middle">{title}</text>'
        )
        for number, line in enumerate(lines, 1):
            place = f'x="{MARGIN}" y="{top + 36 + ROW * number}" textLength="{COLUMN * len(line):g}"'
            spans = "".join(
                f'<tspan class="{kind}">{escape(text)}</tspan>' for kind, text in _spans(line, fact) if text
            )
            parts.append(f'<text {place} lengthAdjust="spacingAndGlyphs">{spans}</text>')
        top += height + MARGIN
    label = "Two terminals: one agent learns a fact, another agent in another process recalls it"
    return _svg(width, top - MARGIN + 1, parts, label, TERMINAL_STYLE, f"font: 14px {MONO}")


def _spans(line: str, fact: str) -> list[tuple[str, str]]:
    """The parts of a line of a terminal, each after its class."""
    if line.startswith(TYPED):
        prompt, _, rest = line.partition(" ")
        return [("prompt", f"{prompt} "), ("typed", rest)]
    before, match, after = line.partition(fact)
    return [("output", before), ("fact", match), ("output", after)]


def recall_chart(recall: dict[str, Any]) -> str:
    """Bars of percent: a group for each data set, a bar for each system."""
    parts = [
        '<text class="ink" x="16" y="30" font-size="16" font-weight="600">An answer is among the first five</text>',
        '<text class="muted" x="16" y="50">percent of the questions; a longer bar is better</text>',
    ]
    x = 16.0
    for number, system in enumerate(recall["systems"]):
        parts.append(f'<rect class="s{number}" x="{x:g}" y="64" width="12" height="12" rx="2"/>')
        parts.append(f'<text class="ink" x="{x + 17:g}" y="75">{escape(system)}</text>')
        x += 48 + 7.2 * len(system)
    y = 92
    for group in recall["sets"]:
        parts.append(f'<text class="ink" x="16" y="{y + 14}">{escape(group["name"])}</text>')
        y += 20
        for number, value in enumerate(group["values"]):
            parts.append(
                f'<rect class="s{number}" x="16" y="{y}" width="{value * 4.7:.1f}" height="11" rx="2"/>'
            )
            if number == 0:
                parts.append(f'<text class="ink" x="{22 + value * 4.7:.1f}" y="{y + 11}">{value:g}</text>')
            y += 13
        y += 12
    label = "Bar chart: " + "; ".join(f"{g['name']}: {g['values'][0]:g} %" for g in recall["sets"])
    return _chart(y + 4, parts, label)


def search_chart(search: dict[str, Any]) -> str:
    """Stacked bars of milliseconds: embedding the question, and everything else."""
    embedding = search["embedding_ms"]
    scale = 400 / max(embedding * case["ratio"] for case in search["cases"])
    parts = [
        '<text class="ink" x="16" y="30" font-size="16" font-weight="600">How long a search takes</text>',
        '<text class="muted" x="16" y="50">milliseconds; a shorter bar is better</text>',
        '<rect class="s1" x="16" y="64" width="12" height="12" rx="2"/>',
        '<text class="ink" x="33" y="75">embedding the question</text>',
        '<rect class="s0" x="206" y="64" width="12" height="12" rx="2"/>',
        '<text class="ink" x="223" y="75">everything else</text>',
    ]
    y, summary = 92, []
    for case in search["cases"]:
        total = embedding * case["ratio"]
        embedded = embedding if case["ratio"] > 1 else 0.0
        name = case["name"]
        parts.append(f'<text class="ink" x="16" y="{y + 14}">{escape(name)}</text>')
        left = 16.0
        for kind, value in (("s1", embedded), ("s0", total - embedded)):
            if value:
                parts.append(
                    f'<rect class="{kind}" x="{left:.1f}" y="{y + 20}" width="{value * scale:.1f}" height="16"/>'
                )
                left += value * scale
        summary.append(f"{name}: {total:.0f} ms")
        parts.append(f'<text class="ink" x="{left + 8:.1f}" y="{y + 33}">{total:.0f} ms</text>')
        y += 50
    return _chart(y, parts, "Bar chart: " + "; ".join(summary))


def badges() -> list[tuple[str, str]]:
    """What the badges say, from pyproject.toml."""
    project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    minor = [c.rpartition("::")[2].strip() for c in project["classifiers"] if "Python :: 3." in c]
    systems = [c.split(" :: ")[-1] for c in project["classifiers"] if c.startswith("Operating System")]
    return [
        ("version", project["version"]),
        ("python", f"{minor[0]} – {minor[-1]}"),
        ("platform", " | ".join(sorted(systems)).replace("Mac", "mac")),
        ("licence", project["license"]),
    ]


def badge(label: str, value: str) -> str:
    """A label and a value, side by side."""
    left, right = 14 + 6.6 * len(label), 14 + 6.6 * len(value)
    parts = [
        f'<rect width="{left + right:g}" height="20" rx="4" fill="#57606a"/>',
        f'<path d="M{left:g} 0h{right - 4:g}a4 4 0 0 1 4 4v12a4 4 0 0 1 -4 4h-{right - 4:g}z" fill="#00796b"/>',
        f'<text x="{left / 2:g}" y="14" text-anchor="middle" fill="#fff">{escape(label)}</text>',
        f'<text x="{left + right / 2:g}" y="14" text-anchor="middle" fill="#fff">{escape(value)}</text>',
    ]
    return _svg(left + right, 20, parts, f"{label}: {value}", "", f"font: 11px {SANS}")


def _chart(height: float, parts: list[str], label: str) -> str:
    frame = f'<rect class="bg" x="0.5" y="0.5" width="559" height="{height - 1:g}" rx="8"/>'
    return _svg(560, height, [frame, *parts], label, STYLE, f"font: 14px {SANS}")


def _svg(width: float, height: float, parts: list[str], label: str, style: str, font: str) -> str:
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} style="{font}" role="img">',
            f"<title>{escape(label)}</title>",
            *([f"<style>\n{style}\n</style>"] if style else []),
            *parts,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    for file, text in pictures().items():
        (PICTURES / file).write_text(text, encoding="utf-8")
