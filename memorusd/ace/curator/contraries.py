"""Pairs of contrary words: what turns a statement into its opposite without denying it."""

from __future__ import annotations

from .base_forms import base_form
from .languages import TABLES, merged_words

__all__ = ["contrary"]

_PREFIXES = merged_words("contrary_prefixes")
_SHORT_PREFIXES = merged_words("short_prefixes")
_SUFFIXES = tuple(merged_words("contrary_suffixes"))


def _pairs() -> dict[str, dict[str, str]]:
    """Every word of a pair, in its base form, to the words it excludes and how."""
    pairs: dict[str, dict[str, str]] = {}
    unstemmed = merged_words("unstemmed")
    for table in TABLES:
        for kind, column in (
            ("contrary", table.contraries),
            ("sides", table.sides),
            ("actions", table.actions),
        ):
            for pair in column.split():
                one, other = (
                    word if word in unstemmed else base_form(word) or word for word in pair.split("/")
                )
                pairs.setdefault(one, {})[other] = kind
                pairs.setdefault(other, {})[one] = kind
    return pairs


_PAIRS = _pairs()


def contrary(one: str, other: str) -> str | None:
    """How two base forms exclude each other; None when they do not.

    "contrary": a known pair, or one is the other with `un-`, `non-` …, or `-less` and `-ful`;
    "sides": there may well be both; "actions": likewise, but one cannot be told both.
    """
    known = _PAIRS.get(one)
    if known is not None and other in known:
        return known[other]
    if one[-2:] == other[-2:]:
        short, long = (one, other) if len(one) < len(other) else (other, one)
        if len(short) > 2 and long.endswith(short):
            prefixes = _PREFIXES if len(short) > 3 else _SHORT_PREFIXES
            return "contrary" if long[: -len(short)] in prefixes else None
    elif one.endswith(_SUFFIXES) and other.endswith(_SUFFIXES):
        return "contrary" if _root(one) == _root(other) else None
    return None


def _root(word: str) -> str:
    for suffix in _SUFFIXES:
        word = word.removesuffix(suffix)
    return word
