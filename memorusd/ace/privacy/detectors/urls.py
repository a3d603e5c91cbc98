"""Credentials inside URLs: user:password@, a token as the user, webhooks whose path is the secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ..finding import Finding, Source, anchored
from ..placeholders import is_stub
from ..randomness import is_opaque
from ..rules.webhooks import WEBHOOKS

__all__ = ["find"]

KIND = "url_credentials"
# The last "@" before the host ends the password: people do not always escape it.
_LOGIN = re.compile(
    r"://(?P<user>[^\s:/@\"'`<>?#]{0,100})(?::(?P<password>[^\s/\"'`<>]{1,200}))?@(?=[\w.\[*$({%-])"
)
# Outside http a password with an unescaped "/" is met as well; a port in front of it is not one.
_SLASHED = re.compile(
    r"://(?P<user>[^\s:/@\"'`<>?#]{0,100}):(?!\d{1,5}[/?])(?P<password>[^\s\"'`<>]{1,200})@(?=[\w.\[])"
)
_SERVER = re.compile(
    r"(?:postgres(?:ql)?|postgis|mysql|mariadb|mongodb|rediss?|amqps?|mssql|clickhouse|kafka|mqtts?|nats|ldaps?)"
    r"(?:\+[a-z0-9]{1,20})?$"
)
# Schemes whose "user" is a name or an id by design.
_NAMED = ("ssh", "github", "gitlab", "git")
_STAND_IN = re.compile(r"^(?:\$|\{|%[sd(]|\[|\*+$|\.{3}|x{3,}$|…)|\$\{|\{\{")
# A template, not a login: all three parts are what they are called.
_TEMPLATE = re.compile(
    r"://(?:\w{1,20};)?(?:user(?:name|id)?|login|name)?:(?:pass(?:word|wd)?|pwd|pw)@(?:host|server|hostname|domain|address)\b"
)
_BASIC = ("x-oauth-basic", "x-access-token")
_CURL = re.compile(
    r"(?<![\w-])(?:-u ?|-a |(?:--user|--proxy-user|--auth)[ =])[ =]{0,2}[\"']?[^\s:/\"'$<{]{1,100}"
    r":(?P<password>[^\s\"'$<{/][^\s\"']{0,200})"
)
_ORACLE = re.compile(r"jdbc:oracle:[a-z]{2,6}:[\w$]{1,60}/(?P<password>[^\s@\"'/]{1,100})@")


def find(source: Source) -> Iterator[Finding]:
    """Every password, token or secret path of a URL; scheme, user, host and database stay."""
    text, low = source.text, source.low
    if "://" in text:
        yield from _logins(text, low)
    for match in anchored(text, ("-u", "-a ", "--user", "--proxy-user", "--auth"), _CURL):
        yield Finding("password", *match.span("password"))
    for match in anchored(text, ("jdbc:oracle",), _ORACLE):
        yield Finding("password", *match.span("password"))
    for literal, pattern in _webhooks():
        if literal in text:
            for match in pattern.finditer(text):
                if not is_stub(match["v"].rpartition("/")[2]):
                    yield Finding("webhook_url", *match.span("v"))


@cache
def _webhooks() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((webhook.literal, re.compile(webhook.pattern)) for webhook in WEBHOOKS)


def _logins(text: str, low: str) -> Iterator[Finding]:
    """`scheme://user:password@host`, and a token in the place of the user."""
    for pattern in (_LOGIN, _SLASHED):
        for match in pattern.finditer(text):
            scheme = low[max(0, match.start() - 32) : match.start()]
            user, password = match["user"], match["password"]
            if (password is None and scheme.endswith(_NAMED)) or _TEMPLATE.match(low, match.start()):
                continue
            if pattern is _SLASHED and not _SERVER.search(scheme) and not is_opaque(password, 24):
                continue
            if password is not None and password not in _BASIC and not _STAND_IN.search(password):
                yield Finding(KIND, *match.span("password"))
            # https://ghp_…@github.com, https://token:x-oauth-basic@…: the user is the secret.
            if len(user) >= 16 and is_opaque(user):
                yield Finding(KIND, *match.span("user"))
