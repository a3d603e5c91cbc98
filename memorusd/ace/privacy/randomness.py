"""Does a value look drawn by a machine, or chosen as a password? Judged by its characters alone."""

from __future__ import annotations

import re
from itertools import pairwise

from .rules.letter_pairs import COMMON_PAIRS

__all__ = ["count_digits", "is_mixed", "is_opaque", "is_unspeakable", "looks_chosen"]

_ALNUM = re.compile(r"[A-Za-z0-9]+")
_LETTERS = re.compile(r"[A-Za-z]+")
_SYMBOLS = re.compile(r"[!@#$%^&*+~?=]")
_VOWELS = re.compile(r"[aeiouAEIOU]")
_HEX = frozenset("0123456789abcdef")
_DIGIT = re.compile(r"[0-9]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_VERSION = re.compile(r"v?\d{1,8}(?:\.\d{1,8}){1,6}[-+.a-z0-9]{0,24}", re.IGNORECASE)


def is_opaque(value: str, least: int = 16) -> bool:
    """True when `value` (of `least` characters or more) looks machine-made rather than named by people."""
    if len(value) < least or _is_date(value) or _VERSION.fullmatch(value):
        return False
    digits = count_digits(value)
    if not digits and len(value) < 20:
        return False
    chunk = max(_ALNUM.findall(value), key=len, default="")
    inside = count_digits(chunk)
    if inside == len(chunk):
        return inside >= 24 or (len(value) >= 24 and digits < len(value) and any(map(str.isalpha, value)))
    if inside and ((inside >= 2 and len(chunk) >= 8) or (len(value) >= 16 and _restless(value, digits))):
        return True
    if not inside and len(chunk) >= 20 and set(chunk.lower()) <= _HEX:
        return True
    return (len(value) >= 24 and digits >= 6) or (
        (len(chunk) >= 14 or len(value) >= 20) and is_unspeakable(value)
    )


def _is_date(value: str) -> bool:
    return "-" in value and _DATE.search(value) is not None


def count_digits(value: str) -> int:
    """How many ASCII digits `value` has."""
    return len(_DIGIT.findall(value))


def _restless(value: str, digits: int) -> bool:
    """True when capitals, small letters, digits and symbols change places all the time (`u+Lx2_N2MC`)."""
    if digits < 2:
        return False
    sorts = ["d" if c.isdigit() else "u" if c.isupper() else "l" if c.islower() else "s" for c in value[:200]]
    return 2 * sum(a != b for a, b in pairwise(sorts)) >= len(sorts)


def is_unspeakable(value: str) -> bool:
    """True when the letters of `value` (16 or more) do not follow each other as they do in words and names.

    Measured on the identifiers of a few thousand Python files: of 20 letters or more, 1 % of the names and
    97 % of random letters are below the threshold.
    """
    pairs = [pair for run in _LETTERS.findall(value[:200]) for pair in map("".join, pairwise(run.lower()))]
    if len(pairs) < 12 or len(value) < 16 or " " in value:
        return False
    common = sum(pair in COMMON_PAIRS for pair in pairs)
    return 20 * common < (11 if len(pairs) >= 18 else 9) * len(pairs)


def looks_chosen(value: str) -> bool:
    """True when an unquoted word looks like a password: digits or symbols among letters, or no word."""
    if _is_date(value) or _VERSION.fullmatch(value) or len(value) < 5:
        return False
    letters = sum(map(str.isalpha, value))
    digits = count_digits(value)
    symbols = _SYMBOLS.search(value.rstrip("!?*=")) is not None
    if (letters >= 2 and (digits or symbols)) or (digits >= 6 and letters == 0):
        return True
    # Letters alone, in both cases, with fewer vowels than the names that people give have.
    mixed = not (value.islower() or value.isupper() or value[1:].islower())
    return letters >= 16 and mixed and (4 * len(_VOWELS.findall(value)) < letters or is_unspeakable(value))


def is_mixed(value: str) -> bool:
    """True when a word is of so many sorts of characters that nothing else beside a password's name is so.

    Digits with capitals and small letters, or with a symbol, or two digits and more among letters.
    """
    digits = count_digits(value)
    if len(value) < 6 or not digits or "(" in value or "/" in value or not looks_chosen(value):
        return False
    upper, lower = any(map(str.isupper, value)), any(map(str.islower, value))
    if _SYMBOLS.search(value) is not None and (upper or lower):
        return True
    if upper and lower and digits >= 2 and value.replace("-", "").replace("_", "").isalnum():
        return True
    return value.isalnum() and len(value) >= 8 and ((upper and lower) or digits >= 2)
