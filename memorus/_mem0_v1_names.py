"""The words of mem0 1.x in calls of `search` and `get_all`, which 2.x refuses or ignores.

| 1.x                           | 2.x                      |
| user_id=, agent_id=, run_id=  | filters={"user_id": …}   |
| limit=                        | top_k=                   |

(`update(data=…)` mem0 2.x still takes by itself.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from memorus_proto.errors import InvalidRequest

__all__ = ["modern"]

_OWNERS = ("user_id", "agent_id", "run_id")
_OLD = frozenset({*_OWNERS, "limit"})


def modern(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments in the words of 2.x; the very same where they are already.

    Raises:
        InvalidRequest: both spellings are given, and differ.
    """
    if _OLD.isdisjoint(kwargs):
        return kwargs
    new = dict(kwargs)
    limit = new.pop("limit", None)
    if limit is not None and new.setdefault("top_k", limit) != limit:
        raise _differ(f"limit={limit!r}", f"top_k={new['top_k']!r}")
    owners = {name: new.pop(name) for name in _OWNERS if name in new}
    owners = {name: value for name, value in owners.items() if value is not None}
    if owners:
        filters = new.get("filters") or {}
        if not isinstance(filters, Mapping):
            raise InvalidRequest(f"filters is a dict, not {type(filters).__name__}; for example {owners!r}")
        for name, value in owners.items():
            for other in _said(filters, name):
                if str(other).strip() != str(value).strip():
                    raise _differ(f"{name}={value!r}", f"filters {name}={other!r}")
        new["filters"] = {**filters, **owners}
    return new


def _said(filters: Mapping[str, Any], name: str) -> Iterator[Any]:
    """What a filter demands of `name`, at the top or in an AND (which mem0 would let win over the top)."""
    if name in filters:
        yield filters[name]
    parts = filters.get("AND")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping):
            yield from _said(part, name)


def _differ(one: str, other: str) -> InvalidRequest:
    return InvalidRequest(f"{one} and {other} mean the same but differ; give one of them")
