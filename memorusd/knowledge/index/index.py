"""The index over one store: catches up with the journal before it answers."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

from ...text.scripts import unspaced_share
from ...text.tokens import terms
from ..embed import ModelId, Vectors
from ..selection import Selection
from ..store import Store, Stored
from .entry import Entry, read_entry
from .scan import dots, nearest, top
from .table import Table
from .view import View
from .words import bm25

__all__ = ["Hit", "Index"]

logger = logging.getLogger(__name__)

_CHUNK = 4096
_READABLE = 0.1
"""Share of letters without spaces from which words decide who is a neighbour, too."""


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
        self._rebuilding: threading.Thread | None = None
        self._stopped = False

    @property
    def seq(self) -> int:
        """The last journal entry that is in the index; -1 before the first load."""
        return self._seq

    def __len__(self) -> int:
        return len(self._table)

    def view(self, patience: float | None = None) -> View:
        """The index as it is after everything that was committed before this call.

        While the index is loaded for the first time, that is waited for: for `patience` seconds, after
        which the view is of what there is so far, and not `complete`.
        """
        # Read outside the lock: a search need not wait for a load that it does not need.
        if self._store.refresh() != self._seq:
            wait = -1.0 if patience is None or self._seq >= 0 else patience
            if not self._lock.acquire(timeout=wait):
                return self._table.view
            try:
                if self._store.refresh() != self._seq:
                    self._follow()
            finally:
                self._lock.release()
        return self._table.view

    def search(self, query: Vectors, k: int, selection: Selection) -> tuple[list[Hit], int]:
        """The `k` nearest bullets that the selection allows, best first, and how many it allows."""
        view = self.view()
        mask = view.select(selection)
        slots, scores = nearest(view.rows, query, k, mask & view.has_vector)
        hits = [Hit(view.ids[slot], float(score)) for slot, score in zip(slots, scores, strict=True)]
        return hits, int(np.count_nonzero(mask))

    def neighbours(
        self, vector: Vectors, text: str, k: int, fields: Mapping[str, str | None]
    ) -> list[tuple[str, float]]:
        """The ids and cosines of what is nearest to a new bullet, nearest first.

        `fields` are of user_id, agent_id, run_id and scope; each must be equal, and None means that the
        neighbour has none either. The `k` nearest by `vector` are there, and for a text in a script that
        the model may not read the `k` that share most words with it.
        """
        view = self.view()
        mask = view.equal(fields) & view.has_vector
        slots, cosines = nearest(view.rows, vector, k, mask)
        found = dict(zip(slots.tolist(), cosines.tolist(), strict=True))
        if unspaced_share(text) > _READABLE:
            scored = bm25(view.postings, view.columns.lengths[: view.n], Counter(terms(text)), mask).scores
            likely = [slot for slot in top(scored, k).tolist() if scored[slot] > 0]
            best = [slot for slot in likely if slot not in found]
            found.update(zip(best, dots(view.vectors, vector, np.array(best, np.intp)).tolist(), strict=True))
        ranked = sorted(found.items(), key=lambda pair: -pair[1])
        return [(view.ids[slot], cosine) for slot, cosine in ranked]

    def missing_vectors(self) -> int:
        """How many bullets no vector search can find yet."""
        return self.waiting(self.view())

    def catch_up(self) -> None:
        """Apply what the journal has and the index has not."""
        self.view()

    @staticmethod
    def waiting(view: View) -> int:
        """How many bullets of a view have no vector yet."""
        return int(np.count_nonzero(view.alive & ~view.has_vector))

    def load_later(self, loaded: Callable[[], None]) -> None:
        """Load it in the background and then call `loaded`; views with patience are to be had meanwhile."""
        # Taken here, so that nobody who comes now begins to load it himself.
        self._lock.acquire()
        self._rebuilding = threading.Thread(
            target=self._load_now, args=(loaded,), name="memorus-index", daemon=True
        )
        self._rebuilding.start()

    def stop(self) -> None:
        """Give up a load that is under way: nobody will ask any more."""
        self._stopped = True

    def rebuild_later(self) -> None:
        """Read the store anew, in the background; once at a time."""
        with self._lock:
            if self._rebuilding is None or not self._rebuilding.is_alive():
                self._rebuilding = threading.Thread(
                    target=self._rebuild_now, name="memorus-index", daemon=True
                )
                self._rebuilding.start()

    def _follow(self) -> None:
        if self._seq < 0:
            self._rebuild()
            return
        seq, touched, was_reset = self._store.changed_since(self._seq)
        if was_reset:
            self._rebuild()
            return
        # Asked after the above, it leaves out what has changed meanwhile.
        recalled = set(self._store.recalled_since(self._seq)).intersection(touched)
        gone = dict.fromkeys(bullet_id for bullet_id in touched if bullet_id not in recalled)
        if gone:
            _, rows = self._store.load(list(gone))
            for bullet_id in self._append(rows, self._table):
                gone.pop(bullet_id, None)
            for bullet_id in gone:
                self._table.remove(bullet_id)
        if recalled:
            self._table.recalled(*self._store.ages(list(recalled)))
        # What was loaded may be newer than `seq`; those entries are then applied twice, harmlessly.
        self._seq = seq

    def _load_now(self, loaded: Callable[[], None]) -> None:
        try:
            self._rebuild()
        except InterruptedError:
            return
        except Exception:
            # Whoever asks next tries again, and is told.
            logger.exception("the index could not be loaded")
        finally:
            self._lock.release()
        loaded()

    def _rebuild_now(self) -> None:
        try:
            with self._lock:
                self._rebuild()
        except Exception:
            # The next search will say so, and try again.
            logger.exception("the index could not be made anew")

    def _rebuild(self) -> None:
        seq, rows = self._store.load()
        fresh = Table(self.model.dimensions, complete=False)
        # And some room: what is added first need not move all the others.
        fresh.reserve(self._store.count() * 9 // 8)
        if self._seq < 0:
            self._table = fresh  # part of it is more than nothing
        self._append(rows, fresh)
        fresh.complete()
        self._table, self._seq = fresh, seq

    def _append(self, rows: Iterable[Stored], table: Table) -> list[str]:
        """Enter rows; returns their ids. What is archived is not found, so it is left out."""
        iterator = (stored for stored in rows if stored.bullet.archived_at is None)
        ids: list[str] = []
        while chunk := list(islice(iterator, _CHUNK)):
            if self._stopped:
                raise InterruptedError("the index was stopped while it was loaded")
            table.append([self._entry(stored) for stored in chunk])
            ids += [stored.bullet.id for stored in chunk]
        return ids

    def _entry(self, stored: Stored) -> Entry:
        fits = stored.vector is not None and stored.vector.shape == (self.model.dimensions,)
        parts = stored.passages
        return read_entry(stored.bullet, stored.vector if fits else None, parts if fits else None)
