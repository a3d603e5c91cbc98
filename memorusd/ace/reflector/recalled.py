"""Memory must not feed on itself: recognises recalled text, even if someone repeats it.

Recalled text is in a `<memorus_context>` element, or in a list under the line "From memory (Memorus)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape

from ...text.punctuation import FULL_STOPS
from ...text.sentences import end_of_sentence
from .segments import Segment

__all__ = ["plain_line", "recalled_lines"]

_TAG = re.compile(r"</?memor\w{1,20}[^<>\n]{0,80}>", re.IGNORECASE)
_MARKS = re.compile(r"(?:[-*•]|\d{1,3}[.)]) |[\[(](?!redacted)[^\])\n]{0,40}[\])] ?", re.IGNORECASE)
_TYPE = re.compile(r" ?\*?\(\w{1,20}\)\*?$")


def recalled_lines(turns: Sequence[Sequence[Segment]]) -> frozenset[str]:
    """The lines of all recalled text, and their sentences, to recognise them when someone repeats them."""
    return frozenset(
        line
        for turn in turns
        for segment in turn
        if segment.kind == "recalled"
        for written in segment.text.split("\n")
        for line in _line_and_sentences(plain_line(written))
        if len(line) > 8
    )


def _line_and_sentences(line: str) -> Iterator[str]:
    """A whole line, and each of its sentences."""
    yield line
    start = 0
    while start < len(line):
        end = end_of_sentence(line, start)
        yield plain_line(line[start:end])
        start = end


def plain_line(line: str) -> str:
    """A line in lower case, without the tags, marks, type and score that surround recalled text."""
    text = unescape(_TAG.sub("", line)).strip() if "<" in line or "&" in line else line.strip()
    while match := _MARKS.match(text):
        text = text[match.end() :].strip()
    return _TYPE.sub("", text).rstrip("".join(FULL_STOPS)).lower()
