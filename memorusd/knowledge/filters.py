"""mem0's filter grammar, read once and decided one condition at a time.

    {"team": "core"}                          equal; of a list: has it
    {"stars": {"gte": 3, "lt": 5}}            eq ne gt gte lt lte in nin contains icontains
    {"lang": ["de", "fr"]}  {"lang": "*"}     one of; has the key at all
    {"AND": [...]}  {"OR": [...]}  {"NOT": [...]}

A key means the bullet's metadata or, where that lacks it, the field of that name (role, tags,
created_at, …). Whoever lacks the key meets no condition on it, "ne" and "nin" included; NOT of a
condition is met by all that do not meet it. The same reading serves one bullet (`matches`) and the
index, which decides a condition for all bullets that share a value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from memorus_proto.errors import InvalidRequest

from .bullet import Bullet

__all__ = [
    "CODED",
    "FIELDS",
    "LISTS",
    "OWNERS",
    "TIMES",
    "Condition",
    "Group",
    "Value",
    "matches",
    "metadata_values",
    "parse",
    "read",
]

CODED = ("user_id", "agent_id", "run_id", "scope", "type", "section", "origin", "role", "actor_id")
LISTS = ("tags", "tools", "entities")
TIMES = ("created_at", "updated_at")
FIELDS = (*CODED, *LISTS, *TIMES)
"""Fields of a bullet that a filter may name."""
OWNERS = ("user_id", "agent_id", "run_id")
"""Always the fields, for metadata cannot set them."""

Value = tuple[str, Any]
"""A value that can be a key of a dict: its kind (so that True is not 1) and itself."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key."""

    key: str
    operator: str
    operand: Any

    def meets(self, values: Iterable[Value]) -> bool:
        """Whether a bullet whose key has `values` (none: lacks the key) meets it."""
        values = tuple(values)
        if not values:
            return False
        positive = self.positive()
        met = any(map(positive.test(), values))
        return met if positive is self else not met

    def positive(self) -> Condition:
        """Of "ne" and "nin" the opposite; else itself."""
        opposite = _NEGATIVE.get(self.operator)
        return self if opposite is None else Condition(self.key, opposite, self.operand)

    def wanted(self) -> set[Value] | None:
        """The values that meet a positive condition, where it names them."""
        match self.operator:
            case "eq":
                return _forms(self.operand)
            case "in":
                return set().union(*map(_forms, self.operand))
            case _:
                return None

    def test(self) -> Callable[[Value], bool]:
        """The positive operator on one value."""
        wanted = self.wanted()
        if wanted is not None:
            return wanted.__contains__
        match self.operator:
            case "exists":
                return lambda _: True
            case "contains":
                return lambda value: value[0] == "text" and self.operand in value[1]
            case "icontains":
                folded = self.operand.casefold()
                return lambda value: value[0] == "text" and folded in value[1].casefold()
            case _:
                compare = _ORDER[self.operator]
                kind, bound = _comparable(parse(self.operand))
                return lambda value: (found := _comparable(value))[0] == kind and compare(found[1], bound)


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions and groups, joined."""

    join: str
    """"AND", "OR", or "NOT" (none of them)."""
    parts: tuple[Condition | Group, ...]


_NEGATIVE = {"ne": "eq", "nin": "in"}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}
_OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "contains", "icontains")


def read(filters: Mapping[str, Any], name: str = "filters") -> Group:
    """The tree of a filter.

    Raises:
        InvalidRequest: it is not of the grammar; the message names the place.
    """
    parts: list[Condition | Group] = []
    for key, wanted in filters.items():
        place = f"{name}.{key}"
        if key in ("AND", "OR", "NOT"):
            parts.append(Group(key, tuple(read(part, f"{place}[{i}]") for i, part in _listed(place, wanted))))
        elif isinstance(wanted, dict):
            parts += [Condition(key, *_operation(place, *item)) for item in _operations(place, wanted)]
        elif isinstance(wanted, list):
            parts.append(Condition(key, "in", wanted))
        elif wanted == "*":
            parts.append(Condition(key, "exists", None))
        else:
            parts.append(Condition(key, "eq", wanted))
    return Group("AND", tuple(parts))


def matches(tree: Group, bullet: Bullet) -> bool:
    """Whether `bullet` meets the filter."""
    found = (
        matches(part, bullet) if isinstance(part, Group) else part.meets(_values(bullet, part.key))
        for part in tree.parts
    )
    return all(found) if tree.join == "AND" else any(found) if tree.join == "OR" else not any(found)


def _field_values(bullet: Bullet, key: str) -> tuple[Value, ...]:
    """What the bullet's own field holds; nothing where it is not set."""
    value = getattr(bullet, key)
    if key in LISTS:
        return tuple(map(parse, value))
    if key in TIMES:
        return (("time", value.timestamp()),)
    return () if value is None else (parse(value),)


def parse(value: Any) -> Value:
    """`value` as something to compare and look up."""
    match value:
        case bool():
            return "truth", value
        case int() | float():
            return "number", value
        case str():
            return "text", value
        case None:
            return "nothing", None
        case _:
            return "json", json.dumps(value, sort_keys=True)


def metadata_values(value: Any) -> tuple[Value, ...]:
    """What a value in metadata can be found by: itself, and each element of a list."""
    return (*map(parse, value), parse(value)) if isinstance(value, list) else (parse(value),)


def _forms(value: Any) -> set[Value]:
    """What a stored value may look like that equals `value`: a time is kept as one."""
    plain = parse(value)
    return {plain, _comparable(plain)}


def _values(bullet: Bullet, key: str) -> tuple[Value, ...]:
    if key in bullet.metadata and key not in OWNERS:
        return metadata_values(bullet.metadata[key])
    return _field_values(bullet, key) if key in FIELDS else ()


def _comparable(value: Value) -> Value:
    """Times compare as times, whatever zone they are written in."""
    if value[0] == "text" and value[1][:4].isdigit():
        try:
            at = datetime.fromisoformat(value[1].replace("Z", "+00:00"))
        except ValueError:
            return value
        return "time", (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp()
    return value


def _listed(place: str, wanted: Any) -> Iterator[tuple[int, Mapping[str, Any]]]:
    if not isinstance(wanted, list) or not wanted or not all(isinstance(part, dict) for part in wanted):
        raise InvalidRequest(f"{place} needs a list of filters; for example [{{'team': 'core'}}]")
    return enumerate(wanted)


def _operations(place: str, wanted: Mapping[str, Any]) -> list[tuple[str, Any]]:
    if not wanted:
        raise InvalidRequest(f"{place} has no operator; use one of {', '.join(_OPERATORS)}")
    return list(wanted.items())


def _operation(place: str, operator: str, operand: Any) -> tuple[str, Any]:
    if operator not in _OPERATORS:
        raise InvalidRequest(
            f"{place}: unknown operator {operator!r:.80}; use one of {', '.join(_OPERATORS)}"
        )
    if operator in ("in", "nin") and not isinstance(operand, list):
        raise InvalidRequest(f"{place}.{operator} needs a list; give the values in [ ]")
    if operator in ("contains", "icontains") and not isinstance(operand, str):
        raise InvalidRequest(f"{place}.{operator} needs a text to look for")
    if operator in _ORDER and (isinstance(operand, bool) or not isinstance(operand, (int, float, str))):
        raise InvalidRequest(f"{place}.{operator} needs a number or a text, for example an ISO time")
    return operator, operand
