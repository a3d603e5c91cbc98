"""The user's name in a path: /home/alice, /Users/alice, ~alice, C:\\Users\\Alice. What lies below stays."""

from __future__ import annotations

import re
from collections.abc import Iterator

from memorusd.ace.privacy.finding import Finding, Source, anchored

__all__ = ["find"]

_NAME = r"[A-Za-z0-9_\u00c0-\uffff][A-Za-z0-9_.@+\u00c0-\u2fff\u3040-\uffff-]{0,63}"
# Not after a word or a dot (a URL's path, `./home/x`), but after file:// and where homes are mounted.
_OPEN = re.compile(
    r"(?:(?:^|[^\w.~*/$}\])-])|file://(?:localhost)?|(?:^|\s)-[A-Za-z])(?P<root>/(?:var|export|usr|mnt|private|net|host|hostfs|System/Volumes/Data|(?:mnt/)?[a-z]))?$"
)
_BACK = 40
_HOME = re.compile(r"/(?:home|Users)/(?!(?:Shared|linuxbrew)(?![\w.-]))" + _NAME)
_ROOT = re.compile(r"/root(?![\w.*-])")
_TILDE = re.compile(
    r"~(?<![^\s\"'`=:(,]~)(?:[a-z_][a-z0-9_.-]{1,31}(?=/[\w.])|(?<=cd ~)[a-z_][a-z0-9_-]{1,31}(?![\w/]))"
)
_ROOTS = r"(?:users|documents and settings)"
_SEP = r"(?:\\{1,4}|/)"
_SYSTEM = r"(?!(?:public|default|default user|all users)(?![\w.-]))"
# A name with spaces is taken whole when the path goes on behind it or a quote closes it.
_WINDOWS = re.compile(
    r":(?<=[a-z]:)(?<![a-z0-9][a-z]:)"
    + _SEP
    + _ROOTS
    + _SEP
    + _SYSTEM
    + r"(?:(?=[^\\/:*?\"<>|\r\n]{1,64}[\\/\"])[^\\/:*?\"<>|\r\n]{0,63}[^\\/:*?\"<>|\r\n\s]"
    r"|[^\\/:*?\"'`<>|\s,;)\]}]{1,64})"
)
_UNC = re.compile(
    r"\\{2,4}[\w.-]{1,63}\\{1,2}(?:users|home|homes|profiles)\\{1,2}"
    + _SYSTEM
    + r"[^\\/:*?\"'<>|\s,;)]{1,64}"
)


def find(source: Source) -> Iterator[Finding]:
    """The part of every path up to and including the user's name."""
    text, low = source.text, source.low
    for rule, anchors in ((_HOME, ("/home/", "/Users/")), (_ROOT, ("/root",))):
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
        for match in _UNC.finditer(low):
            yield Finding("windows_path", match.start(), match.start() + len(match[0].rstrip(". ")))
