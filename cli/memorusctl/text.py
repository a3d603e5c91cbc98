"""How results read: aligned plain text, one line a memory, no colour.

Memories are other people's words. Control characters in them (a terminal obeys some) are shown
as escapes; --json carries the exact text.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

__all__ = ["facts", "lines", "one_line", "table"]

# C0 and C1 controls, DEL, line and paragraph separators, and the bidirectional overrides.
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_ESCAPES = {c: f"\\x{c:02x}" if c < 0x100 else f"\\u{c:04x}" for c in _CONTROLS} | {
    ord("\n"): "\\n",
    ord("\r"): "\\r",
    ord("\t"): "\\t",
}


def one_line(value: object) -> str:
    """`value` as text on one line, safe for a terminal."""
    return str(value).translate(_ESCAPES)


def lines(value: str) -> list[str]:
    """`value` line by line, each safe for a terminal."""
    return [one_line(line) for line in value.split("\n")]


def table(rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """The rows in columns, two spaces apart; the last column is as long as it is."""
    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)][:-1]
    for row in cells:
        yield "  ".join([*map(str.ljust, row, widths), row[-1]])


def facts(values: dict[str, Any]) -> Iterator[str]:
    """Name and value in two columns; nested names are joined with a dot."""
    return table(_flat(values, ""))


def _flat(values: dict[str, Any], prefix: str) -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            shown = {None: "-", True: "yes", False: "no"}.get(value, value) if not _plain(value) else value
            yield prefix + name, ", ".join(map(str, shown)) if isinstance(shown, list) else shown


def _plain(value: object) -> bool:
    # 1 == True, so the table of words above must not see numbers.
    return not (value is None or isinstance(value, bool))
