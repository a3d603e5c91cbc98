"""The hard facts in a text: numbers, versions, times, weekdays, months, paths, flags, identifiers.

An embedding hardly sees that 8080 became 9090; here they are compared to the letter.
"""

from __future__ import annotations

import re

from .words import forms

__all__ = ["VALUE", "fact", "is_value"]

VALUE = "#"
"""What a value (a number, version, time, weekday, month) begins with, so that no word equals one."""

_NUMBER = re.compile(r"[v~^><=$€£]*(\d[\d.:_-]*)(%|[a-z]{1,3})?")
_MARKED = re.compile(r"[\d_./\\@*#<>{}$~+&|%^]|^-")
_NAMED = forms(
    """
    #0: zero; #1: one once; #2: two twice; #3: three thrice; #4: four; #5: five; #6: six; #7: seven;
    #8: eight; #9: nine; #10: ten; #11: eleven; #12: twelve; #monday: monday mondays mon;
    #tuesday: tuesday tuesdays tue; #wednesday: wednesday wednesdays wed;
    #thursday: thursday thursdays thu; #friday: friday fridays fri; #saturday: saturday saturdays;
    #sunday: sunday sundays; #weekend: weekend weekends; #weekday: weekday weekdays;
    #january: january jan; #february: february feb; #april: april apr; #june: june jun; #july: july jul;
    #august: august aug; #september: september sep sept; #october: october oct;
    #november: november nov; #december: december dec
    """
)
"""Without May and March, which are more often other words."""


def fact(word: str) -> tuple[str, str] | None:
    """The fact in a lower-case word and the unit stuck to it ("30s": "#30", "s"); None for a mere word."""
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


def is_value(term: str) -> bool:
    """Whether a term is a hard fact: a value, path, flag or identifier."""
    return term.startswith(VALUE) or _MARKED.search(term) is not None
