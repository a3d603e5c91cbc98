"""What a detector is given, and what it answers.

Every detector is a module with `find(source) -> Iterator[Finding]`. Two habits keep all of them linear in
the text. A rule looks for its literal first, which is a plain substring search at memory speed. A rule that
runs over a class of characters is bounded, or starts only at the left edge of a run of that class (a
look-behind after the literal), so that it visits no character more than a fixed number of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["MARKER", "Finding", "Source", "anchored", "positions"]

MARKER = re.compile(r"\[REDACTED:[a-z0-9_]{1,40}\]")
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class Finding(NamedTuple):
    """`text[start:end]` of the given text is secret; `kind` says what it is (`github_token`)."""

    kind: str
    start: int
    end: int


class Source:
    """A text, and the same in lower case with the same length, so that positions agree."""

    __slots__ = ("low", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        low = text.lower()
        # Some capitals grow when lowered ("İ"); none shrinks, so equal lengths mean equal positions.
        self.low = low if len(low) == len(text) else text.translate(_ASCII_LOWER)


def positions(text: str, anchor: str) -> Iterator[int]:
    """The positions at which `anchor` begins, in order."""
    at = text.find(anchor)
    while at >= 0:
        yield at
        at = text.find(anchor, at + len(anchor))


def anchored(text: str, anchors: tuple[str, ...], pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Matches of `pattern` that begin at one of `anchors`; no other place is tried."""
    for anchor in anchors:
        for at in positions(text, anchor):
            if match := pattern.match(text, at):
                yield match
