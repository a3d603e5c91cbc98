"""The user's name in a path: /home/alice, /Users/alice, ~alice, C:\\Users\\Alice. What lies below stays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..finding import Finding, Source, anchored

__all__ = ["find"]

_NAME = r"[A-Za-z0-9_\u00c0-\uffff][A-Za-z0-9_.@+\u00c0-\u2fff\u3040-\uffff-]{0,63}"
# Not after a word or a dot (a URL's path, `./home/x`), but where homes are mounted, and after a remote host.
_OPEN = re.compile(
    r"(?:(?:^|[^A-Za-z0-9_.~*/$}\])-])|\b(?!https?|wss?)[a-z][a-z+-]{1,20}://[^\s/\"'`]{0,60}|(?:^|\s)-[A-Za-z])"
    r"(?P<root>/(?:var|export|usr|mnt|private|net|nfs|data|srv|media|host|hostfs|System/Volumes/Data"
    r"|Volumes/[\w.-]{1,20}|cygdrive/[a-z]|(?:mnt/)?[a-z]))?$"
)
_BACK = 100
_SLASH = r"\\{0,2}/{1,2}"
# A name with a blank in it is taken whole when the path goes on, or when the blank is escaped.
_HOME = re.compile(
    rf"/(?:home|Users|HOME){_SLASH}(?!(?:Shared|linuxbrew)(?![\w.-])){_NAME}(?:(?:\\ {_NAME}){{1,3}}"
    rf"|(?: (?!and/|or/|to/|in/|for/)[A-Za-z][a-z]{{1,20}}){{1,2}}(?=/[\w.]))?"
)
_HOMES = ("/home/", "/Users/", "/HOME/", "/home\\", "/Users\\")
_ROOT = re.compile(r"/root(?![\w.*-])")
_TILDE = re.compile(
    r"~(?<![^\s\"'`=:(,]~)(?:[a-z_][a-z0-9_.-]{1,31}(?=/[\w.])|(?<=cd ~)[a-z_][a-z0-9_-]{1,31}(?![\w/])"
    r"|(?!(?:half|one|two|three|four|five|six|ten|user|username|name)\b)[a-z][a-z0-9_-]{2,31}(?=$|[\s;&|'\"](?!~)|[.,](?:\s|$)))"
)
_ENCODED = re.compile(
    r"(?:[a-z](?:%3a|:))?(?:%2f|%5c|/)(?:home|users)(?:%2f|%5c)[a-z0-9_.-]{1,64}|[a-z]%3a/users/[\w.-]{1,64}"
)
_ROOTS = r"(?:users|documents and settings)"
_SEP = r"(?:\\{1,4}|/)"
_SYSTEM = r"(?!(?:public|default|default user|all users)(?![\w.-]))"
# A name with spaces is taken whole when the path goes on behind it or a quote closes it.
_WHO = (
    r"(?:(?=[^\\/:*?\"<>|\r\n]{1,64}[\\/\"])[^\\/:*?\"<>|\r\n]{0,63}[^\\/:*?\"<>|\r\n\s]"
    r"|[^\\/:*?\"'`<>|\s,;)\]}]{1,64}(?: [^\\/:*?\"'`<>|\s,;)\]}]{1,32}(?='))?)"
)
_WINDOWS = re.compile(r":(?<=[a-z]:)(?<![a-z0-9][a-z]:)" + _SEP + _ROOTS + _SEP + _SYSTEM + _WHO)
_UNC = re.compile(
    r"\\{2,4}[\w.-]{1,63}\\{1,2}(?:[a-z]\$\\{1,2})?(?:users|home|homes|profiles)\\{1,2}" + _SYSTEM + _WHO
)
_DRIVELESS = re.compile(r"\\users(?<![\w:\\]\\users)\\{1,2}" + _SYSTEM + _WHO)


def find(source: Source) -> Iterator[Finding]:
    """The part of every path up to and including the user's name."""
    text, low = source.text, source.low
    for rule, anchors in ((_HOME, _HOMES), (_ROOT, ("/root",))):
        for match in anchored(text, anchors, rule):
            if opening := _OPEN.search(text, max(0, match.start() - _BACK), match.start()):
                start = opening.start("root") if opening["root"] and rule is _HOME else match.start()
                yield Finding("unix_path", start, match.start() + len(match[0].rstrip(".+@-")))
    if "~" in text:
        for match in _TILDE.finditer(text):
            yield Finding("unix_path", *match.span())
    if "users" in low or "documents and settings" in low:
        for match in _WINDOWS.finditer(low):
            yield Finding("windows_path", match.start() - 1, match.start() + len(match[0].rstrip(". ")))
    if "\\users" in low or "\\home" in low or "\\profiles" in low:
        for rule in (_UNC, _DRIVELESS):
            for match in rule.finditer(low):
                yield Finding("windows_path", match.start(), match.start() + len(match[0].rstrip(". ")))
    if "%2f" in low or "%5c" in low or "%3a" in low:
        for match in _ENCODED.finditer(low):
            yield Finding(
                "windows_path" if ":" in match[0] or "%3a" in match[0] else "unix_path", *match.span()
            )
