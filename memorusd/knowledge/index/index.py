"""The index over one store: catches up with the journal before it answers."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np

from ..embed import ModelId, Vectors
from ..selection import Selection
from ..store import Store, Stored
from .scan import nearest
from .table import Table, View

__all__ = ["Hit", "Index"]

_CHUNK = 4096


@dataclass(frozen=True, slots=True)
class Hit:
    """A bullet's id and its cosine to the query, -1 to 1."""

    bullet_id: str
    cosine: float


class Index:
    """Thread-safe. Every answer includes all that was committed before it was asked for."""

    def __init__(self, store: Store, model: ModelId) -> None:
        self.model = model
        self._store = store
        self._table = Table(model.dimensions)
        self._lock = threading.Lock()
        self._seq = -1

    @property
    def seq(self) -> int:
        """The last journal entry that is in the index; -1 before the first load."""
        return self._seq

    def __len__(self) -> int:
        return len(self._table)

    def search(self, query: Vectors, k: int, selection: Selection) -> tuple[list[Hit], int]:
        """The `k` nearest bullets that the selection's columns allow, best first, and how many those are."""
        view = self._current()
        mask = view.select(selection)
        slots, scores = nearest(view, query, k, mask)
        hits = [Hit(view.ids[slot], float(score)) for slot, score in zip(slots, scores, strict=True)]
        return hits, int(np.count_nonzero(mask))

    def missing_vectors(self) -> int:
        """How many bullets no vector search can find yet."""
        view = self._current()
        return int(np.count_nonzero(view.alive[: view.n] & ~view.has_vector[: view.n]))

    def catch_up(self) -> None:
        """Apply what the journal has and the index has not."""
        self._current()

    def _current(self) -> View:
        # Read outside the lock: a search need not wait for a load that it does not need.
        if self._store.seq() != self._seq:
            with self._lock:
                if self._store.seq() != self._seq:
                    self._follow()
        return self._table.view

    def _follow(self) -> None:
        if self._seq < 0:
            self._rebuild()
            return
        seq, touched, was_reset = self._store.changed_since(self._seq)
        if was_reset:
            self._rebuild()
            return
        _, rows = self._store.load(touched)
        gone = dict.fromkeys(touched)
        for stored in self._append(rows):
            gone.pop(stored, None)
        for bullet_id in gone:
            self._table.remove(bullet_id)
        # What was loaded may be newer than `seq`; those entries are then applied twice, harmlessly.
        self._seq = seq

    def _rebuild(self) -> None:
        seq, rows = self._store.load()
        fresh = Table(self.model.dimensions)
        self._append(rows, fresh)
        self._table, self._seq = fresh, seq

    def _append(self, rows: Iterable[Stored], table: Table | None = None) -> list[str]:
        table = self._table if table is None else table
        iterator, ids = iter(rows), []
        while chunk := list(islice(iterator, _CHUNK)):
            vectors = np.zeros((len(chunk), self.model.dimensions), np.float32)
            for i, stored in enumerate(chunk):
                if stored.vector is not None and len(stored.vector) == self.model.dimensions:
                    vectors[i] = stored.vector
            table.append([s.bullet for s in chunk], vectors, [s.vector is not None for s in chunk])
            ids += [s.bullet.id for s in chunk]
        return ids
