"""The arguments of mem0 1.x for `search` and `get_all`, which 2.x refuses or ignores.

| 1.x                           | 2.x                      |
| user_id=, agent_id=, run_id=  | filters={"user_id": …}   |
| limit=                        | top_k=                   |

(mem0 2.x itself still accepts `update(data=…)`.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from memorus_proto.errors import InvalidRequest

__all__ = ["to_v2"]

_OWNERS = ("user_id", "agent_id", "run_id")
_V1_NAMES = frozenset({*_OWNERS, "limit"})


def to_v2(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of 2.x; the same dict if there is nothing to translate.

    Raises:
        InvalidRequest: an argument is given in both forms, with different values.
    """
    if _V1_NAMES.isdisjoint(kwargs):
        return kwargs
    new = dict(kwargs)
    limit = new.pop("limit", None)
    if limit is not None and new.setdefault("top_k", limit) != limit:
        raise _contradiction(f"limit={limit!r}", f"top_k={new['top_k']!r}")
    owners = {name: new.pop(name) for name in _OWNERS if name in new}
    owners = {name: value for name, value in owners.items() if value is not None}
    if owners:
        filters = new.get("filters") or {}
        if not isinstance(filters, Mapping):
            raise InvalidRequest(
                f"filters is a dict, not {type(filters).__name__}", remedy=f"use for example {owners!r}"
            )
        for name, value in owners.items():
            for other in _required_values(filters, name):
                if str(other).strip() != str(value).strip():
                    raise _contradiction(f"{name}={value!r}", f"filters {name}={other!r}")
        new["filters"] = {**filters, **owners}
    return new


def _required_values(filters: Mapping[str, Any], name: str) -> Iterator[Any]:
    """The values that a filter requires of `name`, at its top or in an AND, which mem0 prefers to the top."""
    if name in filters:
        yield filters[name]
    parts = filters.get("AND")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping):
            yield from _required_values(part, name)


def _contradiction(one: str, other: str) -> InvalidRequest:
    return InvalidRequest(f"{one} and {other} mean the same but differ", remedy="give one of them")
