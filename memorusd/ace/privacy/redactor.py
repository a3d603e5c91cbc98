"""The Redactor: runs every detector, joins the findings that overlap, and puts markers in their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from memorus_proto.errors import InvalidRequest, MemorusError

from . import field_names
from .custom_patterns import CustomPatterns
from .detectors import (
    commands,
    fields,
    headers,
    high_entropy,
    home_paths,
    private_keys,
    prose,
    proximity,
    urls,
    vendor_keys,
)
from .finding import MARKER, Finding, Source
from .placeholders import is_placeholder

__all__ = ["Redacted", "Redactor"]

# The most telling kind first: of two findings at one place, the earlier detector names the marker.
_DETECTORS = (private_keys, vendor_keys, proximity, urls, headers, fields, commands, prose)
_DEPTH = 64
_ROUNDS = 8


class Redacted(NamedTuple):
    """`text` with its markers, and `found`: what they replaced, by position in the given text."""

    text: str
    found: tuple[Finding, ...]


class Redactor:
    """Takes secrets out of texts and JSON-like values. Threads may share it.

    custom_patterns: `{kind: pattern}` or a list of patterns, in RE2's syntax. A bad one raises ConfigError.
    sanitize_paths: also replace the user's name in paths, with what leads to it (`/home/ada`); the rest
    stays.
    """

    def __init__(
        self, custom_patterns: Mapping[str, str] | Sequence[str] = (), sanitize_paths: bool = True
    ) -> None:
        self._custom = CustomPatterns(custom_patterns)
        self._sanitize_paths = sanitize_paths

    def redact(self, text: str) -> Redacted:
        """`text` without its secrets. Raises MemorusError when it cannot examine all of it."""
        if not isinstance(text, str):
            raise InvalidRequest(
                f"only text can be redacted, not {type(text).__name__}", remedy="use redact_value"
            )
        found: list[Finding] = []
        redacted = text
        # A marker changes what its neighbours look like, so look again until there is nothing new. One more
        # pass nearly always suffices. Redacting the result again then finds nothing, by construction.
        for _ in range(_ROUNDS):
            fresh = _outside_markers(_joined(self._hits(redacted)), redacted)
            if not fresh:
                return Redacted(redacted, tuple(found))
            found = sorted(found + _in_original(fresh, found), key=lambda finding: finding.start)
            redacted = _replaced(text, found)
        raise MemorusError(
            f"a text of {len(text)} characters still held secrets after {_ROUNDS} passes, so none is kept",
            remedy="hand it over in smaller pieces",
        )

    def _hits(self, text: str) -> list[Finding]:
        source = Source(text)
        hits = list(self._custom.find(text))
        for detector in _DETECTORS:
            hits.extend(detector.find(source))
        hits.extend(high_entropy.find(source, _joined(hits)))
        if self._sanitize_paths:
            hits.extend(home_paths.find(source))
        return hits

    def redact_value(self, value: Any) -> tuple[Any, int]:
        """A redacted copy of a JSON-like value (metadata, a message, messages), and how many secrets it had.

        Keys and texts are redacted. Under a key that names a secret (`password`, `api_key`) every text is
        replaced whole, unless it is a placeholder (`${X}`). Raises InvalidRequest for what is not JSON-like
        (bytes, objects) or nests deeper than 64 levels.
        """
        return self._walk(value, None, _DEPTH)

    def _walk(self, value: Any, kind: str | None, depth: int) -> tuple[Any, int]:
        if value is None or isinstance(value, (bool, int, float)):
            secret = kind is not None and type(value) is int and abs(value) > 9999
            return (f"[REDACTED:{kind}]", 1) if secret else (value, 0)
        if isinstance(value, str):
            if kind and not is_placeholder(value) and not MARKER.fullmatch(value):
                return f"[REDACTED:{kind}]", 1
            text, found = self.redact(value)
            return text, len(found)
        if depth == 0:
            raise InvalidRequest(f"the value nests deeper than {_DEPTH} levels", remedy="flatten it")
        if isinstance(value, Mapping):
            total = 0
            redacted: dict[Any, Any] = {}
            for key, inner in value.items():
                name, in_name = self._walk(key, None, 0)
                while name in redacted:  # two secret keys became one marker: lose neither value
                    name = f"{name}_"
                secret_name = field_names.classify(key) if isinstance(key, str) else None
                # A bare `key` or `auth` names too little to throw its text away unseen.
                below = secret_name.kind if secret_name and secret_name.strength != "weak" else kind
                redacted[name], in_value = self._walk(inner, below, depth - 1)
                total += in_name + in_value
            return redacted, total
        if isinstance(value, (list, tuple)):
            walked = [self._walk(inner, kind, depth - 1) for inner in value]
            return [inner for inner, _ in walked], sum(count for _, count in walked)
        raise InvalidRequest(
            f"a {type(value).__name__} cannot be redacted", remedy="give text, numbers, lists and dicts"
        )


def _replaced(text: str, found: list[Finding]) -> str:
    pieces: list[str] = []
    done = 0
    for kind, start, end in found:
        pieces += (text[done:start], f"[REDACTED:{kind}]")
        done = end
    return "".join(pieces) + text[done:]


def _in_original(fresh: list[Finding], found: list[Finding]) -> list[Finding]:
    """`fresh`, which was found between the markers of `found`, by position in the given text."""
    moved: list[Finding] = []
    shift = i = 0
    for kind, start, end in fresh:
        while i < len(found) and found[i].start - shift < start:
            shift += found[i].end - found[i].start - len(f"[REDACTED:{found[i].kind}]")
            i += 1
        moved.append(Finding(kind, start + shift, end + shift))
    return moved


def _joined(hits: list[Finding]) -> list[Finding]:
    """Findings that overlap become one, with the kind of the first to begin, or else of the more telling."""
    order = sorted(range(len(hits)), key=lambda i: (hits[i].start, i))
    joined: list[Finding] = []
    for i in order:
        hit = hits[i]
        if joined and hit.start < joined[-1].end:
            kind, start, end = joined[-1]
            joined[-1] = Finding(kind, start, max(end, hit.end))
        else:
            joined.append(hit)
    return joined


def _outside_markers(found: list[Finding], text: str) -> list[Finding]:
    """`found` without the markers that an earlier pass left: a marker is never redacted again."""
    markers = [match.span() for match in MARKER.finditer(text)] if "[REDACTED:" in text else []
    if not markers:
        return found
    rest: list[Finding] = []
    m = 0
    for kind, start, end in found:
        while m < len(markers) and markers[m][1] <= start:
            m += 1
        n = m
        while n < len(markers) and markers[n][0] < end:
            if markers[n][0] > start:
                rest.append(Finding(kind, start, markers[n][0]))
            start = markers[n][1]
            n += 1
        if start < end:
            rest.append(Finding(kind, start, end))
    return rest
