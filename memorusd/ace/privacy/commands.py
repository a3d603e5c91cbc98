"""Secrets that the syntax of a tool or a language places: `mysql -p…`, netrc, SQL, `auth=("a", "b")`.

Here no name stands beside the value; what surrounds it does. Every rule has its anchor, a literal that must
occur in the text, and starts there or looks a bounded way around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .finding import Finding, Source, anchored
from .values import count_digits, is_mixed, is_opaque, is_placeholder, looks_chosen

__all__ = ["find"]

_V = r"[\"']?(?P<v>[^\s\"'$<{-][^\s\"']{2,100})"  # an argument, quoted or not
_WHO = r"[\w.@\\-]{1,60}"
_STRING = r"[\"'](?P<v>[^\"'\n]{3,200})[\"']"
_ARGUMENTS = r"\b[^\n|;&]{0,80}? "
_MYSQL = r"(?:mysql|mariadb|mongo|mycli)(?:dump|sh|admin|import|restore|export|check)?"
_PLACED = (
    r"(?:jwt\.(?:sign|encode|decode|verify)\([\w.{}\[\]:\s,]{1,60}?,\s?|fernet\(|hmac\.new\("
    r"|(?:algoliasearch|twilio)\([^\n,()]{1,40},\s?)b?[\"'](?P<v>[^\"'\n\s]{8,200})[\"']"
)
_CALL = (
    r"(?:auth|login|credentials?|getconnection)\w{0,20}\s?[=(]\s?\(?(?:[\w.]{1,40},\s?)?"
    r"[\"'][^\"'\n]{1,80}[\"'],\s?[\"'](?P<v>[^\"'\n\s]{4,100})[\"']"
)
_INSERT = (
    r"password[^\n()]{0,80}\)\s{0,4}values\s{0,4}\([^\n()]{0,80}?,?\s?"
    r"[\"'](?P<v>[^\"'\n\s]{4,100})[\"']\s?[,)]"
)
_ECHO = (
    r"(?:echo|printf) (?:-n )?[\"']?(?:[\w.-]{1,32}:)?(?P<v>[^\s\"'|$<{][^\s\"'|]{3,200})[\"']? ?\| ?"
    r"[^\n|]{0,80}(?:-stdin|--stdin|sudo -s|--with-token|chpasswd|login)"
)
_LOGIN = (
    r"(?:vault|wandb|cargo|snyk|ngrok|railway|gh|hf|flyctl) (?:auth |config )?"
    r"(?:login|auth|authtoken|add-authtoken)(?: --[\w-]{1,20})?(?: <<<)?[ =]"
)
_LOGINS = ("vault ", "wandb ", "cargo ", "snyk ", "ngrok ", "railway ", "gh auth ", "hf ", "flyctl ")
_BEGINS = tuple[str, ...]
# Anchors (in lower case) and the pattern that begins with one of them. What is in the first list is a secret
# whatever it is; in the others' places words may stand too, so there it must look like one.
_SURE: tuple[tuple[_BEGINS, str], ...] = (
    (("login",), r"login(?<!\w\wlogin)\s{1,4}\S{1,100}\s{1,8}password\s{1,4}(?P<v>\S{1,200})"),  # netrc
    (("sshpass",), r"sshpass +-p ?" + _V),
    (("mysql", "mariadb", "mongo", "mycli"), _MYSQL + _ARGUMENTS + r"(?:-p|--password[= ])" + _V),
    (("identified ",), r"identified (?:with \w{1,30} )?by (?:password )?" + _STRING),
    (("convertto-securestring",), r"convertto-securestring\s{1,4}(?:-string\s{1,4})?" + _STRING),
)
_PASSWORDS: tuple[tuple[_BEGINS, str], ...] = (
    (("mongo", "mycli"), _MYSQL + _ARGUMENTS + "-p " + _V),
    # any tool: -u user … -p password
    (
        (" -u ", " --username ", " --user "),
        r" (?:-u|--user(?:name)?) [^\s|;&]{1,80}[^\n|;&]{0,40}? -p[ =]?" + _V,
    ),
    (("sqlcmd", "bcp ", "unzip", "zip "), r"(?:sqlcmd|bcp|unzip|zip)" + _ARGUMENTS + "-p ?" + _V),
    (("7z", "rar "), r"(?:7z[ar]?|rar|unrar) [a-z]{1,2} (?:[^\n|;&]{0,80}? )?-p" + _V),
    (("redis-cli",), r"redis-cli" + _ARGUMENTS + r"(?:-a|--pass) ?" + _V),
    (("ldap",), r"ldap(?:search|modify|add|whoami|delete|passwd)" + _ARGUMENTS + "-w " + _V),
    (("openssl",), r"openssl" + _ARGUMENTS + r"(?:-k |-pass(?:in|out)? pass:)" + _V),
    (("htpasswd",), r"htpasswd (?:-\w{1,8} ){1,4}(?:\S{1,80} )?" + _WHO + " " + _V),
    (("rabbitmqctl",), r"rabbitmqctl (?:add_user|change_password) " + _WHO + " " + _V),
    (("net user", "/user:"), r"(?:net user |/user:)" + _WHO + " " + _V),
    ((" /p:",), r" /p:" + _V),
    (("smbclient", "rpcclient"), r"(?:smb|rpc)client" + _ARGUMENTS + r"-u ?[\"']?" + _WHO + "%" + _V),
    (
        ("lftp", "ftp: user", "ftp> user"),
        r"(?:lftp" + _ARGUMENTS + r"-u \w{1,60},|ftp[:>] user \w{1,60} )" + _V,
    ),
    (
        ("sqlplus", "expdp", "impdp"),
        r"(?:sqlplus|expdp|impdp)\b[^\n]{0,20} [\w$]{1,60}/(?P<v>[^\s@\"'/]{3,100})(?=@|\s|$)",
    ),
    (("wpa_passphrase ",), r"wpa_passphrase \S{1,40} " + _V),
    (("requirepass ", "masterauth "), r"(?:requirepass|masterauth) " + _V),
    (("echo ", "printf "), _ECHO),
    (("acl setuser",), r"acl setuser [^\n>]{1,80}>(?P<v>\S{4,100})"),
    (("auth ",), r"(?<![^\n> ])auth (?:[\w.-]{1,30} )?(?P<v>[^\s\"'(]{6,100})[ \t]{0,3}(?=\n|$)"),
    (("password",), _INSERT),
    (("auth", "login(", "credential", "getconnection("), _CALL),
    (("type=",), r"type=[\"']?password[\"']?[^<>\n]{0,80}?\bvalue=" + _STRING),
    # ~/.pgpass: host:port:database:user:password
    (
        (":5432:", ":*:", ":6432:", ":5433:"),
        r":(?:\d{4,5}|\*):[\w*.-]{1,60}:[\w*.@-]{1,60}:(?P<v>[^\s:]{4,100})(?=\s|$)",
    ),
)
_TOKENS: tuple[tuple[_BEGINS, str], ...] = (
    (_LOGINS, _LOGIN + _V),
    (("doctl", "codecov", "twilio"), r"(?:doctl|codecov|twilio)" + _ARGUMENTS + "-[tk] " + _V),
    (("keys set ",), r"keys set [\w.-]{1,40} --value[ =]" + _V),
    (("jwt.", "fernet(", "hmac.new(", "algoliasearch(", "twilio("), _PLACED),
)
_RULES = tuple(
    (kind, chosen, " " in pattern, anchors, re.compile(pattern))
    for kind, chosen, rules in (
        ("password", False, _SURE),
        ("password", True, _PASSWORDS),
        ("token", True, _TOKENS),
    )
    for anchors, pattern in rules
)

# A Secret of Kubernetes: every value of its data is one.
_KIND = re.compile(r"kind: ?[\"']?secret[\"']?[ \t]{0,4}(?=\r?\n|$)")
_DATA = re.compile(r"\n[ \t]{0,4}(?:string)?data:[ \t]{0,4}\r?\n")
_ENTRY = re.compile(r"[ \t]{1,12}[\w.-]{1,60}:[ \t]{1,4}[\"']?(?P<v>[^\s\"'|>{$][^\n\"']{2,4000})")
_MANIFEST = 2_000  # characters before and after `kind: Secret`


def find(source: Source) -> Iterator[Finding]:
    """Every value that stands where a known command, statement or call takes its secret."""
    text, low = source.text, source.low
    yield from _manifests(text, low)
    blank = " " in text  # most rules are of commands, which have one: a cheap look for them all
    for kind, chosen, needs_blank, anchors, rule in _RULES:
        if needs_blank and not blank:
            continue
        for match in anchored(low, anchors, rule):
            first, last = match.span("v")
            value = text[first:last].rstrip(",;:.)`")
            if value and not is_placeholder(value) and (not chosen or _chosen(value)):
                yield Finding(kind, first, first + len(value))


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


def _chosen(value: str) -> bool:
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
