"""Keys with a vendor's own form, which need no context: the rules are in `rules.vendors`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ..finding import Finding, Source
from ..placeholders import is_stub
from ..rules.vendors import VENDORS, Infix, Prefix

__all__ = ["find"]

# Ten letters and digits in a row of both sorts, or twenty letters: no words joined by dashes.
_RANDOM_RUN = re.compile(r"(?=[A-Za-z]{0,80}\d)(?=\d{0,80}[A-Za-z])[A-Za-z0-9]{10,}|[A-Za-z]{20,}")


def find(source: Source) -> Iterator[Finding]:
    """Every key with a vendor's form."""
    text = source.text
    forms = _prefixes()
    padded = " " + text  # so that a key at the very beginning has an edge too
    for match in _prefix_pattern().finditer(padded):
        kind, form = forms[int((match.lastgroup or "")[1:])]
        if not is_stub(match[0][1 + len(form.literal) :]):
            yield Finding(kind, match.start(), match.end() - 1)
    for infix in _infixes():
        if infix.form.literal in text:
            for match in infix.pattern.finditer(text):
                if not infix.form.random or _is_random(match[0], len(infix.form.literal)):
                    start, end = match.span("v" if infix.pattern.groups else 0)
                    yield Finding(infix.kind, start - infix.form.before, end)


class _Infix(NamedTuple):
    kind: str
    form: Infix
    pattern: re.Pattern[str]


@cache
def _infixes() -> tuple[_Infix, ...]:
    return tuple(
        _Infix(vendor.id, form, re.compile(form.pattern))
        for vendor in VENDORS
        for form in vendor.forms
        if isinstance(form, Infix)
    )


@cache
def _prefixes() -> tuple[tuple[str, Prefix], ...]:
    """Every prefix with its vendor's id; the longest literals first, because they say the most."""
    forms = [(vendor.id, form) for vendor in VENDORS for form in vendor.forms if isinstance(form, Prefix)]
    return tuple(sorted(forms, key=lambda pair: -len(pair[1].literal)))


@cache
def _prefix_pattern() -> re.Pattern[str]:
    """All prefixes as one pattern, behind a left edge, branching on the first two characters.

    Compiled at the first use, because a process that only imports should not pay for it.
    """
    branches: dict[str, dict[str, list[str]]] = {}
    for number, (_, form) in enumerate(_prefixes()):
        second = branches.setdefault(form.literal[0], {}).setdefault(form.literal[1], [])
        second.append(f"(?P<k{number}>{re.escape(form.literal[2:])}{form.rest})")

    def either(seconds: dict[str, list[str]]) -> str:
        guard = "".join(map(re.escape, seconds))
        branch = "|".join(f"{re.escape(letter)}(?:{'|'.join(keys)})" for letter, keys in seconds.items())
        return f"(?=[{guard}])(?:{branch})"

    first = "".join(map(re.escape, branches))
    rules = "|".join(re.escape(letter) + either(seconds) for letter, seconds in branches.items())
    return re.compile(f"[^A-Za-z0-9](?=[{first}])(?:{rules})")


def _is_random(key: str, start: int) -> bool:
    """True when `key`, from `start` on, looks drawn by a machine rather than made of words or filler."""
    return (
        _RANDOM_RUN.search(key, start) is not None and any(map(str.isdigit, key)) and not is_stub(key[start:])
    )
