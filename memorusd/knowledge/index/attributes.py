"""Filters on metadata, decided for all bullets at once: each value of a key knows its slots.

A condition is asked once for each distinct value, not once for each bullet, and the answer is a
mask like that of any other filter: what it excludes is not scored.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ..bullet import Bullet
from ..filters import CODED, FIELDS, LISTS, OWNERS, TIMES, Condition, Group, Value, metadata_values, parse

if TYPE_CHECKING:
    from .view import View

__all__ = ["Attributes"]

Mask = npt.NDArray[np.bool_]
_Slots = dict[Value, "array[int]"]


class Attributes:
    """Metadata, tags, tools and entities of every slot. One writer; readers need no lock."""

    def __init__(self) -> None:
        self._metadata: dict[str, _Slots] = {}
        self._lists: dict[str, _Slots] = {name: {} for name in LISTS}

    def add(self, slot: int, bullet: Bullet) -> None:
        """Enter a bullet."""
        for key, value in bullet.metadata.items():
            _enter(self._metadata.setdefault(key, {}), slot, metadata_values(value))
        for name, slots in self._lists.items():
            if values := getattr(bullet, name):
                _enter(slots, slot, map(parse, values))

    def select(self, tree: Group, view: View) -> Mask:
        """Which slots of the view meet a filter, shape (view.n,)."""
        masks = [
            self.select(part, view) if isinstance(part, Group) else self._condition(part, view)
            for part in tree.parts
        ]
        everything = np.ones(view.n, np.bool_)
        if tree.join == "AND":
            every: Mask = np.logical_and.reduce([everything, *masks])
            return every
        some: Mask = np.logical_or.reduce([~everything, *masks])
        return some if tree.join == "OR" else ~some

    def renumbered(self, new_slots: npt.NDArray[np.int64]) -> Attributes:
        """The same with `new_slots[slot]` for each slot, without those where that is -1."""
        fresh = Attributes()
        fresh._metadata = {
            key: kept for key, slots in self._metadata.items() if (kept := _moved(slots, new_slots))
        }
        fresh._lists = {name: _moved(slots, new_slots) for name, slots in self._lists.items()}
        return fresh

    def _condition(self, condition: Condition, view: View) -> Mask:
        key = condition.key
        own = self._metadata.get(key) if key not in OWNERS else None
        met = np.zeros(view.n, np.bool_) if own is None else _meeting(condition, own, view.n)
        if key not in FIELDS:
            return met
        field = self._field(condition, view)
        return field if own is None else np.where(_holding(own, view.n), met, field)

    def _field(self, condition: Condition, view: View) -> Mask:
        """The condition on the bullet's field of that name."""
        key = condition.key
        if key in LISTS:
            return _meeting(condition, self._lists[key], view.n)
        if key in CODED:
            codes = [
                code
                for name, code in list(view.names[key].items())
                if condition.meets(() if name is None else (parse(name),))
            ]
            return np.isin(view.codes(key), codes)
        assert key in TIMES
        times = (view.columns.created if key == "created_at" else view.columns.updated)[: view.n]
        distinct, inverse = np.unique(times, return_inverse=True)
        met = np.array([condition.meets((("time", float(at)),)) for at in distinct], np.bool_)
        return met[inverse]


def _enter(slots: _Slots, slot: int, values: object) -> None:
    for value in dict.fromkeys(values):  # type: ignore[call-overload]
        slots.setdefault(value, array("I")).append(slot)


def _meeting(condition: Condition, slots: _Slots, n: int) -> Mask:
    """Slots one of whose values meets the condition; with "ne" and "nin", none of whose does not."""
    positive = condition.positive()
    met = np.zeros(n, np.bool_)
    wanted = positive.wanted()
    values = list(slots) if wanted is None else wanted
    test = positive.test()
    for value in values:
        found = slots.get(value)
        if found is not None and test(value):
            _mark(met, found)
    return met if positive is condition else _holding(slots, n) & ~met


def _holding(slots: _Slots, n: int) -> Mask:
    mask = np.zeros(n, np.bool_)
    for found in list(slots.values()):
        _mark(mask, found)
    return mask


def _mark(mask: Mask, found: array[int]) -> None:
    # A copy in one step under the interpreter's lock: the writer may append meanwhile.
    slots = np.frombuffer(found.tobytes(), np.uint32)
    mask[slots[slots < len(mask)]] = True


def _moved(slots: _Slots, new_slots: npt.NDArray[np.int64]) -> _Slots:
    fresh: _Slots = {}
    for value, found in slots.items():
        moved = new_slots[np.frombuffer(found, np.uint32)]
        moved = moved[moved >= 0]
        if len(moved):
            fresh[value] = array("I", moved.astype(np.uint32).tobytes())
    return fresh
