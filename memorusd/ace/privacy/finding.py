"""What a family of rules is given, and what it answers.

Every family is a function `find(source) -> Iterator[Finding]`. Two habits keep the whole linear:
a rule looks for its literal anchor first (a plain substring search at memory speed), and a rule that
runs over a class of characters starts only at the left edge of a run of that class (a lookbehind after
the literal), or is bounded, so no character is visited more than a fixed number of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["MARKER", "Finding", "Source", "anchored", "positions"]

MARKER = re.compile(r"\[REDACTED:[a-z0-9_]{1,40}\]")
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class Finding(NamedTuple):
    """`text[start:end]` of the text that was given is secret; `kind` names what (`github_token`)."""

    kind: str
    start: int
    end: int


class Source:
    """A text and its lower-case twin of the same length, so that a position means the same in both."""

    __slots__ = ("low", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        low = text.lower()
        # Some capitals grow when lowered ("İ"); none shrinks, so equal lengths mean equal positions.
        self.low = low if len(low) == len(text) else text.translate(_ASCII_LOWER)


def positions(text: str, anchor: str) -> Iterator[int]:
    """Where `anchor` begins, in order."""
    at = text.find(anchor)
    while at >= 0:
        yield at
        at = text.find(anchor, at + len(anchor))


def anchored(text: str, anchors: tuple[str, ...], pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Matches of `pattern` that begin at one of `anchors`: only those places are looked at."""
    for anchor in anchors:
        for at in positions(text, anchor):
            if match := pattern.match(text, at):
                yield match
