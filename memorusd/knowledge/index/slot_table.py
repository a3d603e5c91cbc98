"""The writer's side of the index: one slot per bullet, appended and tombstoned, never changed in place."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

import numpy as np

from ...text.cues import ROLE_NAMES
from ...text.tokens import words
from ..ages import Ages
from ..bullet import Bullet
from ..filters import CODED
from .analysis import AnalysedBullet
from .bm25 import Postings
from .metadata_index import MetadataIndex
from .passages import PassageVectors
from .vector_scan import sign_bits
from .view import Columns, View

__all__ = ["SlotTable"]

_FIRST_CAPACITY = 1024

_Run = tuple[object, ...]
_coded = attrgetter(*CODED)


class SlotTable:
    """All slots. The table doubles when it is full, and drops its tombstones then. One thread at a time."""

    def __init__(self, dimensions: int, complete: bool = True) -> None:
        self.dimensions = dimensions
        self._slots: dict[str, int] = {}
        self._runs: dict[_Run, list[tuple[float, int, int]]] = {}
        """The turns of each run as (created, ordinal, slot), in order."""
        self._run_codes: dict[_Run, int] = {}
        self._run_keys: list[_Run] = []
        self._next_ordinal = 0
        self._view = replace(self._empty(_FIRST_CAPACITY), complete=complete)

    @property
    def view(self) -> View:
        """A snapshot of the table as it is now."""
        return self._view

    def __len__(self) -> int:
        return len(self._slots)

    def mark_complete(self) -> None:
        """Declare that the table has everything that the store has."""
        self._view = replace(self._view, complete=True)

    def append(self, entries: Sequence[AnalysedBullet]) -> None:
        """Add bullets; they replace those with the same ids."""
        ordinals = [self._ordinal(self._tombstone(entry.bullet.id)) for entry in entries]
        self.reserve(len(entries))
        view, start, end = self._view, self._view.n, self._view.n + len(entries)
        self._fill(slice(start, end), entries, ordinals)
        for slot, entry in enumerate(entries, start=start):
            bullet = entry.bullet
            self._slots[bullet.id] = slot
            self._add_to_run(slot, bullet)
            view.metadata.add_bullet(slot, bullet)
            view.passages.append(slot, entry.passages)
        view.postings.extend(start, [entry.terms for entry in entries])
        view.labels.extend(start, [entry.label_keys for entry in entries])
        view.ids.extend(entry.bullet.id for entry in entries)
        self._view = replace(view, n=end)

    def remove(self, bullet_id: str) -> None:
        """Remove a bullet, if it is there."""
        self._tombstone(bullet_id)

    def set_recalls(self, bullet_ids: Sequence[str], ages: Ages) -> None:
        """Update when and how often bullets were recalled. Ids that are not in the table are ignored."""
        columns = self._view.columns
        for i, bullet_id in enumerate(bullet_ids):
            slot = self._slots.get(bullet_id)
            if slot is not None:
                columns.recalled[slot] = ages.recalled[i]
                columns.recall_count[slot] = ages.recall_count[i]

    def _ordinal(self, ordinal: int | None) -> int:
        """The `ordinal` of a bullet that is replaced, or the next new one."""
        if ordinal is None:
            ordinal, self._next_ordinal = self._next_ordinal, self._next_ordinal + 1
        return ordinal

    def _fill(self, slots: slice, entries: Sequence[AnalysedBullet], ordinals: Sequence[int]) -> None:
        """Write consecutive slots, one column at a time."""
        if not entries:
            return
        view, columns = self._view, self._view.columns
        bullets = [entry.bullet for entry in entries]
        no_vector = np.zeros(self.dimensions, np.float32)
        columns.has_vector[slots] = [entry.vector is not None for entry in entries]
        vectors = [no_vector if entry.vector is None else entry.vector for entry in entries]
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
        columns.flags[slots] = [entry.features.flags for entry in entries]
        columns.question_share[slots] = [entry.features.question_share for entry in entries]
        columns.word_count[slots] = [entry.features.word_count for entry in entries]
        columns.term_count[slots] = [len(entry.terms) for entry in entries]
        columns.label_count[slots] = [len(entry.label_keys) for entry in entries]
        columns.alive[slots] = True

    def _codes(self, column: str, values: Sequence[str | None]) -> list[int]:
        codebook = self._view.codebooks[column]
        for value in dict.fromkeys(values):
            if value not in codebook:
                code = codebook[value] = len(codebook)
                if column == "actor_id" and value is not None:
                    self._add_speaker(value, code)
        return [codebook[value] for value in values]

    def _add_speaker(self, speaker: str, code: int) -> None:
        speakers = self._view.speakers
        for word in {word.casefold() for word in words(speaker)} - ROLE_NAMES:
            speakers[word] = (*speakers.get(word, ()), code)

    def _add_to_run(self, slot: int, bullet: Bullet) -> None:
        if bullet.run_id is None:
            return
        columns = self._view.columns
        # Owners may use the same run ids, so a run belongs to an owner and a scope.
        key = (bullet.user_id, bullet.agent_id, bullet.run_id, bullet.scope)
        code = self._run_codes.setdefault(key, len(self._run_keys))
        if code == len(self._run_keys):
            self._run_keys.append(key)
        columns.run[slot] = code
        run = self._runs.setdefault(key, [])
        turn = (float(columns.created[slot]), int(columns.ordinal[slot]), slot)
        insort(run, turn)
        i = bisect_left(run, turn)
        if i:
            self._link_turns(run[i - 1][2], slot)
        if i + 1 < len(run):
            self._link_turns(slot, run[i + 1][2])

    def _link_turns(self, earlier: int, later: int) -> None:
        columns = self._view.columns
        if earlier >= 0:
            columns.following[earlier] = later
        if later >= 0:
            columns.previous[later] = earlier

    def _tombstone(self, bullet_id: str) -> int | None:
        """Mark the slot of a bullet as dead and return its ordinal; None if it is not there."""
        slot = self._slots.pop(bullet_id, None)
        if slot is None:
            return None
        columns = self._view.columns
        columns.alive[slot] = False
        if columns.run[slot] >= 0:
            run = self._runs[self._run_keys[columns.run[slot]]]
            i = bisect_left(run, (float(columns.created[slot]), int(columns.ordinal[slot]), slot))
            del run[i]
            self._link_turns(run[i - 1][2] if i else -1, run[i][2] if i < len(run) else -1)
        return int(columns.ordinal[slot])

    def reserve(self, more: int) -> None:
        """Make room for `more` slots: if there is too little, in new arrays without the dead slots."""
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
            codebooks=old.codebooks,
            speakers=old.speakers,
            postings=old.postings.renumbered(moved) if dead else old.postings,
            labels=old.labels.renumbered(moved) if dead else old.labels,
            metadata=old.metadata.renumbered(moved) if dead else old.metadata,
            passages=old.passages.renumbered(moved) if dead else old.passages,
        )

    def _empty(self, capacity: int) -> View:
        return View(
            n=0,
            ids=[],
            columns=Columns.empty(capacity, self.dimensions),
            bits=np.zeros((-(-self.dimensions // 64), capacity), np.uint64),
            codebooks={column: {} for column in CODED},
            speakers={},
            postings=Postings(),
            labels=Postings(),
            metadata=MetadataIndex(),
            passages=PassageVectors(self.dimensions),
        )


def _seconds(at: datetime | None) -> float:
    return math.nan if at is None else at.timestamp()
