"""Private keys in armour: PEM, OpenSSH, PGP, SSH2, PuTTY; whole, inside a string literal, or cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..finding import Finding, Source

__all__ = ["find"]

KIND = "private_key"
_EDGE = re.compile(
    r"(?:----[- ]? ?|^[ \t>#|*+]{0,8})(BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY"
    r"(?: BLOCK)?(?:-? ?-{4}-?|[ \t]{0,8}$)",
    re.IGNORECASE | re.MULTILINE,
)
_BODY = re.compile(r"[A-Za-z0-9+/=]{20}")
# One line of a key's inside: what may stand before it (quotes, "\n", comment marks), then header or base64.
_LINE = re.compile(
    r"(?:\\{1,2}[rn]|%0[AaDd]|<br ?/?>|[\s\"'`+,>#|*.;]|(?<=\n)[ \t]{0,6}\d{1,4}[:.)| \t]){0,40}"
    r"(?:(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset):[^\n\\]{0,200}|=?[A-Za-z0-9+/]{20,}={0,2})"
)
_LAST = re.compile(
    r"(?:\\{1,2}[rn]|%0[AaDd]|[\s\"'`+,>#|*]){1,12}=?(?:[A-Za-z0-9+/]{2,19}={1,2}|[A-Za-z0-9+/]{4})(?=\\|[\s\"'`]|$)"
)
# The first bytes of OpenSSH, PKCS#1, PKCS#8, SEC 1 and Ed25519 keys, in base64.
_BARE = re.compile(
    r"b3BlbnNzaC1rZXktdjE|MI(?<![A-Za-z0-9+]MI)[A-Za-z0-9+/]{2,5}(?:IBAAKCA|IBADANBgkqhkiG9w0BAQEFAAS)"
    r"|MI(?<![A-Za-z0-9+]MI)GHAgEAMBMGByqGSM49|MHcCAQEEI|MC4CAQAwBQYDK2Vw"
)
_BARE_WORDS = (
    "b3BlbnNzaC1rZXktdjE",
    "BAAKCA",
    "BgkqhkiG9w0BAQEFAAS",
    "GHAgEAMBMG",
    "MHcCAQEEI",
    "MC4CAQAwBQYDK2Vw",
)
_PUTTY = re.compile(r"Private-Lines: ?\d{1,4}")
_REACH = 16_384  # how far back a key without its BEGIN line is followed; the longest RSA key is 13 KB


def find(source: Source) -> Iterator[Finding]:
    """Every private key, its BEGIN and END lines included."""
    text = source.text
    if "private key" in source.low:
        edges = list(_EDGE.finditer(text))
        for i, edge in enumerate(edges):
            if edge[1].upper() == "BEGIN":
                closing = edges[i + 1] if i + 1 < len(edges) and edges[i + 1][1].upper() == "END" else None
                inside = closing.start() if closing else _follow(text, edge.end())
                # A sentence that mentions the two lines is no key; a key has something between them.
                if _BODY.search(text, edge.end(), inside):
                    yield Finding(KIND, edge.start(), closing.end() if closing else inside)
            elif i == 0 or edges[i - 1][1].upper() == "END":
                floor = max(edges[i - 1].end() if i else 0, edge.start() - _REACH)
                start = _back(text, floor, edge.start())
                if start < edge.start():
                    yield Finding(KIND, start, edge.end())
    for anchors, pattern in ((_BARE_WORDS, _BARE), (("Private-Lines",), _PUTTY)):
        if any(anchor in text for anchor in anchors):
            done = 0
            for match in pattern.finditer(text):
                if match.start() >= done:
                    start = match.start() if pattern is _BARE else match.end()
                    done = _follow(text, start)
                    if done > start:
                        yield Finding(KIND, start, done)


def _follow(text: str, position: int) -> int:
    """The end of the key lines that begin at `position`."""
    while line := _LINE.match(text, position):
        position = line.end()
    last = _LAST.match(text, position)
    return last.end() if last else position


def _back(text: str, floor: int, end: int) -> int:
    """The start of the run of base64 lines that ends at `end`, not before `floor`."""
    start = end
    for line in reversed(re.split(r"(?<=\n)|(?<=\\n)", text[floor:end])):
        bare = line.strip("\r\n\\nr \t\"'`+,>#|*")
        if bare and not re.fullmatch(r"=?[A-Za-z0-9+/]{4,}={0,2}", bare):
            break
        start -= len(line)
    return start if _BODY.search(text, start, end) else end
