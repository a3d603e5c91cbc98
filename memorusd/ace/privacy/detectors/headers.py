"""What stands in an Authorization header, wherever quoted: bearer and basic credentials, JWTs, cookies."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from ..finding import Finding, Source
from ..placeholders import is_placeholder
from ..randomness import is_opaque
from ..rules.auth_schemes import AUTH_SCHEMES, SESSION_COOKIES

__all__ = ["find"]

# The second part may be cut off, and the third missing: what is left still opens to the payload.
_JWT = re.compile(r"eyJ(?<![A-Za-z0-9_-]eyJ)[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_+/=-]*){0,3}")
_BEARER = re.compile(r"bearer[\"':]{0,2}(?:[ \t\\]{1,4}|%20|\+)[\"'`]?(?P<v>[a-z0-9._~+/=%|:-]{8,})")
_BASIC = re.compile(r"basic[ \t]{1,4}[\"'`]?(?P<v>[a-z0-9+/_-]{6,}={0,2})")
_AUTHORIZATION = re.compile(
    r"authorization(?:_?header)?[\"'`\])]{0,3}[ \t]{0,4}(?:=>|[:=,])[ \t]{0,4}[\"'`]?"
    rf"(?:(?:{'|'.join(AUTH_SCHEMES)})"
    r"(?:[ \t\\:=]{1,4}|%20))?[\"'`]?(?P<v>[^\s\"'`<>,;\\]{6,})"
)
_COOKIE = re.compile(
    rf"(?:cookie: ?|; ?)(?:[a-z0-9_.-]{{0,20}}(?:{'|'.join(SESSION_COOKIES)})[a-z0-9_.-]{{0,20}})"
    r"=(?P<v>[^\s;\"',]{8,})"
)
_DIGEST = re.compile(r"response=\"(?P<v>[0-9a-f]{32,64})\"")


def find(source: Source) -> Iterator[Finding]:
    """Every credential of a header; the header's name and scheme stay."""
    text, low = source.text, source.low
    if "eyJ" in text:
        for match in _JWT.finditer(text):
            yield Finding("jwt", *match.span())
    if "bearer" in low:
        yield from _bearer(text, low)
    if "basic" in low:
        for match in _BASIC.finditer(low):
            if _is_user_and_password(text[slice(*match.span("v"))]):
                yield Finding("basic_auth", *match.span("v"))
    if "authorization" in low:
        yield from _authorization(text, low)
    if "cookie" in low:
        for match in _COOKIE.finditer(low):
            value = text[slice(*match.span("v"))]
            if is_opaque(value, 12) and not is_placeholder(value):
                yield Finding("session_cookie", *match.span("v"))


def _bearer(text: str, low: str) -> Iterator[Finding]:
    for match in _BEARER.finditer(low):
        value = text[slice(*match.span("v"))].rstrip(".:,")
        if is_opaque(value) and not is_placeholder(value):
            yield Finding("bearer_token", match.start("v"), match.start("v") + len(value))


def _authorization(text: str, low: str) -> Iterator[Finding]:
    """What follows `Authorization:`, with or without a scheme, and the response of digest authentication."""
    for match in _AUTHORIZATION.finditer(low):
        value = text[slice(*match.span("v"))].rstrip(".):]}")
        if value.startswith("Credential="):
            continue  # AWS signs with a key that is not sent; the id in it has its own form
        template = text[match.end("v") : match.end("v") + 1] in ("<", "{")  # Basic%20<token>
        telling = is_opaque(value, 8) or sum(map(str.isdigit, value)) >= 3
        if telling and not template and not is_placeholder(value):
            kind = "basic_auth" if "basic" in match[0][: -len(match["v"])] else "bearer_token"
            yield Finding(kind, match.start("v"), match.start("v") + len(value))
    if "digest" in low:
        for match in _DIGEST.finditer(low):
            yield Finding("basic_auth", *match.span("v"))


def _is_user_and_password(value: str) -> bool:
    """True when `value` is base64 of `user:password`."""
    if len(value) > 1024 or len(value) % 4 == 1:
        return False
    try:
        plain = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return ":" in plain and plain.isprintable()
