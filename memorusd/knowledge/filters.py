"""mem0's filter grammar: parsed into a tree, and evaluated one condition at a time.

    {"team": "core"}                          is equal; a list contains it
    {"stars": {"gte": 3, "lt": 5}}            eq ne gt gte lt lte in nin contains icontains
    {"lang": ["de", "fr"]}  {"lang": "*"}     is one of these; has the key at all
    {"AND": [...]}  {"OR": [...]}  {"NOT": [...]}

A key names an entry of the bullet's metadata or, if there is none, the field of that name (role, tags,
created_at, …); an owner id always names the field. A bullet without the key meets no condition on it, not
even "ne" and "nin"; the NOT of a condition is met by every bullet that does not meet the condition. The same
conditions serve one bullet (`matches`) and the index, which evaluates each only once for all bullets that
share a value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from memorus_proto.errors import InvalidRequest

from .bullet import OWNERS, Bullet

__all__ = [
    "CODED",
    "FIELDS",
    "LISTS",
    "TIMES",
    "Condition",
    "Group",
    "Value",
    "matches",
    "metadata_values",
    "parse_filter",
    "typed_value",
]

CODED = ("user_id", "agent_id", "run_id", "scope", "type", "section", "origin", "role", "actor_id")
"""Fields that hold one string out of few, which the index keeps as codes."""
LISTS = ("tags", "tools", "entities")
TIMES = ("created_at", "updated_at")
FIELDS = (*CODED, *LISTS, *TIMES)
"""All fields of a bullet that a filter may name."""
Value = tuple[str, Any]
"""A hashable value: its kind, so that True differs from 1, and the value itself."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key."""

    key: str
    operator: str
    operand: Any

    def meets(self, values: Iterable[Value]) -> bool:
        """Return whether a bullet whose key has these values (none: it lacks the key) meets the condition."""
        values = tuple(values)
        if not values:
            return False
        positive = self.positive()
        met = any(map(positive.predicate(), values))
        return met if positive is self else not met

    def positive(self) -> Condition:
        """Return the opposite of "ne" and "nin", and any other condition itself."""
        opposite = _NEGATIVE.get(self.operator)
        return self if opposite is None else Condition(self.key, opposite, self.operand)

    def accepted_values(self) -> set[Value] | None:
        """Return the values that meet a positive condition, if it names them."""
        match self.operator:
            case "eq":
                return _forms(self.operand)
            case "in":
                return set().union(*map(_forms, self.operand))
            case _:
                return None

    def predicate(self) -> Callable[[Value], bool]:
        """Return the test of one value that a positive condition makes."""
        accepted = self.accepted_values()
        if accepted is not None:
            return accepted.__contains__
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
                kind, bound = _comparable(typed_value(self.operand))
                return lambda value: (other := _comparable(value))[0] == kind and compare(other[1], bound)


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions and groups, joined by one operator."""

    join: str
    """"AND", "OR" or "NOT"; the last means that no part is met."""
    parts: tuple[Condition | Group, ...]


_NEGATIVE = {"ne": "eq", "nin": "in"}
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}
_OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "contains", "icontains")


def parse_filter(filters: Mapping[str, Any], name: str = "filters") -> Group:
    """Parse a filter, which messages call `name`.

    Raises:
        InvalidRequest: the filter is not valid; the message names the part that is wrong.
    """
    parts: list[Condition | Group] = []
    for key, value in filters.items():
        path = f"{name}.{key}"
        if key in ("AND", "OR", "NOT"):
            subfilters = enumerate(_filter_list(path, value))
            parts.append(Group(key, tuple(parse_filter(part, f"{path}[{i}]") for i, part in subfilters)))
        elif isinstance(value, dict):
            parts += _conditions(path, key, value)
        elif isinstance(value, list):
            parts.append(Condition(key, "in", value))
        elif value == "*":
            parts.append(Condition(key, "exists", None))
        else:
            parts.append(Condition(key, "eq", value))
    return Group("AND", tuple(parts))


def matches(tree: Group, bullet: Bullet) -> bool:
    """Return whether `bullet` meets the filter."""
    results = (
        matches(part, bullet) if isinstance(part, Group) else part.meets(_values(bullet, part.key))
        for part in tree.parts
    )
    return all(results) if tree.join == "AND" else any(results) if tree.join == "OR" else not any(results)


def _field_values(bullet: Bullet, key: str) -> tuple[Value, ...]:
    """Return the values of the bullet's own field; none if it is not set."""
    value = getattr(bullet, key)
    if key in LISTS:
        return tuple(map(typed_value, value))
    if key in TIMES:
        return (("time", value.timestamp()),)
    return () if value is None else (typed_value(value),)


def typed_value(value: Any) -> Value:
    """Return a value in the form in which conditions compare it."""
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
    """Return the values by which metadata can be found: the value itself, and each element of a list."""
    return (
        (*map(typed_value, value), typed_value(value)) if isinstance(value, list) else (typed_value(value),)
    )


def _forms(value: Any) -> set[Value]:
    """Return the forms of stored values that equal `value`: a text may name a time."""
    plain = typed_value(value)
    return {plain, _comparable(plain)}


def _values(bullet: Bullet, key: str) -> tuple[Value, ...]:
    if key in bullet.metadata and key not in OWNERS:
        return metadata_values(bullet.metadata[key])
    return _field_values(bullet, key) if key in FIELDS else ()


def _comparable(value: Value) -> Value:
    """Turn a text that is a time into one, so that times compare whatever zone they are written in."""
    if value[0] == "text" and value[1][:4].isdigit():
        try:
            at = datetime.fromisoformat(value[1].replace("Z", "+00:00"))
        except ValueError:
            return value
        return "time", (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp()
    return value


def _filter_list(path: str, value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not value or not all(isinstance(part, dict) for part in value):
        raise InvalidRequest(f"{path} needs a list of filters", remedy="for example [{'team': 'core'}]")
    return value


def _conditions(path: str, key: str, operations: Mapping[str, Any]) -> list[Condition]:
    if not operations:
        raise InvalidRequest(f"{path} has no operator", remedy=f"use one of {', '.join(_OPERATORS)}")
    for operator, operand in operations.items():
        _check_operation(path, operator, operand)
    return [Condition(key, *operation) for operation in operations.items()]


def _check_operation(path: str, operator: str, operand: Any) -> None:
    if operator not in _OPERATORS:
        raise InvalidRequest(
            f"{path}: unknown operator {operator!r:.80}", remedy=f"use one of {', '.join(_OPERATORS)}"
        )
    if operator in ("in", "nin") and not isinstance(operand, list):
        raise InvalidRequest(f"{path}.{operator} needs a list", remedy="give the values in [ ]")
    if operator in ("contains", "icontains") and not isinstance(operand, str):
        raise InvalidRequest(f"{path}.{operator} needs a string", remedy="give the text to search for")
    if operator in _ORDER and (isinstance(operand, bool) or not isinstance(operand, (int, float, str))):
        raise InvalidRequest(
            f"{path}.{operator} needs a number or a string", remedy="give a number, or a time in ISO 8601"
        )
