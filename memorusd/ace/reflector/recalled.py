"""Memory must not feed on itself: what was recalled is known again, also where it is repeated.

Recalled text stands in a `<memorus_context>` element, or as a list under the line "From memory (Memorus)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape

from .sentences import Part, end_of_sentence

__all__ = ["plain_line", "recalled_lines"]

_TAG = re.compile(r"</?memor\w{1,20}[^<>\n]{0,80}>", re.IGNORECASE)
_MARKS = re.compile(r"(?:[-*•]|\d{1,3}[.)]) |[\[(](?!redacted)[^\])\n]{0,40}[\])] ?", re.IGNORECASE)
_TYPE = re.compile(r" ?\*?\(\w{1,20}\)\*?$")


def recalled_lines(turns: Sequence[Sequence[Part]]) -> frozenset[str]:
    """The lines of all recalled memory, and their sentences, to know them when someone repeats them."""
    return frozenset(
        line
        for turn in turns
        for part in turn
        if part.kind == "recalled"
        for written in part.text.split("\n")
        for line in _said(plain_line(written))
        if len(line) > 8
    )


def _said(line: str) -> Iterator[str]:
    """A line whole, and each of its sentences."""
    yield line
    start = 0
    while start < len(line):
        end = end_of_sentence(line, start)
        yield plain_line(line[start:end])
        start = end


def plain_line(line: str) -> str:
    """A line without what recalled text puts around it: tags, marks, type, score; in small letters."""
    text = unescape(_TAG.sub("", line)).strip() if "<" in line or "&" in line else line.strip()
    while match := _MARKS.match(text):
        text = text[match.end() :].strip()
    return _TYPE.sub("", text).rstrip(".。!").lower()
