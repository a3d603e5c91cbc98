"""The index as its one writer sees it: one slot a bullet, appended and tombstoned, never changed in place."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

import numpy as np

from ...text.tokens import words
from ..ages import Ages
from ..bullet import Bullet
from ..filters import CODED
from .attributes import Attributes
from .entry import NOBODY, Entry
from .parts import Parts
from .scan import sign_bits
from .view import Columns, View
from .words import Postings

__all__ = ["Table"]

_FIRST_CAPACITY = 1024

_Run = tuple[object, ...]
_coded = attrgetter(*CODED)


class Table:
    """Grows by doubling, and leaves its tombstones behind when it does."""

    def __init__(self, dimensions: int, complete: bool = True) -> None:
        self.dimensions = dimensions
        self._slots: dict[str, int] = {}
        self._runs: dict[_Run, list[tuple[float, int, int]]] = {}
        """Of each run (created, ordinal, slot), in order."""
        self._run_codes: dict[_Run, int] = {}
        self._run_keys: list[_Run] = []
        self._next = 0
        self._view = replace(self._empty(_FIRST_CAPACITY), complete=complete)

    @property
    def view(self) -> View:
        """What is in the table now."""
        return self._view

    def __len__(self) -> int:
        return len(self._slots)

    def complete(self) -> None:
        """Say that all that the store has is in the table."""
        self._view = replace(self._view, complete=True)

    def append(self, entries: Sequence[Entry]) -> None:
        """Add bullets, replacing those with the same id."""
        ordinals = [self._numbered(self._bury(entry.bullet.id)) for entry in entries]
        self.reserve(len(entries))
        view, start, end = self._view, self._view.n, self._view.n + len(entries)
        self._fill(slice(start, end), entries, ordinals)
        for slot, entry in enumerate(entries, start=start):
            bullet = entry.bullet
            self._slots[bullet.id] = slot
            self._link(slot, bullet)
            view.attributes.add(slot, bullet)
            view.parts.add(slot, entry.parts)
        view.postings.extend(start, [entry.terms for entry in entries])
        view.labels.extend(start, [entry.labels for entry in entries])
        view.ids.extend(entry.bullet.id for entry in entries)
        self._view = replace(view, n=end)

    def remove(self, bullet_id: str) -> None:
        """Take a bullet out, if it is there."""
        self._bury(bullet_id)

    def recalled(self, bullet_ids: Sequence[str], ages: Ages) -> None:
        """Note when and how often bullets were recalled; of those that are not there, nothing."""
        columns = self._view.columns
        for i, bullet_id in enumerate(bullet_ids):
            slot = self._slots.get(bullet_id)
            if slot is not None:
                columns.recalled[slot] = ages.recalled[i]
                columns.recall_count[slot] = ages.recall_count[i]

    def _numbered(self, ordinal: int | None) -> int:
        """The ordinal that a bullet had, or the next one."""
        if ordinal is None:
            ordinal, self._next = self._next, self._next + 1
        return ordinal

    def _fill(self, slots: slice, entries: Sequence[Entry], ordinals: Sequence[int]) -> None:
        """Write a run of slots, a column at a time."""
        if not entries:
            return
        view, columns = self._view, self._view.columns
        bullets = [entry.bullet for entry in entries]
        nothing = np.zeros(self.dimensions, np.float32)
        columns.has_vector[slots] = [entry.vector is not None for entry in entries]
        vectors = [nothing if entry.vector is None else entry.vector for entry in entries]
        np.concatenate(vectors, out=columns.vectors[slots].reshape(-1))
        view.bits[:, slots] = sign_bits(columns.vectors[slots]).T
        for i, values in enumerate(zip(*map(_coded, bullets), strict=True)):
            columns.codes[slots, i] = self._codes(CODED[i], values)
        for links in (columns.run, columns.previous, columns.following):
            links[slots] = -1
        columns.created[slots] = [bullet.created_at.timestamp() for bullet in bullets]
        columns.updated[slots] = [bullet.updated_at.timestamp() for bullet in bullets]
        columns.recalled[slots] = [_seconds(bullet.last_recalled_at) for bullet in bullets]
        columns.recall_count[slots] = [bullet.recall_count for bullet in bullets]
        columns.ordinal[slots] = ordinals
        columns.flags[slots] = [entry.traits.flags for entry in entries]
        columns.asking[slots] = [entry.traits.asking for entry in entries]
        columns.spoken[slots] = [entry.traits.length for entry in entries]
        columns.lengths[slots] = [len(entry.terms) for entry in entries]
        columns.labels[slots] = [len(entry.labels) for entry in entries]
        columns.alive[slots] = True

    def _codes(self, column: str, values: Sequence[str | None]) -> list[int]:
        names = self._view.names[column]
        for value in dict.fromkeys(values):
            if value not in names:
                code = names[value] = len(names)
                if column == "actor_id" and value is not None:
                    self._introduce(value, code)
        return [names[value] for value in values]

    def _introduce(self, speaker: str, code: int) -> None:
        speakers = self._view.speakers
        for word in {word.casefold() for word in words(speaker)} - NOBODY:
            speakers[word] = (*speakers.get(word, ()), code)

    def _link(self, slot: int, bullet: Bullet) -> None:
        if bullet.run_id is None:
            return
        columns = self._view.columns
        # Owners may use the same run ids: a run is theirs and of their scope.
        key = (bullet.user_id, bullet.agent_id, bullet.run_id, bullet.scope)
        code = self._run_codes.setdefault(key, len(self._run_keys))
        if code == len(self._run_keys):
            self._run_keys.append(key)
        columns.run[slot] = code
        run = self._runs.setdefault(key, [])
        place = (float(columns.created[slot]), int(columns.ordinal[slot]), slot)
        insort(run, place)
        i = bisect_left(run, place)
        if i:
            self._join(run[i - 1][2], slot)
        if i + 1 < len(run):
            self._join(slot, run[i + 1][2])

    def _join(self, earlier: int, later: int) -> None:
        columns = self._view.columns
        if earlier >= 0:
            columns.following[earlier] = later
        if later >= 0:
            columns.previous[later] = earlier

    def _bury(self, bullet_id: str) -> int | None:
        """Take out; returns the ordinal that it had."""
        slot = self._slots.pop(bullet_id, None)
        if slot is None:
            return None
        columns = self._view.columns
        columns.alive[slot] = False
        if columns.run[slot] >= 0:
            run = self._runs[self._run_keys[columns.run[slot]]]
            i = bisect_left(run, (float(columns.created[slot]), int(columns.ordinal[slot]), slot))
            del run[i]
            self._join(run[i - 1][2] if i else -1, run[i][2] if i < len(run) else -1)
        return int(columns.ordinal[slot])

    def reserve(self, more: int) -> None:
        """Make room for `more` slots: new arrays, without the dead."""
        old = self._view
        if old.n + more <= len(old.columns.alive):
            return
        kept = np.flatnonzero(old.alive)
        n = len(kept)
        moved = np.full(old.n, -1, np.int64)
        moved[kept] = np.arange(n)
        new = self._empty(max(_FIRST_CAPACITY, 2 * n, n + more))
        for name in Columns.__dataclass_fields__:
            getattr(new.columns, name)[:n] = getattr(old.columns, name)[kept]
        for links in (new.columns.previous[:n], new.columns.following[:n]):
            linked = links >= 0
            links[linked] = moved[links[linked]]
        new.bits[:, :n] = old.bits[:, kept]
        new.ids.extend(old.ids[slot] for slot in kept)
        self._slots = {bullet_id: slot for slot, bullet_id in enumerate(new.ids)}
        self._runs = {
            key: [(created, ordinal, int(moved[slot])) for created, ordinal, slot in run]
            for key, run in self._runs.items()
            if run
        }
        dead = n < old.n
        self._view = replace(
            new,
            n=n,
            complete=old.complete,
            names=old.names,
            speakers=old.speakers,
            postings=old.postings.renumbered(moved) if dead else old.postings,
            labels=old.labels.renumbered(moved) if dead else old.labels,
            attributes=old.attributes.renumbered(moved) if dead else old.attributes,
            parts=old.parts.renumbered(moved) if dead else old.parts,
        )

    def _empty(self, capacity: int) -> View:
        return View(
            n=0,
            ids=[],
            columns=Columns.empty(capacity, self.dimensions),
            bits=np.zeros((-(-self.dimensions // 64), capacity), np.uint64),
            names={column: {} for column in CODED},
            speakers={},
            postings=Postings(),
            labels=Postings(),
            attributes=Attributes(),
            parts=Parts(self.dimensions),
        )


def _seconds(at: datetime | None) -> float:
    return math.nan if at is None else at.timestamp()
