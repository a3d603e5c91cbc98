"""Where sentences end, with and without spaces between words. Abbreviations and inline code do not end one.

Numbers of a list do not either. Time is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .punctuation import CJK_CLOSERS, CJK_ENDS
from .scripts import HAN

__all__ = ["end_of_sentence", "sentences"]

_BOUNDARY = re.compile(
    rf"(?:[.!?…]{{1,8}}[\"'”’)\]`]{{0,3}}(?=\s|$)|[{CJK_ENDS}]{{1,8}}[\"'”’{CJK_CLOSERS}]{{0,3}}"
    rf"|[.!?](?=[{HAN}]))\s*"
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\"'])(?:e\.?g|i\.?e|etc|vs|cf|approx|dr|mr|mrs|ms|prof|fig|z\.b|d\.h|bzw|resp|incl"
    r"|[a-z])\.$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\s*\d{1,3}\.")


def sentences(text: str) -> Iterator[str]:
    """The sentences of one paragraph, without the space around them."""
    position = 0
    while position < len(text):
        end = end_of_sentence(text, position)
        if sentence := text[position:end].strip():
            yield sentence
        position = end


def end_of_sentence(text: str, start: int) -> int:
    """Where the sentence that begins at `start` ends, including the space behind it."""
    ticks = 0
    position = start
    for match in _BOUNDARY.finditer(text, start):
        ticks += text.count("`", position, match.start())
        position = match.start()
        if ticks % 2:
            continue
        stop = match.start() + 1
        if text[match.start()] == "." and _ABBREVIATION.search(text, max(start, stop - 12), stop):
            continue
        if _NUMBERED.match(text, start) and stop - start < 6:
            continue  # "1. Install it": the number belongs to what follows
        return match.end()
    return len(text)
