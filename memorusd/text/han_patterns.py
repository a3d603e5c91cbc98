"""Regular expressions that are written in simplified Chinese and match traditional text too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from .normalise import simplified

__all__ = ["HanPattern"]

_CACHED = 64  # texts, because one is tried with many expressions


class HanPattern:
    """A compiled expression, applied to a text with its traditional characters simplified.

    Positions are those of the text as it is; the groups of a match are simplified.
    """

    __slots__ = ("_pattern",)

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._pattern = re.compile(pattern, flags)

    def search(self, text: str) -> re.Match[str] | None:
        """As `re.Pattern.search`."""
        return self._pattern.search(text if text.isascii() else _simplified(text))

    def match(self, text: str) -> re.Match[str] | None:
        """As `re.Pattern.match`."""
        return self._pattern.match(text if text.isascii() else _simplified(text))

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As `re.Pattern.finditer`."""
        return self._pattern.finditer(text if text.isascii() else _simplified(text))


_simplified = lru_cache(maxsize=_CACHED)(simplified)
