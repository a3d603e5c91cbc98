"""The same tables on a terminal: names over the columns, bars, ages, colour unless NO_COLOR is set."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from .text import Age, Share, age, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .text import Table

__all__ = ["bar", "render"]

_BAR = 5
_BESIDE = ("score", "weight", "event")
"""Columns that stand before the text of a memory."""
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_COLOURS = {"ok": "green", "warn": "yellow", "fail": "red", "ADD": "green", "DELETE": "red"}


def render(items: Iterable[str | Table]) -> Iterator[str]:
    """Lines as they are, tables drawn for the width of this terminal."""
    console = Console(markup=False, highlight=False, emoji=False)
    for item in items:
        if isinstance(item, str):
            yield item
            continue
        with console.capture() as drawn:
            console.print(_drawn(item))
        yield drawn.get().rstrip("\n")


def bar(share: float, width: int = _BAR) -> str:
    """A bar of `width` characters, filled by so much."""
    if (sys.stdout.encoding or "").lower() not in ("utf-8", "utf8"):
        return ("#" * round(share * width)).ljust(width)
    full, rest = divmod(round(min(max(share, 0.0), 1.0) * width * 8), 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width)


def _drawn(table: Table) -> RichTable:
    names = table.columns or ("",) * len(table.rows[0] if table.rows else ())
    places = range(len(names))
    # Of memories the text matters, and the rest goes below it: an id must stay whole to be copied.
    beside = [i for i in places if "id" not in names or names[i] in _BESIDE or i == places[-1]]
    below = sorted(set(places) - set(beside), key=lambda i: names[i] != "id")
    drawn = RichTable(box=None, padding=(0, 2, 0, 0), show_header=bool(table.columns))
    for i in beside:
        bold = "bold" if not table.columns and i == 0 else ""
        drawn.add_column(names[i], overflow="fold", style=bold, no_wrap=bool(below and i == 0))
    for row in table.rows:
        cells = [_cell(row[i]) for i in beside]
        if below:
            told = "  ".join(_cell(row[i]).plain for i in below)
            cells[-1] = Text.assemble(cells[-1], "\n", (told, "dim"))
        drawn.add_row(*cells)
    return drawn


def _cell(value: object) -> Text:
    if isinstance(value, Share):
        return Text.assemble(f"{value} ", (bar(value), "cyan"))
    if isinstance(value, Age):
        return Text(age(value))
    text = one_line(value)
    return Text(text, style=_COLOURS.get(text, ""))
