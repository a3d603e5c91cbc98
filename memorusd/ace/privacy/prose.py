"""Secrets in sentences where the name comes after the value, or where a user comes before it.

"use X as the password", "X is the API key", "log in as admin with X", "creds: admin / X", 用 X 作为密码.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .finding import Finding, Source, anchored, positions
from .values import count_digits, is_mixed, is_opaque, is_placeholder, looks_chosen

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
_CHINESE = re.compile(
    r"[用以把将][ \t]?[“「\"'`]?(?P<v>[!-~]{5,100}?)[”」\"'`]?[ \t]?"
    r"(?:作为|当作|做|设为|设置为)[^\s,，。]{0,6}(?:密码|密钥|口令|令牌)"
)
_INFAMOUS = re.compile(
    r"(?<![a-z0-9_.-])(?:p[a@]ssw[o0]rd|letmein|qwerty|iloveyou|hunter|changeme)\d{2,6}[!@#$]{0,3}(?![\w.-])"
    r"|(?<![a-z0-9_.-])(?:welcome|admin)(?:\d{3,6}|\d\d(?=[!@#$]))[!@#$]{0,3}(?![\w.-])"
)
_FAMOUS = ("passw", "p@ss", "letmein", "qwerty", "iloveyou", "hunter", "changeme", "welcome", "admin")


def find(source: Source) -> Iterator[Finding]:
    """Every value that a sentence calls a secret after it, or gives together with a user's name."""
    text, low = source.text, source.low
    for lead in _LEADS:
        for at in positions(low, lead):
            if named := _SECRETS.search(low, at + len(lead), at + 48):
                floor = max(0, at - 120)
                match = _AS.search(low, floor, named.start())
                if match and match.end("v") <= at:
                    value = text[slice(*match.span("v"))]
                    if named["password"]:
                        drawn = looks_chosen(value) and count_digits(value) > 0 and "/" not in value
                    else:
                        drawn = is_opaque(value, 16 if "/" not in value else 32)
                    if drawn and not is_placeholder(value):
                        yield Finding("password" if named["password"] else "secret", *match.span("v"))
    for match in anchored(low, ("credential", "creds", "log", "user"), _LOGIN):
        value = text[slice(*match.span("v"))].rstrip(".,:!?)")
        if (is_mixed(value) or (looks_chosen(value) and count_digits(value))) and not is_placeholder(value):
            yield Finding("password", match.start("v"), match.start("v") + len(value))
    if "密" in text or "口令" in text or "令牌" in text:
        for match in _CHINESE.finditer(text):
            if looks_chosen(match["v"]) and not is_placeholder(match["v"]):
                yield Finding("password", *match.span("v"))
    for match in anchored(low, _FAMOUS, _INFAMOUS):
        yield Finding("password", *match.span())
