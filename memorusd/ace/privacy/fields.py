"""Secrets that a name gives away: fields, variables, parameters, flags, XML elements, and plain sentences.

The name is searched, its separator matched, and the value judged by how telling the name is: a password may
be any word, a token must look like one, a bare `key` must look drawn by a machine.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator

from memorusd.ace.privacy import names
from memorusd.ace.privacy.finding import MARKER, Finding, Source, anchored, positions
from memorusd.ace.privacy.values import is_opaque, is_placeholder, is_prose, is_unspeakable, looks_chosen

__all__ = ["find"]

_REACH = 200  # a longer value is followed to its end once its first 200 characters are judged to be secret
_WORDS = (
    "pass", "pwd", "secret", "token", "credential", "key", "auth", "private", "access", "_pat", "_pw",
    "密码", "密碼", "口令", "密钥", "密鑰", "令牌", "パスワード", "비밀번호",
)  # fmt: skip
_NAMED = re.compile(
    r"(?:" + "|".join(_WORDS) + r")"
    r"(?=(?P<tail>[a-z0-9_-]{0,40}))(?P=tail)"  # atomic: a name is never taken apart again
    r"(?P<close>\\?[\"'`\])>*]{0,4})"
    r"(?P<gap>(?P<sep>[ \t]{0,12}(?:=>|:=|===?|!=|[=:]|：|＝|->|<-|[ \t,]{1,3}(?=[\"']))"
    r"[ \t]{0,12}(?:\r?\n[ \t]{1,40}(?=[\"']))?"
    r"|[ \t]{1,3}(?:is|was|to|are|为|是|為)(?:[ \t](?:now|set[ \t]to))?[ \t:=]{1,3}"
    r"|(?:为|是|為)[ \t]?|,[ \t]{0,3}(?=[\"']))|[ \t]{1,4}|(?<=>))"
)
_QUOTED = re.compile(
    r"(?:[rbfuRBFU@]{0,2})(?P<q>\\?[\"'`]|“|「|『)(?P<v>(?:(?!(?P=q))[^\n\r”」』]){1,400})(?:(?P=q)|”|」|』)"
)
_BARE = re.compile(r"(?P<v>[^\s\"'`<>,;&“”「」，。；]{1,200})")
_AMPERSAND = re.compile(r"&[^\s\"'`<>&=]{1,64}(?=[\s\"'`]|$)")  # not the next parameter of a URL
_XML = re.compile(r"(?P<v>[^<>\n]{1,200})(?=</)")
_REST = re.compile(r"[^\s\"'`<>,;&“”「」，。；]*")
_NAME_CHARS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.$"
_LOGIN_LINE = re.compile(
    r"(?im)^[ \t]{0,12}(?:\w{0,20}_)?"
    r"(?:user|username|user_name|login|host|hostname|server|database|dbname|port|email)"
    r"[ \t]?[=:][ \t]?\w\S*[ \t]*$"
)
_INFAMOUS = re.compile(
    r"(?<![a-z0-9_.-])(?:p[a@]ssw[o0]rd|letmein|qwerty|iloveyou|hunter|changeme|welcome|admin)\d{2,6}[!@#$]{0,3}(?![\w.-])"
)
_NETRC = re.compile(r"login(?<!\w\wlogin)\s{1,4}\S{1,100}\s{1,8}password\s{1,4}(?P<v>\S{1,200})")
_SSHPASS = re.compile(r"sshpass +-p ?[\"']?(?P<v>[^\s\"'$<-][^\s\"']{2,100})")
_MYSQL = re.compile(
    r"(?:mysql|mariadb|mongo)(?:dump|sh)?\b[^\n|;&]{0,80}? "
    r"(?:-p|--password[= ])[\"']?(?P<v>[^\s\"'$<-][^\s\"']{2,100})"
)
_AWS_RUN = re.compile(r"(?<![A-Za-z0-9/+=_-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])")
_SECURE_STRING = re.compile(
    r"convertto-securestring\s{1,4}(?:-string\s{1,4})?[\"'](?P<v>[^\"'$\n]{4,200})[\"']"
)

_SPECIAL = (
    (("passw", "p@ss", "letmein", "qwerty", "iloveyou", "hunter", "changeme", "welcome", "admin"), _INFAMOUS),
    (("login",), _NETRC),
    (("sshpass",), _SSHPASS),
    (("mysql", "mariadb", "mongo"), _MYSQL),
    (("convertto-securestring",), _SECURE_STRING),
)


def find(source: Source) -> Iterator[Finding]:
    """The value of every field whose name says that it is secret."""
    text, low = source.text, source.low
    position = 0
    for at in heapq.merge(*(positions(low, word) for word in _WORDS)):
        if at >= position and (match := _NAMED.match(low, at)):
            position = match.end()
            if found := _value(text, low, match):
                yield found
                position = max(position, found.end)
    yield from _special(text, low)


def _value(text: str, low: str, match: re.Match[str]) -> Finding | None:
    start = match.start()
    before = text[max(0, start - 40) : start]
    prefix = before[len(before.rstrip(_NAME_CHARS)) :]
    name = prefix + text[start : match.end("tail")]
    told = names.judge(name)
    if told is None:
        return None
    loose = match["sep"] is not None and match["sep"].strip() in ("", ",")  # 'API_KEY', 'v'  and  pass 'v'
    assigned = match["sep"] is not None or prefix.startswith("--") or match["close"].endswith(">")
    if match["sep"] is not None and "!=" in match["sep"]:
        return None
    verbal = match["sep"] is not None and match["sep"].strip() not in _SIGNS
    if name.lower() == "pass" and (verbal or match["sep"] is None or not match["sep"].strip()):
        return None  # the verb
    element = match["close"].endswith(">") and match["sep"] is None
    value = (
        (element and _XML.match(text, match.end()))
        or _QUOTED.match(text, match.end())
        or _BARE.match(text, match.end())
    )
    if value is None:
        return None
    quoted = value.re is not _BARE
    first, last = value.span("v")
    body = value["v"]
    if "[REDACTED:" in body:
        body = MARKER.sub("", body)  # what somebody left beside a marker is judged alone
        last = value.end("v")
    elif not quoted:
        ends = ".,:?*|\\" if told.strength == "password" else ".,:!?*|\\"
        body = body.rstrip(ends + ")]}" if body[-1:] in ")]}" else ends)
        last = first + len(body)
        if told.strength != "password" and "=" in body.rstrip("="):
            body = body[: body.index("=")]  # `a=b=c`: judged by its first part, taken as a whole
    if not body:
        return None
    if quoted:
        secret = assigned and _quoted(told, body) and (not loose or _tells(told, body))
    elif assigned:
        secret = _assigned(told, text, low, match, first, last, body, verbal)
    else:
        secret = _adjacent(told, name, body)
    if not secret or is_placeholder(body) or (not quoted and text[last : last + 1] in ("<", "{")):
        return None
    if not quoted and told.strength == "password" and (more := _AMPERSAND.match(text, last)):
        last = more.end()
    if not quoted and last - first == _REACH:
        last = _REST.match(text, last).end()  # type: ignore[union-attr] # matches the empty string at least
    return Finding(told.kind, first, last)


_SYMBOL = re.compile(r"[!@#$%^&*+~?]")
_SIGNS = frozenset({"=", ":", "=>", ":=", "==", "===", "：", "＝", "->", "<-", ""})


def _quoted(told: names.Told, body: str) -> bool:
    """A string literal: a password may be any, the others must look like what they are."""
    if is_prose(body):
        return False
    if told.strength == "password":
        return len(body) >= 3
    if " " in body:
        return False
    return _telling(body) if told.strength == "strong" else is_opaque(body, 10)


def _tells(told: names.Told, body: str) -> bool:
    """A string that merely follows a name (an argument, a list's next item) must look secret by itself."""
    return is_opaque(body, 10) or (told.strength != "weak" and _telling(body))


def _telling(body: str) -> bool:
    """Drawn, or eight characters with two digits or a symbol."""
    if is_opaque(body, 8) or is_unspeakable(body):
        return True
    mixed = looks_chosen(body) and sum(map(str.isdigit, body)) >= 2 and not body.count("-") > 1
    return len(body) >= 8 and (mixed or _SYMBOL.search(body) is not None)


def _assigned(
    told: names.Told,
    text: str,
    low: str,
    match: re.Match[str],
    first: int,
    last: int,
    body: str,
    verbal: bool,
) -> bool:
    """An unquoted value behind `=` or `:` or "is": code, prose and configuration all look like this."""
    follows = text[last : last + 1]
    if follows == "(" or body.endswith("(") or "://" in body:
        return False
    if told.strength == "password":
        if looks_chosen(body) and (not verbal or any(map(str.isdigit, body)) or len(body) > 7):
            return True
        return not verbal and _whole_line(text, low, match, first, last, body)
    if told.strength == "strong":
        return is_opaque(body, 8) or (
            len(body) >= 8 and sum(map(str.isdigit, body)) >= 2 and _SYMBOL.search(body) is not None
        )
    return is_opaque(body, 10)


def _whole_line(text: str, low: str, match: re.Match[str], first: int, last: int, body: str) -> bool:
    """`DB_PASSWORD=swordfish`, `password: swordfish` and, beside a user or a host, `password = swordfish`."""
    if (
        len(body) < 5
        or not (body.isascii() and body.islower())
        or not body.replace("_", "").replace("-", "").isalnum()
    ):
        return (
            len(body) >= 8
            and not body.isidentifier()
            and "." not in body
            and "/" not in body
            and "(" not in body
        )
    line = text.rfind("\n", max(0, first - 120), first) + 1
    head = text[line:first] if line else text[max(0, first - 120) : first]
    stop = text.find("\n", last, last + 40)
    if text[last : stop if stop >= 0 else last + 40].split("#")[0].strip() or len(head.split()) > 3:
        return False
    name = head.strip().rstrip("=: ")
    if "=" in head and " =" not in head:
        return name.removeprefix("export ").isupper()
    if "=" not in head:
        return name.lstrip("- ").replace("_", "").replace("-", "").replace(".", "").isalnum()
    return _LOGIN_LINE.search(text, max(0, line - 300), line) is not None


def _adjacent(told: names.Told, name: str, body: str) -> bool:
    """Only a blank between name and value ("acme SECRET 1234…", "token 9f8e…"): the value must be plain."""
    body = body.rstrip("=")
    if told.strength == "password":
        return looks_chosen(body) and len(body) >= 6 and sum(map(str.isdigit, body)) >= 2 and body.isalnum()
    return is_opaque(body, 16)


def _special(text: str, low: str) -> Iterator[Finding]:
    """Forms that carry the name elsewhere than directly before the value."""
    for anchors, rule in _SPECIAL:
        for match in anchored(low, anchors, rule):
            span = match.span("v" if rule.groups else 0)
            if rule is _INFAMOUS or not is_placeholder(text[slice(*span)]):
                yield Finding("password", *span)
    if "aws" in low or "secret" in low or "AKIA" in text or "ASIA" in text:
        for match in _AWS_RUN.finditer(text):
            run = match[0]
            around = low[max(0, match.start() - 160) : match.start()] + low[match.end() : match.end() + 80]
            if _drawn(run) and (
                "aws" in around or "secret" in around or "akia" in around or "asia" in around
            ):
                yield Finding("aws_secret_key", *match.span())


def _drawn(run: str) -> bool:
    """True when 40 characters mix capitals, small letters and digits, as paths and SHAs do not."""
    return (
        sum(c.isdigit() for c in run) >= 2
        and sum(c.isupper() for c in run) >= 4
        and sum(c.islower() for c in run) >= 4
        and run.count("/") <= 4
    )
