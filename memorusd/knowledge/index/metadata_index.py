"""Filters on metadata, evaluated for all bullets at once: maps each value of each key to its slots.

A condition is evaluated once per distinct value, not once per bullet. The result is a mask like that of any
other filter, and slots outside it are not scored.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..bullet import OWNERS, Bullet
from ..filters import (
    CODED,
    FIELDS,
    LISTS,
    TIMES,
    Condition,
    Group,
    Value,
    metadata_values,
    typed_value,
)

__all__ = ["MetadataIndex"]

Mask = npt.NDArray[np.bool_]
_Slots = dict[Value, "array[int]"]


class Fields(Protocol):
    """What a condition on a field of the bullets needs to see of a view of `n` slots."""

    @property
    def n(self) -> int: ...
    @property
    def codebooks(self) -> Mapping[str, Mapping[str | None, int]]: ...
    @property
    def columns(self) -> Any: ...
    def codes(self, name: str) -> npt.NDArray[Any]: ...


class MetadataIndex:
    """Metadata, tags, tools and entities of every slot. One writer; readers need no lock."""

    def __init__(self) -> None:
        self._metadata: dict[str, _Slots] = {}
        self._lists: dict[str, _Slots] = {name: {} for name in LISTS}

    def add_bullet(self, slot: int, bullet: Bullet) -> None:
        """Add the values of one bullet."""
        for key, value in bullet.metadata.items():
            _add_values(self._metadata.setdefault(key, {}), slot, metadata_values(value))
        for name, slots in self._lists.items():
            if values := getattr(bullet, name):
                _add_values(slots, slot, map(typed_value, values))

    def mask(self, tree: Group, view: Fields) -> Mask:
        """Which slots of the view meet a filter, shape (view.n,)."""
        masks = [
            self.mask(part, view) if isinstance(part, Group) else self._condition_mask(part, view)
            for part in tree.parts
        ]
        all_slots = np.ones(view.n, np.bool_)
        if tree.join == "AND":
            conjunction: Mask = np.logical_and.reduce([all_slots, *masks])
            return conjunction
        disjunction: Mask = np.logical_or.reduce([~all_slots, *masks])
        return disjunction if tree.join == "OR" else ~disjunction

    def renumbered(self, new_slots: npt.NDArray[np.int64]) -> MetadataIndex:
        """A copy in which `new_slots[slot]` replaces each slot; slots that become -1 are left out."""
        copy = MetadataIndex()
        copy._metadata = {
            key: kept for key, slots in self._metadata.items() if (kept := _renumbered(slots, new_slots))
        }
        copy._lists = {name: _renumbered(slots, new_slots) for name, slots in self._lists.items()}
        return copy

    def _condition_mask(self, condition: Condition, view: Fields) -> Mask:
        key = condition.key
        own = self._metadata.get(key) if key not in OWNERS else None
        met = np.zeros(view.n, np.bool_) if own is None else _meeting_mask(condition, own, view.n)
        if key not in FIELDS:
            return met
        field = self._field_mask(condition, view)
        return field if own is None else np.where(_holding_mask(own, view.n), met, field)

    def _field_mask(self, condition: Condition, view: Fields) -> Mask:
        """The condition on the bullet field of that name, for slots without such a metadata key."""
        key = condition.key
        if key in LISTS:
            return _meeting_mask(condition, self._lists[key], view.n)
        if key in CODED:
            codes = [
                code
                for name, code in list(view.codebooks[key].items())
                if condition.meets(() if name is None else (typed_value(name),))
            ]
            return np.isin(view.codes(key), codes)
        assert key in TIMES
        times = (view.columns.created if key == "created_at" else view.columns.updated)[: view.n]
        distinct, inverse = np.unique(times, return_inverse=True)
        met = np.array([condition.meets((("time", float(at)),)) for at in distinct], np.bool_)
        return met[inverse]


def _add_values(slots: _Slots, slot: int, values: object) -> None:
    for value in dict.fromkeys(values):  # type: ignore[call-overload]
        slots.setdefault(value, array("I")).append(slot)


def _meeting_mask(condition: Condition, slots: _Slots, n: int) -> Mask:
    """The slots that have a value meeting the condition; for "ne" and "nin", whose values all meet it."""
    positive = condition.positive()
    met = np.zeros(n, np.bool_)
    wanted = positive.accepted_values()
    values = list(slots) if wanted is None else wanted
    test = positive.predicate()
    for value in values:
        holders = slots.get(value)
        if holders is not None and test(value):
            _mark(met, holders)
    return met if positive is condition else _holding_mask(slots, n) & ~met


def _holding_mask(slots: _Slots, n: int) -> Mask:
    """The slots that have any value."""
    mask = np.zeros(n, np.bool_)
    for holders in list(slots.values()):
        _mark(mask, holders)
    return mask


def _mark(mask: Mask, holders: array[int]) -> None:
    # The copy is one step under the interpreter's lock, because the writer may append meanwhile.
    slots = np.frombuffer(holders.tobytes(), np.uint32)
    mask[slots[slots < len(mask)]] = True


def _renumbered(slots: _Slots, new_slots: npt.NDArray[np.int64]) -> _Slots:
    copy: _Slots = {}
    for value, holders in slots.items():
        moved = new_slots[np.frombuffer(holders, np.uint32)]
        moved = moved[moved >= 0]
        if len(moved):
            copy[value] = array("I", moved.astype(np.uint32).tobytes())
    return copy
