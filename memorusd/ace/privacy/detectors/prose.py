"""Secrets in sentences where the name comes after the value, or where a user comes before it.

"use X as the password", "X is the API key", "log in as admin with X", "creds: admin / X".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..finding import Finding, Source, anchored, positions
from ..placeholders import is_placeholder
from ..randomness import count_digits, is_mixed, is_opaque, looks_chosen
from ..rules.common_passwords import COMMON_PASSWORDS
from ..rules.languages import LANGUAGES

__all__ = ["find"]

_V = r"(?P<v>[^\s\"'`<>,;:(){}]{6,200})"
_AS = re.compile(
    r"(?:(?:^|[\s\"'`])(?:[a-z_]{2,20}[/:])?)" + _V + r"[\"'`]?[ \t](?:as|is|are|was)[ \t]"
    r"(?:the|a|an|my|your|our|its|his|her|their)(?:[ \t][a-z0-9_-]{1,20}){0,3}[ \t]$"
)
_SECRETS = re.compile(
    r"(?P<password>pass(?:word|phrase|code)|credentials|pwd)|api[ _-]?key|token|secret|\bkey\b"
)
_LEADS = (" as ", " is ", " are ", " was ")
_LOGIN = re.compile(
    r"(?:credentials?|creds|log[ -]?in|logon|user(?:name)?/pass(?:word)?)"
    r"(?:[ \t](?:is|are|with|as|for[ \t]\w{1,20}[ \t]is)|:)?[ \t]{1,3}"
    r"(?:is[ \t]|are[ \t])?[\"'`]?[a-z_][\w.@-]{1,40}(?:[ \t]?[/:|][ \t]?|[ \t]with[ \t])[\"'`]?"
    r"(?P<v>[^\s\"'`<>,;(){}/][^\s\"'`<>,;(){}]{4,100})"
)
_USED_AS = tuple(
    (
        language.passwords + language.keys,
        re.compile(
            rf"(?:{'|'.join(language.takes)})[ \t]?[“「\"'`]?(?P<v>[!-~]{{5,100}}?)[”」\"'`]?[ \t]?"
            rf"(?:{'|'.join(language.gives)})[^\s,，。]{{0,6}}"
            rf"(?:{'|'.join(language.passwords + language.keys)})"
        ),
    )
    for language in LANGUAGES
    if language.takes
)
_COMMON = re.compile(
    "|".join(rf"(?<![a-z0-9_.-])(?:{rule.pattern})[!@#$]{{0,3}}(?![\w.-])" for rule in COMMON_PASSWORDS)
)
_COMMON_STARTS = tuple(start for rule in COMMON_PASSWORDS for start in rule.starts)


def find(source: Source) -> Iterator[Finding]:
    """Every value that a sentence calls a secret after it, or gives together with a user's name."""
    text, low = source.text, source.low
    yield from _called_after(text, low)
    for match in anchored(low, ("credential", "creds", "log", "user"), _LOGIN):
        value = text[slice(*match.span("v"))].rstrip(".,:!?)")
        if (is_mixed(value) or (looks_chosen(value) and count_digits(value))) and not is_placeholder(value):
            yield Finding("password", match.start("v"), match.start("v") + len(value))
    for names, pattern in _USED_AS:
        if any(name in text for name in names):
            for match in pattern.finditer(text):
                if looks_chosen(match["v"]) and not is_placeholder(match["v"]):
                    yield Finding("password", *match.span("v"))
    for match in anchored(low, _COMMON_STARTS, _COMMON):
        yield Finding("password", *match.span())


def _called_after(text: str, low: str) -> Iterator[Finding]:
    """ "use X as the password", "X is the API key"."""
    for lead in _LEADS:
        for at in positions(low, lead):
            name = _SECRETS.search(low, at + len(lead), at + 48)
            match = name and _AS.search(low, max(0, at - 120), name.start())
            if not name or not match or match.end("v") > at:
                continue
            value = text[slice(*match.span("v"))]
            if name["password"]:
                telling = looks_chosen(value) and count_digits(value) > 0 and "/" not in value
            else:
                telling = is_opaque(value, 16 if "/" not in value else 32)
            if telling and not is_placeholder(value):
                yield Finding("password" if name["password"] else "secret", *match.span("v"))
