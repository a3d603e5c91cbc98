"""The check of each type of the wire (SPEC.md, "Types of parameters").

A check returns the value to work with, or raises InvalidRequest with the parameter, the value, and what to
use instead.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any, get_args

from memorus_proto.errors import InvalidRequest

from .knowledge.bullet import GLOBAL, OWNERS, PRIVATE, SECTIONS, TYPES
from .knowledge.filters import parse_filter
from .requests import Json, Keep, MessageParam

__all__ = [
    "CHECKS",
    "MAX_DEPTH",
    "MAX_LIMIT",
    "MAX_MESSAGES",
    "MAX_METADATA",
    "MAX_NAME",
    "MAX_TAGS",
    "MAX_TEXT",
    "MAX_WAIT",
    "Check",
    "number",
    "one_of",
    "whole_number",
]

MAX_TEXT = 65_536
"""Characters of one text or query."""
MAX_MESSAGES = 1_000
MAX_LIMIT = 10_000
MAX_METADATA = 65_536
"""Bytes of metadata, estimated as JSON."""
MAX_NAME = 256
"""Characters of an id, scope or tag."""
MAX_TAGS = 64
MAX_DEPTH = 16
MAX_WAIT = 30
"""Seconds that a call may ask to be held until something happens."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_SCOPE = re.compile(r"(project|workspace):\S+")

Check = Callable[[str, object], Any]
"""Takes a parameter's name and value; returns the value to work with, or raises InvalidRequest."""


def _wrong(name: str, value: object, want: str) -> InvalidRequest:
    message = f"{name}: {_show(value)} is not allowed"
    return InvalidRequest(message, remedy=f"use {want}", data={"parameter": name})


def _show(value: object) -> str:
    shown = f"{value!r:.80}"
    if isinstance(value, (str, bytes, list, dict)) and len(shown) >= 80:
        return f"{shown}… ({type(value).__name__} of {len(value)})"
    return f"{shown} ({type(value).__name__})"


def _plain(name: str, value: str) -> str:
    """Text that every part of the system can store and send."""
    if "\0" in value:
        raise _wrong(name, value, "text without NUL characters")
    if _SURROGATE.search(value):
        raise _wrong(name, value, "valid Unicode (it has a lone surrogate)")
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(name, value, "a string")
    if not value.strip():
        raise _wrong(name, value, "a text that is not empty")
    if len(value) > MAX_TEXT:
        raise InvalidRequest(
            f"{name}: {len(value)} characters are too many for one text; at most {MAX_TEXT} are allowed",
            remedy="send it in parts",
            data={"parameter": name, "length": len(value), "limit": MAX_TEXT},
        )
    return _plain(name, value)


def _query(name: str, value: object) -> str:
    return _text(name, value).strip()


def _bool(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name, value, "true or false")
    return value


def _name(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(name, value, "a string that is not empty")
    if len(value) > MAX_NAME:
        raise _wrong(name, value, f"at most {MAX_NAME} characters")
    return _plain(name, value.strip())


def _owner(name: str, value: object) -> str:
    # mem0 takes whole numbers (database keys) as ids, and trims; so do we.
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    owner = _name(name, value)
    if any(c.isspace() for c in owner):
        raise _wrong(name, value, "an id without spaces")
    return owner


def _scope(name: str, value: object) -> str:
    scope = _name(name, value)
    if scope not in (PRIVATE, GLOBAL) and not _SCOPE.fullmatch(scope):
        raise _wrong(name, value, "private, global, project:<name> or workspace:<id>")
    return scope


def one_of(values: tuple[str, ...]) -> Check:
    """A check for one of some names."""

    def check(name: str, value: object) -> str:
        if value not in values:
            raise _wrong(name, value, f"one of {', '.join(values)}")
        return str(value)

    return check


def _tags(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _wrong(name, value, "a list of strings")
    if len(value) > MAX_TAGS:
        raise _wrong(name, value, f"at most {MAX_TAGS} tags")
    return tuple(dict.fromkeys(_name(f"{name}[{i}]", tag) for i, tag in enumerate(value)))


def _metadata(name: str, value: object) -> Json:
    if not isinstance(value, dict):
        raise _wrong(name, value, "a dict")
    for key in OWNERS:
        if key in value:
            raise InvalidRequest(
                f"{name} cannot set {key!r}", remedy=f"pass {key} as an argument of the call"
            )
    if (size := _json_size(name, value, 0)) > MAX_METADATA:
        raise InvalidRequest(
            f"{name}: about {size} bytes are too many; at most {MAX_METADATA} are allowed",
            remedy="store less, or a reference to it",
        )
    return value


def _json_size(name: str, value: object, depth: int) -> int:
    """The estimated length of `value` as JSON. Raises InvalidRequest for what JSON cannot hold."""
    if depth > MAX_DEPTH:
        raise InvalidRequest(f"{name} is nested more than {MAX_DEPTH} levels deep", remedy="make it flatter")
    match value:
        case None | bool() | int():
            return 8
        case float():
            if not math.isfinite(value):
                raise _wrong(name, value, "a finite number")
            return 16
        case str():
            return len(_plain(name, value).encode()) + 2
        case list():
            return 2 + sum(_json_size(f"{name}[{i}]", item, depth + 1) for i, item in enumerate(value))
        case dict():
            size = 2
            for key, item in value.items():
                if not isinstance(key, str):
                    raise _wrong(f"{name} key", key, "strings as keys")
                size += _json_size(f"{name} key", key, depth + 1) + _json_size(
                    f"{name}.{key}", item, depth + 1
                )
            return size
        case _:
            raise _wrong(name, value, "strings, numbers, booleans, None, lists and dicts")


def _filters(name: str, value: object) -> Json:
    """mem0's grammar (knowledge/filters.py); owner ids at the top level are plain values."""
    if not isinstance(value, dict):
        raise _wrong(name, value, "a dict")
    _json_size(name, value, 0)
    parse_filter(value, name)
    return {k: _owner(f"{name}.{k}", v) if k in OWNERS else v for k, v in value.items()}


def _entries(name: str, value: object) -> list[object]:
    # Each entry is checked by itself, in import_validation.py.
    if not isinstance(value, list) or len(value) > MAX_MESSAGES:
        raise _wrong(name, value, f"a list of at most {MAX_MESSAGES} entries")
    return value


def whole_number(low: int, high: int, want: str) -> Check:
    """A check for integers from `low` to `high`; `want` is what its error asks for."""

    def check(name: str, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise _wrong(name, value, want)
        return value

    return check


def number(low: float, high: float, want: str) -> Check:
    """A check for numbers from `low` to `high`; `want` is what its error asks for."""

    def check(name: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            raise _wrong(name, value, want)
        return float(value)

    return check


def _time(name: str, value: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        return (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise InvalidRequest(
            f"{name}: {value!r:.80} is not a time",
            remedy="use ISO 8601, for example 2026-01-31T12:00:00+00:00",
        ) from None


def _settings(name: str, value: object) -> Json:
    if not isinstance(value, dict):
        raise _wrong(name, value, "a dict")
    return value


def _messages(name: str, value: object) -> list[MessageParam]:
    if isinstance(value, str):
        return [{"role": None, "content": _text(name, value), "name": None}]
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list) or not value:
        raise _wrong(name, value, "a text, a message {'role': …, 'content': …}, or a list of messages")
    if len(value) > MAX_MESSAGES:
        raise InvalidRequest(
            f"{name}: {len(value)} messages are too many for one call; at most {MAX_MESSAGES} are allowed",
            remedy="send them in several calls",
        )
    return [_message(f"{name}[{i}]", message) for i, message in enumerate(value)]


def _message(name: str, value: object) -> MessageParam:
    if not isinstance(value, dict):
        raise _wrong(name, value, "a dict with role and content")
    speaker = value.get("name")
    return {
        "role": _name(f"{name}.role", value.get("role")),
        "content": _text(f"{name}.content", _flatten(f"{name}.content", value.get("content"))),
        "name": None if speaker is None else _name(f"{name}.name", speaker),
    }


def _flatten(name: str, content: object) -> object:
    """One text from OpenAI's list of content parts; any other value is returned unchanged."""
    if not isinstance(content, list):
        return content
    texts: list[str] = []
    for i, part in enumerate(content):
        if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
            raise _wrong(f"{name}[{i}]", part, "{'type': 'text', 'text': …}: only text can be remembered")
        texts.append(part["text"])
    return "\n".join(texts)


CHECKS: dict[str, Check] = {
    "bool": _bool,
    "cursor": _name,
    "entries": _entries,
    "filters": _filters,
    "id": _name,
    "keep": one_of(get_args(Keep)),
    "limit": whole_number(1, MAX_LIMIT, f"a whole number from 1 to {MAX_LIMIT}"),
    "messages": _messages,
    "metadata": _metadata,
    "owner": _owner,
    "query": _query,
    "request_id": _name,
    "scope": _scope,
    "seq": whole_number(0, 2**63 - 1, "a whole number from 0"),
    "seconds": number(0, MAX_WAIT, f"a number of seconds from 0 to {MAX_WAIT}"),
    "section": one_of(SECTIONS),
    "settings": _settings,
    "tags": _tags,
    "text": _text,
    "threshold": number(0, 1, "a number from 0 to 1"),
    "time": _time,
    "type": one_of(TYPES),
}
"""One check for each type of the wire, by its name in SPEC.md."""
