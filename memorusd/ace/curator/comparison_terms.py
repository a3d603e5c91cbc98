"""The terms that two texts are compared by: what a word, a compound, or a number with a unit comes to."""

from __future__ import annotations

import re
from functools import lru_cache

from .base_forms import SYNONYMS, base_form
from .languages import TABLES, forms, merged_words
from .literals import parse_literal

__all__ = ["comparison_terms"]

_HYPHENS = re.compile(r"[a-z]+(?:-[a-z]+)+")
_JOINED = merged_words("joined_prefixes")
_UNITS = {form: unit for table in TABLES for form, unit in forms(table.units).items()}
_RATES = _UNITS.keys() | merged_words("rates")
_LONG = 64
"""Characters from which a piece is no word, and is left whole."""


@lru_cache(maxsize=16384)
def comparison_terms(word: str) -> tuple[str, ...]:
    """The terms of a lower-case piece: `30s` is #30 and second, `node_env=test` is two, `the` is none."""
    if len(word) > _LONG:
        return (word,)
    word = word.removesuffix("'s")
    if word in SYNONYMS:
        return tuple(base_form(word).split())
    if word.isalpha():
        literal = parse_literal(word)
        return (literal[0],) if literal else tuple(base_form(word).split())
    if _HYPHENS.fullmatch(word):
        first, _, rest = word.partition("-")
        if first in _JOINED:
            return tuple(base_form(word.replace("-", "")).split())
        return comparison_terms(first) + comparison_terms(rest)
    if "://" not in word and not word[0].isdigit():
        for sign in "=:":
            name, separator, value = word.partition(sign)
            if separator and name and value:
                return comparison_terms(name) + comparison_terms(value)
    amount, _, per = word.rpartition("/")
    if amount and per in _RATES:
        return comparison_terms(amount) + comparison_terms(_UNITS.get(per, per))
    literal = parse_literal(word)
    if literal is None:
        return tuple(base_form(word).split())
    value, unit = literal
    return (value, *((_UNITS.get(unit) or base_form(unit)).split() if unit else ()))
