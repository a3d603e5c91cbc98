"""Checks the entries of an import one by one: a bad entry is reported by its position, the rest are kept."""

from __future__ import annotations

from collections.abc import Mapping

from memorus_proto.errors import InvalidRequest, MemorusError

from .ace.privacy import Redactor
from .ace.privacy.parameters import sanitise
from .knowledge.bullet import ORIGINS, OWNERS
from .parameter_checks import CHECKS, Check, number, one_of, whole_number
from .requests import Json
from .validation import nearest

__all__ = ["check_entries"]

_IGNORED = ("hash", "score")
"""Keys of an exported memory that are computed, so an import need not keep them."""


def check_entries(
    entries: list[object], first: int, redactor: Redactor
) -> tuple[list[Json], list[Json], int]:
    """(valid entries, `{"position", "error"}` of each other one, how many secrets were redacted).

    Positions count from `first`. Raises nothing for an entry that is wrong.
    """
    good: list[Json] = []
    bad: list[Json] = []
    redactions = 0
    for position, entry in enumerate(entries, start=first):
        try:
            clean, found = sanitise(_entry(entry), redactor)
        except MemorusError as error:
            bad.append({"position": position, "error": str(error)})
        else:
            good.append(clean)
            redactions += found
    return good, bad, redactions


def _entry(entry: object) -> Json:
    if not isinstance(entry, dict):
        raise InvalidRequest(
            f"the entry is a {type(entry).__name__}", remedy="use a map that has at least `memory`"
        )
    if entry.get("memory") is None:
        raise InvalidRequest("the entry has no text", remedy="give it as `memory`")
    checked: Json = {}
    for name, value in entry.items():
        if name in _IGNORED or value is None:
            continue
        if name not in _KEYS:
            raise InvalidRequest(f"an entry has no key {name!r:.80}", remedy=nearest(name, _KEYS))
        checked[name] = _KEYS[name](name, value)
    return checked


_KEYS: Mapping[str, Check] = {
    "id": CHECKS["id"],
    "memory": CHECKS["text"],
    **dict.fromkeys(OWNERS, CHECKS["owner"]),
    "scope": CHECKS["scope"],
    "type": CHECKS["type"],
    "section": CHECKS["section"],
    "origin": one_of(ORIGINS),
    "role": CHECKS["id"],
    "actor_id": CHECKS["id"],
    **dict.fromkeys(("tags", "tools", "entities"), CHECKS["tags"]),
    "distilled_rule": CHECKS["text"],
    "instructivity_score": number(0, 100, "a number from 0 to 100"),
    "metadata": CHECKS["metadata"],
    "recall_count": whole_number(0, 2**31 - 1, "a whole number from 0"),
    **dict.fromkeys(("created_at", "updated_at", "last_recalled_at", "archived_at"), CHECKS["time"]),
}
