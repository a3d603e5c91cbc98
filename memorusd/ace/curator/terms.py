"""What a piece of text between blanks contributes: the terms of a word, a compound, a number with a unit."""

from __future__ import annotations

import re
from functools import lru_cache

from .facts import fact
from .words import SAME, term

__all__ = ["terms"]

_HYPHENS = re.compile(r"[a-z]+(?:-[a-z]+)+")
_JOINED = ("no", "non", "re", "un", "pre", "multi")
"""First parts that make one word with the next: non-blocking."""
_UNITS = {"s": "second", "h": "hour", "m": "minute", "d": "day", "k": "thousand"}
_LONG = 64
"""Characters from which a piece is no word, and is left whole."""
_PER = ("second", "sec", "minute", "min", "hour", "day", "week", "month")


@lru_cache(maxsize=16384)
def terms(word: str) -> tuple[str, ...]:
    """The terms of a lower-case piece: `30s` is #30 and second, `node_env=test` is two, `the` is none."""
    if len(word) > _LONG:
        return (word,)
    word = word.removesuffix("'s")
    if word in SAME:
        return tuple(term(word).split())
    if word.isalpha():
        known = fact(word)
        return (known[0],) if known else tuple(term(word).split())
    if _HYPHENS.fullmatch(word):
        first, _, rest = word.partition("-")
        if first in _JOINED:
            return tuple(term(word.replace("-", "")).split())
        return terms(first) + terms(rest)
    if "://" not in word and not word[0].isdigit():
        for sign in "=:":
            name, found, value = word.partition(sign)
            if found and name and value:
                return terms(name) + terms(value)
    amount, _, per = word.rpartition("/")
    if amount and (per in _UNITS or per in _PER):
        return terms(amount) + terms(_UNITS.get(per, per))
    known = fact(word)
    if known is None:
        return tuple(term(word).split())
    value, unit = known
    return (value, *((_UNITS.get(unit) or term(unit)).split() if unit else ()))
