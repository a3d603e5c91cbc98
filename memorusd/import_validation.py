"""Checks the entries of an import one by one: a bad one is reported by its place, and the others go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from memorus_proto.errors import InvalidRequest, MemorusError

from .ace.privacy import Redactor
from .ace.privacy.gate import sanitise
from .knowledge.bullet import ORIGINS
from .validation import check, nearest

__all__ = ["check_entries"]

_IGNORED = ("hash", "score")
"""Keys of an exported memory that are derived."""


def check_entries(
    entries: list[Any], first: int, redactor: Redactor
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """(entries to keep, `{"position", "error"}` of the others, how many secrets were taken out).

    Positions count from `first`.
    """
    good: list[dict[str, Any]] = []
    bad: list[dict[str, Any]] = []
    redactions = 0
    for position, entry in enumerate(entries, start=first):
        try:
            clean, found = sanitise(_entry(entry), redactor)
        except MemorusError as error:
            bad.append({"position": position, "error": error.message})
        else:
            good.append(clean)
            redactions += found
    return good, bad, redactions


def _entry(entry: object) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise InvalidRequest(f"an entry is a map with at least `memory`, not {type(entry).__name__}")
    if entry.get("memory") is None:
        raise InvalidRequest("the entry has no `memory`, its text; give one")
    checked = {}
    for name, value in entry.items():
        if name in _IGNORED or value is None:
            continue
        if name not in _CHECKS:
            raise InvalidRequest(f"an entry has no key {name!r:.80}; {nearest(name, _CHECKS)}")
        checked[name] = _CHECKS[name](name, value)
    return checked


def _kind(kind: str) -> Callable[[str, object], Any]:
    return lambda name, value: check(kind, name, value)


def _count(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise InvalidRequest(f"{name}: {value!r:.80} is not allowed; use a whole number from 0")
    return value


def _score(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
        raise InvalidRequest(f"{name}: {value!r:.80} is not allowed; use a number from 0 to 100")
    return float(value)


def _origin(name: str, value: object) -> str:
    if value not in ORIGINS:
        raise InvalidRequest(f"{name}: {value!r:.80} is not allowed; use one of {', '.join(ORIGINS)}")
    return str(value)


_CHECKS: Mapping[str, Callable[[str, object], Any]] = {
    "id": _kind("id"),
    "memory": _kind("text"),
    **dict.fromkeys(("user_id", "agent_id", "run_id"), _kind("owner")),
    "scope": _kind("scope"),
    "type": _kind("type"),
    "section": _kind("section"),
    "origin": _origin,
    "role": _kind("id"),
    "actor_id": _kind("id"),
    **dict.fromkeys(("tags", "tools", "entities"), _kind("tags")),
    "distilled_rule": _kind("text"),
    "instructivity_score": _score,
    "metadata": _kind("metadata"),
    "recall_count": _count,
    **dict.fromkeys(("created_at", "updated_at", "last_recalled_at", "archived_at"), _kind("time")),
}
