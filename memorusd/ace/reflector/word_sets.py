"""Sets of words, and the words of a text as the rules compare them with these."""

from __future__ import annotations

import re

__all__ = ["word_set", "words_of"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")


def word_set(text: str) -> frozenset[str]:
    """The words of a list that is written as text."""
    return frozenset(text.split())


def words_of(text: str) -> list[str]:
    """The words of a text, in small letters, apostrophes straight."""
    return _WORD.findall(text.lower().replace("’", "'"))
