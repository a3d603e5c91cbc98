"""Formats results as lines and tables of plain text. On a terminal, terminal.py draws the same tables.

Memories hold other people's words, and a terminal obeys some control characters. So these are shown as
escapes; --json has the exact text.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

__all__ = [
    "Age",
    "Ratio",
    "Table",
    "aligned",
    "display_width",
    "fields",
    "human_size",
    "one_line",
    "plain_lines",
    "safe_lines",
    "time_ago",
]

# C0 and C1 controls, DEL, line and paragraph separators, and the bidirectional overrides.
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_ESCAPES = {c: f"\\x{c:02x}" if c < 0x100 else f"\\u{c:04x}" for c in _CONTROLS} | {
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
}
_UNITS = ((60, "s", 1), (3600, "min", 60), (172_800, "h", 3600), (5_184_000, "d", 86_400))
_WORDS = {None: "-", True: "yes", False: "no"}
_MONTH, _YEAR = 2_629_800, 31_557_600


class Ratio(float):
    """A number from 0 to 1, such as a score or a weight. A terminal adds a bar."""

    def __str__(self) -> str:
        return f"{round(float(self), 2) + 0.0:.2f}"  # + 0.0 turns -0.0 into 0.0


class Age(str):
    """A time in ISO 8601. A terminal shows "3 d ago"."""


class Table:
    """Rows of cells under column names.

    A terminal shows the column names and the columns in `extra`, and puts the id below the text. Plain
    text has neither, so that scripts can rely on the columns.
    """

    __slots__ = ("columns", "extra", "rows")

    def __init__(
        self, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]], extra: tuple[str, ...] = ()
    ) -> None:
        self.columns = columns
        self.rows = list(rows)
        self.extra = extra


def one_line(value: object) -> str:
    """`value` as text on one line, safe for a terminal."""
    return str(value).translate(_ESCAPES)


def safe_lines(value: str) -> list[str]:
    """The lines of `value`, each safe for a terminal."""
    return [one_line(line) for line in value.split("\n")]


def plain_lines(items: Iterable[str | Table]) -> Iterator[str]:
    """Lines and tables as lines of text."""
    for item in items:
        if isinstance(item, str):
            yield item
            continue
        kept = [i for i, name in enumerate(item.columns) if name not in item.extra]
        yield from aligned(tuple(row[i] for i in kept) if kept else row for row in item.rows)


def aligned(rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """The rows as aligned columns, two spaces apart. The last column is not padded."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(display_width, column)) for column in zip(*cells, strict=True)][:-1]
    for row in cells:
        padded = [
            cell + " " * (doubles - display_width(cell)) for cell, doubles in zip(row, widths, strict=False)
        ]
        yield "  ".join([*padded, row[-1]] if row[-1] else padded).rstrip()


def display_width(text: str) -> int:
    """Columns that `text` takes on a terminal: a Chinese, Japanese or Korean letter takes two."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    # Marks (Mn, Me) combine with the letter before them; Cf are invisible.
    return sum(
        0 if category(c) in ("Mn", "Me", "Cf") else 2 if east_asian_width(c) in "WF" else 1 for c in text
    )


def fields(values: dict[str, Any]) -> list[str | Table]:
    """Names and values in two columns. Nested names are joined with a dot."""
    return [Table((), _flat(values, ""))]


def time_ago(time: str, now: float | None = None) -> str:
    """How long ago `time` (ISO 8601) was, in one unit: "3 d ago"."""
    from datetime import datetime, timezone

    at = datetime.fromisoformat(time).timestamp()
    seconds = (datetime.now(timezone.utc).timestamp() if now is None else now) - at
    if seconds < 1:
        return "just now"
    for limit, unit, each in _UNITS:
        if seconds < limit:
            return f"{seconds // each:.0f} {unit} ago"
    unit, each = ("mo", _MONTH) if seconds < 2 * _YEAR else ("y", _YEAR)
    return f"{seconds // each:.0f} {unit} ago"


def human_size(count: float) -> str:
    """A number of bytes in a readable unit: "1.2 MB"."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000 or unit == "GB":
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"


def _flat(values: dict[str, Any], prefix: str) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            # By type first: 1 == True, and a number must not become a word.
            shown = _WORDS[value] if value is None or isinstance(value, bool) else value
            yield prefix + name, ", ".join(map(str, shown)) if isinstance(shown, list) else shown
