"""Memory must not feed on itself: what was recalled is known again, also where it is repeated."""

from __future__ import annotations

from collections.abc import Sequence

from .sentences import Part

__all__ = ["plain_line", "recalled_lines"]


def recalled_lines(turns: Sequence[Sequence[Part]]) -> frozenset[str]:
    """The lines of every block of recalled memory, so that they are known again when someone repeats them."""
    lines = (
        plain_line(line)
        for turn in turns
        for part in turn
        if part.kind == "recalled"
        for line in part.text.split("\n")
    )
    return frozenset(line for line in lines if len(line) > 8)


def plain_line(line: str) -> str:
    """A line without what a list puts before it: marks, [type], (score); in small letters."""
    text = line.strip().lstrip("-*•0123456789. ").strip()
    while (
        text[:1] in ("[", "(")
        and (end := text.find("]" if text[0] == "[" else ")")) > 0
        and not text.startswith("[redacted")
    ):
        if text[:9].lower() == "[redacted":
            break
        text = text[end + 1 :].strip()
    return text.rstrip(".。!").lower()
