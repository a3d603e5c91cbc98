"""Literals in a text: numbers, versions, times, weekdays, months, paths, flags, identifiers.

An embedding hardly sees that 8080 became 9090. Literals are compared to the letter.
"""

from __future__ import annotations

import re

from .languages import TABLES, forms

__all__ = ["VALUE", "is_literal", "parse_literal"]

VALUE = "#"
"""What a value (a number, version, time, weekday, month) begins with, so that no word equals one."""

_NUMBER = re.compile(r"[v~^><=$€£]*(\d[\d.:_-]*)(%|[a-z]{1,3})?")
_MARKED = re.compile(r"[\d_./\\@*#<>{}$~+&|%^]|^-")
_NAMED = {form: value for table in TABLES for form, value in forms(table.literals).items()}


def parse_literal(word: str) -> tuple[str, str] | None:
    """The literal in a lower-case word and the unit stuck to it ("30s": "#30", "s"); None for a mere word."""
    named = _NAMED.get(word)
    if named is not None:
        return named, ""
    if word.isalpha():
        return None
    number = _NUMBER.fullmatch(word)
    if number is not None:
        digits, unit = number[1].rstrip(".:-_").replace("_", ""), number[2] or ""
        return VALUE + digits, "percent" if unit == "%" else unit
    if not _MARKED.search(word):
        return None
    return (word.removeprefix("./").rstrip("/") or word), ""


def is_literal(term: str) -> bool:
    """Whether a term is a literal: a value, path, flag or identifier."""
    return term.startswith(VALUE) or _MARKED.search(term) is not None
