"""The index over one store. It catches up with the store's journal before each answer."""

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
from ..store import Store, StoredBullet
from .analysis import AnalysedBullet, analyse_bullet
from .bm25 import bm25_scores
from .slot_table import SlotTable
from .vector_scan import dot_products, nearest, top_k
from .view import View

__all__ = ["Hit", "Index"]

logger = logging.getLogger(__name__)

_CHUNK = 4096
"""Rows that are added to the table in one step."""
_MAX_UNSPACED_SHARE = 0.1
"""Above this share of letters of scripts without spaces, neighbours are also found by their words."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of a vector search: a bullet's id and its cosine to the query, -1 to 1."""

    bullet_id: str
    cosine: float


class Index:
    """All bullets of a store that are not archived, in memory.

    Thread-safe. Each answer includes everything that was committed before the call.
    """

    def __init__(self, store: Store, model: ModelId) -> None:
        self.model = model
        self._store = store
        self._table = SlotTable(model.dimensions)
        self._lock = threading.Lock()
        self._seq = -1
        self._rebuilding: threading.Thread | None = None
        self._stopped = False

    @property
    def seq(self) -> int:
        """The number of the last journal entry that is in the index; -1 before the first load."""
        return self._seq

    def __len__(self) -> int:
        return len(self._table)

    def view(self, patience: float | None = None, seq: int | None = None) -> View:
        """A snapshot that includes everything that was committed before this call.

        During the first load the call waits for the end of the load, but at most `patience` seconds. After
        that time the view has what is loaded so far and is not `complete`. `seq` is what `Store.refresh` has
        just returned, if the caller has called it; the store is then not asked again.
        """
        # Checked outside the lock first: a search does not wait for a load that it does not need.
        if (self._store.refresh() if seq is None else seq) != self._seq:
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
        """(the `k` nearest bullets that the selection allows, best first; how many bullets it allows).

        `query` is L2-normalised, shape (dimensions,).
        """
        view = self.view()
        mask = view.select(selection)
        slots, scores = nearest(view.rows, query, k, mask & view.has_vector)
        hits = [Hit(view.ids[slot], float(score)) for slot, score in zip(slots, scores, strict=True)]
        return hits, int(np.count_nonzero(mask))

    def neighbours(
        self, vector: Vectors, text: str, k: int, fields: Mapping[str, str | None]
    ) -> list[tuple[str, float]]:
        """The bullets nearest to a new one as (id, cosine), nearest first.

        `fields` has values of user_id, agent_id, run_id and scope. Neighbours have equal values, and no value
        where it is None. The result has the `k` nearest by `vector`; for a text in a script that the model
        may not know, it also has the `k` that share most words with it.
        """
        view = self.view()
        mask = view.equal_mask(fields) & view.has_vector
        slots, cosines = nearest(view.rows, vector, k, mask)
        neighbours = dict(zip(slots.tolist(), cosines.tolist(), strict=True))
        if unspaced_share(text) > _MAX_UNSPACED_SHARE:
            scored = bm25_scores(view.postings, view.term_counts, Counter(terms(text)), mask).scores
            likely = [slot for slot in top_k(scored, k).tolist() if scored[slot] > 0]
            more = [slot for slot in likely if slot not in neighbours]
            cosines = dot_products(view.vectors, vector, np.array(more, np.intp))
            neighbours.update(zip(more, cosines.tolist(), strict=True))
        ranked = sorted(neighbours.items(), key=lambda pair: -pair[1])
        return [(view.ids[slot], cosine) for slot, cosine in ranked]

    def catch_up(self) -> None:
        """Apply the journal entries that the index does not have yet."""
        self.view()

    def load_in_background(self, loaded: Callable[[], None]) -> None:
        """Load the index in a thread, then call `loaded`. Views with `patience` can be taken meanwhile."""
        # The lock is taken here and not in the thread, so that no caller in between starts to load.
        self._lock.acquire()
        self._rebuilding = threading.Thread(
            target=self._load_now, args=(loaded,), name="memorus-index", daemon=True
        )
        self._rebuilding.start()

    def stop(self) -> None:
        """Give up a load that is in progress."""
        self._stopped = True

    def rebuild_in_background(self) -> None:
        """Load everything again in a thread, unless one is doing so already."""
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
        # This call comes second, so it leaves out bullets that have changed since the first.
        recalled = set(self._store.recalled_since(self._seq)).intersection(touched)
        changed = [bullet_id for bullet_id in dict.fromkeys(touched) if bullet_id not in recalled]
        if changed:
            _, rows = self._store.load(changed)
            present = set(self._append(rows, self._table))
            for bullet_id in changed:
                if bullet_id not in present:
                    self._table.remove(bullet_id)
        if recalled:
            self._table.set_recalls(*self._store.ages(list(recalled)))
        # Rows may be newer than `seq`. Their entries are applied again next time, which is harmless.
        self._seq = seq

    def _load_now(self, loaded: Callable[[], None]) -> None:
        try:
            self._rebuild()
        except InterruptedError:
            return
        except Exception:
            # The next caller tries again and gets the error.
            logger.exception("the index could not be loaded")
        finally:
            self._lock.release()
        loaded()

    def _rebuild_now(self) -> None:
        try:
            with self._lock:
                self._rebuild()
        except Exception:
            # The next search fails, says so and tries again.
            logger.exception("the index could not be rebuilt")

    def _rebuild(self) -> None:
        seq, rows = self._store.load()
        fresh = SlotTable(self.model.dimensions, complete=False)
        # With some room, so that the first additions do not move everything.
        fresh.reserve(self._store.count() * 9 // 8)
        if self._seq < 0:
            self._table = fresh  # readers without patience get what is loaded so far
        self._append(rows, fresh)
        fresh.mark_complete()
        self._table, self._seq = fresh, seq

    def _append(self, rows: Iterable[StoredBullet], table: SlotTable) -> list[str]:
        """Add rows to a table and return their ids. Archived bullets are left out: no search finds them."""
        iterator = (stored for stored in rows if stored.bullet.archived_at is None)
        ids: list[str] = []
        while chunk := list(islice(iterator, _CHUNK)):
            if self._stopped:
                raise InterruptedError("the index was stopped during a load")
            table.append([self._analysed(stored) for stored in chunk])
            ids += [stored.bullet.id for stored in chunk]
        return ids

    def _analysed(self, stored: StoredBullet) -> AnalysedBullet:
        fits = stored.vector is not None and stored.vector.shape == (self.model.dimensions,)
        return analyse_bullet(
            stored.bullet, stored.vector if fits else None, stored.passages if fits else None
        )
