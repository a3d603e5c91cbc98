"""Secrets that the syntax of a tool or a language places: `mysql -p…`, netrc, SQL, a Kubernetes Secret.

No name stands beside the value here; its place tells. The rules are in `rules.secret_arguments`: each looks
for a literal, and matches from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ..finding import Finding, Source, anchored
from ..placeholders import is_placeholder
from ..randomness import count_digits, is_mixed, is_opaque, looks_chosen
from ..rules.secret_arguments import SECRET_ARGUMENTS, SecretArgument

__all__ = ["find"]

# A Secret of Kubernetes: every value of its data is one.
_KIND = re.compile(r"kind: ?[\"']?secret[\"']?[ \t]{0,4}(?=\r?\n|$)")
_DATA = re.compile(r"\n[ \t]{0,4}(?:string)?data:[ \t]{0,4}\r?\n")
_ENTRY = re.compile(r"[ \t]{1,12}[\w.-]{1,60}:[ \t]{1,4}[\"']?(?P<v>[^\s\"'|>{$][^\n\"']{2,4000})")
_MANIFEST = 2_000  # characters before and after `kind: Secret`


def find(source: Source) -> Iterator[Finding]:
    """Every value that stands where a known command, statement or call takes its secret."""
    text, low = source.text, source.low
    yield from _manifests(text, low)
    has_blank = " " in text  # most rules are of commands, which have one: a cheap look for them all
    for argument, needs_blank, pattern in _arguments():
        if needs_blank and not has_blank:
            continue
        for match in anchored(low, argument.literals, pattern):
            first, last = match.span("v")
            value = text[first:last].rstrip(",;:.)`")
            if value and not is_placeholder(value) and (argument.any_value or _looks_secret(value)):
                yield Finding(argument.kind, first, first + len(value))


@cache
def _arguments() -> tuple[tuple[SecretArgument, bool, re.Pattern[str]], ...]:
    """Every rule, whether its pattern needs a blank, and the pattern, compiled at the first use."""
    return tuple(
        (argument, " " in argument.pattern, re.compile(argument.pattern)) for argument in SECRET_ARGUMENTS
    )


def _manifests(text: str, low: str) -> Iterator[Finding]:
    done = 0
    for kind in anchored(low, ("kind: secret",), _KIND):
        start, end = max(done, kind.start() - _MANIFEST), kind.end() + _MANIFEST
        start = max(start, low.rfind("\n---", start, kind.start()))
        stop = low.find("\n---", kind.end(), end)
        done = stop if stop >= 0 else end
        for data in _DATA.finditer(low, start, done):
            at = data.end()
            while entry := _ENTRY.match(text, at):
                if not is_placeholder(entry["v"].strip()):
                    yield Finding("secret", entry.start("v"), entry.start("v") + len(entry["v"].rstrip()))
                at = text.find("\n", entry.end()) + 1
                if not at:
                    break


def _looks_secret(value: str) -> bool:
    """A password or key, not a host, a port, a path or a plain word."""
    if not count_digits(value) and value.isalpha() and value[1:].islower():
        return False
    if (
        "://" in value
        or value.startswith(("/", "./", "~"))
        or value.replace(":", "").replace(".", "").isdigit()
    ):
        return False
    return is_mixed(value) or is_opaque(value, 10) or looks_chosen(value)
