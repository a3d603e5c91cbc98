"""Draws tables on a terminal: column names, bars, ages, and colour unless NO_COLOR is set."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from .formatting import Age, Ratio, one_line, time_ago

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .formatting import Table

__all__ = ["bar", "render"]

_BAR_WIDTH = 5
_BESIDE = ("score", "weight", "event")
"""Columns beside the text of a memory; the others go below it."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red", "ADD": "green", "DELETE": "red"}


def render(items: Iterable[str | Table]) -> Iterator[str]:
    """Lines unchanged, and tables drawn for the width of this terminal."""
    console = Console(markup=False, highlight=False, emoji=False)
    for item in items:
        if isinstance(item, str):
            yield item
            continue
        with console.capture() as output:
            console.print(_draw(item))
        yield output.get().rstrip("\n")


def bar(share: float, width: int = _BAR_WIDTH) -> str:
    """A bar of `width` characters, filled to `share` (0 to 1)."""
    if (sys.stdout.encoding or "").lower() not in ("utf-8", "utf8"):
        return ("#" * round(share * width)).ljust(width)
    full, rest = divmod(round(min(max(share, 0.0), 1.0) * width * 8), 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def _draw(table: Table) -> RichTable:
    names = table.columns or ("",) * len(table.rows[0] if table.rows else ())
    places = range(len(names))
    # The text of a memory gets the width. An id goes below it, where it stays whole and can be copied.
    beside = [i for i in places if "id" not in names or names[i] in _BESIDE or i == places[-1]]
    below = sorted(set(places) - set(beside), key=lambda i: names[i] != "id")
    rich_table = RichTable(box=None, padding=(0, 2, 0, 0), show_header=bool(table.columns))
    for i in beside:
        bold = "bold" if not table.columns and i == 0 else ""
        rich_table.add_column(names[i], overflow="fold", style=bold, no_wrap=bool(below and i == 0))
    for row in table.rows:
        cells = [_cell(row[i]) for i in beside]
        if below:
            details = "  ".join(_cell(row[i]).plain for i in below)
            cells[-1] = Text.assemble(cells[-1], "\n", (details, "dim"))
        rich_table.add_row(*cells)
    return rich_table


def _cell(value: object) -> Text:
    if isinstance(value, Ratio):
        return Text.assemble(f"{value} ", (bar(value), "cyan"))
    if isinstance(value, Age):
        return Text(time_ago(value))
    text = one_line(value)
    return Text(text, style=_COLOURS.get(text, ""))
