"""Long runs that no form gives away, judged by the words right before them.

"coinapi SECRET fa32…", "wandb 9f8e…", "codatoken-123e…", `acme_live_4eC3…`. The runs are found first, since
long ones are rare; then a few dozen characters before each are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..finding import Finding, Source
from ..placeholders import is_placeholder, is_stub
from ..randomness import is_opaque, is_unspeakable
from ..rules.services import ARTICLES, HASH_NAMES, ID_PREFIXES, PUBLIC_TOKENS, SERVICES

__all__ = ["find"]

_RUN = re.compile(r"[^A-Za-z0-9_.+/=%-][A-Za-z0-9_.+/=%-]{14,400}")
_BACK = 56
_WORD = r"(?:secret|token|key|access|private|password|credentials?|auth|code)"
# A word of secrecy, a few more of the same sort or a short filler, then the value.
_NEAR = re.compile(
    r"(?P<word>secret|private|token|access|key)(?P<more>(?:[ _.\n-]{0,2}" + _WORD + r"){0,3}[a-z]{0,10})"
    r"(?P<sep>[ \t]{0,3}[\n:=][ \t\n]{0,3}|[ \t.-]{1,3})"
    r"(?:(?!is[ \t])[a-z]{1,12}[ \t=:-]{1,3}){0,2}[\"'(]{0,2}"
    r"(?P<v>[a-z0-9][a-z0-9_.+/=%-]{13,400})"
)
_CALLED = re.compile(r"(?<![a-z])(?:ids?|arn|names?|uuid|urls?|version|hash|digest|count)[^a-z]{0,4}$")
_SERVICE = re.compile(
    r"(?:^|[^a-z0-9./@])(?P<service>[a-z0-9]{3,14})[ \t]{0,2}(?:=>|[=: -])[ \t]{0,2}[\"']?$"
)
_UNNAMED = re.compile(
    r"(?:^|[^a-z0-9./@&?-])(?P<name>[a-z_-]{3,20})[ \t]{0,2}(?P<sign>[=:])[ \t]{0,2}[\"']?$"
)
# Any other vendor's: a short name, a mode (`_live_`, `_test_`) and a body, or a long body of all three sorts.
_PREFIXED = re.compile(
    r"(?<![\w.$#/-])(?P<name>[A-Za-z][A-Za-z0-9]{1,9})_(?:(?:live|test|prod|sandbox|secret|sk|pat|key|api|tkn|token|v\d)_[A-Za-z0-9]{16,}"
    r"|(?=[A-Z0-9]{0,60}[a-z])(?=[a-z0-9]{0,60}[A-Z])(?=[A-Za-z]{0,60}\d[A-Za-z]{0,60}\d)[A-Za-z0-9]{32,}"
    r"|(?=[a-z]{0,40}\d[a-z]{0,40}\d)(?=\d{0,40}[a-z])[a-z0-9]{32,})(?![\w.(/-])"
)
_TAIL = re.compile(r"[A-Za-z0-9_.+/=%-]*")
_HASH_NAME = re.compile("|".join(HASH_NAMES))
_PUBLIC = re.compile(rf"(?:{'|'.join(PUBLIC_TOKENS)})[ _-]?$")


def find(source: Source, covered: Sequence[Finding] = ()) -> Iterator[Finding]:
    """Values that look drawn by a machine, close behind a word of secrecy or a service's name.

    `covered` are the findings of the other detectors, in order: what they cover is not looked at again.
    """
    text, low = source.text, source.low
    padded = " " + text
    done = next_covered = 0
    for run in _RUN.finditer(padded):
        start, end = run.start(), run.end() - 1
        while next_covered < len(covered) and covered[next_covered].end <= start:
            next_covered += 1
        if next_covered < len(covered) and covered[next_covered].start < end:
            continue
        body = text[start:end]
        if not _may_be_random(body):
            continue
        assigned = body.find("=") + 1  # `name=value` is one run
        prefixed = _PREFIXED.match(text, start + assigned if assigned < len(body) else start)
        if prefixed and prefixed["name"].lower() not in ID_PREFIXES and not is_stub(prefixed[0]):
            yield Finding("api_key", *prefixed.span())
            continue
        if body.count(".") >= 2 and _is_sealed(body):
            yield Finding("token", start, _run_end(text, end))
            continue
        if finding := _after_secret_word(
            text, low, max(done, start - _BACK), start, end
        ) or _after_service_name(low, start, body):
            yield finding
            done = finding.end


def _after_secret_word(text: str, low: str, floor: int, start: int, end: int) -> Finding | None:
    """A word of secrecy stands close before the run."""
    near = _NEAR.search(low, floor, end)
    if not near or near.end("v") <= start:
        return None
    first, last = near.span("v")
    if (assigned := text.find("=", first, last)) >= 0 and text[assigned + 1 : last].strip("="):
        first = assigned + 1  # `--from-literal=name=value` is one run
    while text[last - 1] in ".=" and last - 1 > first:
        last -= 1
    if _CALLED.search(low[near.end("word") : first]):
        return None  # `--verified-access-endpoint-id vae-0…`
    value = text[first:last]
    random = is_opaque(value, 14) or (near["word"] != "key" and value.isalnum() and is_unspeakable(value))
    if not random or is_placeholder(text[first:end]) or _means_else(low, near) or text[end : end + 1] == "(":
        return None
    return Finding("secret", first, max(last, end) if end - start < 400 else _run_end(text, end))


def _after_service_name(low: str, start: int, body: str) -> Finding | None:
    """A service's name, or any name and a sign of assignment, stands before the run."""
    if len(body) < 20:
        return None
    end = start + len(body)
    if (assigned := body.find("=")) >= 3 and body[assigned + 1 :].strip("="):
        start += assigned + 1
        body = body[assigned + 1 :]
    behind = low[max(0, start - 28) : start]
    service = _SERVICE.search(behind)
    glued = body.partition("-")[0]
    if (service and service["service"] in SERVICES) or glued.lower() in SERVICES:
        if is_opaque(body, 20) and "/" not in body and "." not in body:
            return Finding("api_key", start + (0 if service else len(glued) + 1), end)
    elif len(body) >= 30 and (named := _UNNAMED.search(behind)) and _is_key(named, body):
        return Finding("api_key", start, end)
    return None


def _is_sealed(body: str) -> bool:
    """Three or more long random parts joined by dots, as encrypted and signed tokens are."""
    parts = body.split(".")
    return len(body) >= 80 and sum(len(p) >= 16 and is_opaque(p) for p in parts) >= 2 and "/" not in body


def _may_be_random(body: str) -> bool:
    """A first, cheap look: machine-made values have digits, or are long without a break."""
    return any(map(str.isdigit, body)) or (len(body) >= 20 and "/" not in body)


def _run_end(text: str, position: int) -> int:
    """Where a run longer than `_RUN` looks at really ends."""
    match = _TAIL.match(text, position)
    return match.end() if match else position


def _is_key(named: re.Match[str], body: str) -> bool:
    """`anything = 30 random letters and digits`; a plain hash only when the name says "api"."""
    if named["name"].endswith("api"):
        return is_opaque(body, 30)
    if named["sign"] != "=" or _HASH_NAME.search(named["name"]) or not body.isalnum():
        return False
    return sum(c.isdigit() for c in body) >= 4 and sum(c.isalpha() and c.lower() > "f" for c in body) >= 6


def _means_else(low: str, match: re.Match[str]) -> bool:
    """True for "key" and "access" that stand alone or behind an article: they mean much else."""
    if _PUBLIC.search(low, max(0, match.start() - 16), match.start()):
        return True  # .NET's publicKeyToken, `--starting-token`, `--lock-token`
    if match["word"] not in ("key", "access", "private") or match["more"].strip():
        return False
    before = low[max(0, match.start() - 24) : match.start()].rstrip(" _-\n")
    word = re.split(r"[^a-z0-9]", before)[-1]
    return not word or word in ARTICLES
