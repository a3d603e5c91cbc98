"""The index's columns: one slot a bullet, appended and tombstoned, never changed in place.

A reader takes a `View` and scans it without a lock: what a writer does meanwhile goes to slots
past the view's end, or to new arrays. Only `alive` changes under a reader, which is harmless: the
store is asked for the bullets in the end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..bullet import Bullet
from ..embed import Vectors
from ..selection import COLUMNS, Selection

__all__ = ["Table", "View", "sign_bits"]

_FIRST_CAPACITY = 1024


@dataclass(frozen=True, slots=True)
class View:
    """The table as of one moment: `n` slots, of which `alive` says which count."""

    n: int
    ids: list[str]
    alive: npt.NDArray[np.bool_]
    has_vector: npt.NDArray[np.bool_]
    vectors: Vectors
    bits: npt.NDArray[np.uint64]
    codes: npt.NDArray[np.int32]
    names: dict[str, dict[str | None, int]]

    def select(self, selection: Selection) -> npt.NDArray[np.bool_]:
        """Which of the `n` slots the selection's columns allow, as booleans of shape (n,)."""
        mask: npt.NDArray[np.bool_] = self.alive[: self.n].copy()
        for i, column in enumerate(COLUMNS):
            allowed = selection.allowed(column)
            if allowed is not None:
                # An unknown name has no code, so it matches nothing.
                known = [code for name in allowed if (code := self.names[column].get(name)) is not None]
                codes = self.codes[i, : self.n]
                mask &= np.isin(codes, known) if len(known) != 1 else codes == known[0]
        return mask


class Table:
    """Grows by doubling, and leaves its tombstones behind when it does."""

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self._slots: dict[str, int] = {}
        self._view = self._empty(_FIRST_CAPACITY)

    @property
    def view(self) -> View:
        """What is in the table now."""
        return self._view

    def __len__(self) -> int:
        return len(self._slots)

    def append(self, bullets: list[Bullet], vectors: Vectors, has_vector: list[bool]) -> None:
        """Add bullets, replacing those with the same id. `vectors` has shape (len(bullets), dimensions)."""
        for bullet in bullets:
            self._bury(bullet.id)
        self._reserve(len(bullets))
        view, start, end = self._view, self._view.n, self._view.n + len(bullets)
        view.ids.extend(bullet.id for bullet in bullets)
        view.alive[start:end] = True
        view.has_vector[start:end] = has_vector
        view.vectors[start:end] = vectors
        view.bits[:, start:end] = sign_bits(vectors).T
        for i, column in enumerate(COLUMNS):
            names = view.names[column]
            view.codes[i, start:end] = [names.setdefault(getattr(b, column), len(names)) for b in bullets]
        self._slots.update((bullet.id, start + i) for i, bullet in enumerate(bullets))
        self._view = _resized(view, end)

    def remove(self, bullet_id: str) -> None:
        """Take a bullet out, if it is there."""
        self._bury(bullet_id)

    def _bury(self, bullet_id: str) -> None:
        slot = self._slots.pop(bullet_id, None)
        if slot is not None:
            self._view.alive[slot] = False

    def _reserve(self, more: int) -> None:
        """Make room for `more` slots: new arrays, without the dead."""
        old = self._view
        if old.n + more <= len(old.alive):
            return
        kept = np.flatnonzero(old.alive[: old.n])
        n = len(kept)
        new = self._empty(max(_FIRST_CAPACITY, 2 * n, n + more))
        for name in ("alive", "has_vector", "vectors"):
            getattr(new, name)[:n] = getattr(old, name)[kept]
        new.bits[:, :n] = old.bits[:, kept]
        new.codes[:, :n] = old.codes[:, kept]
        new.ids.extend(old.ids[slot] for slot in kept)
        new.names.update(old.names)
        self._slots = {bullet_id: slot for slot, bullet_id in enumerate(new.ids)}
        self._view = _resized(new, n)

    def _empty(self, capacity: int) -> View:
        return View(
            n=0,
            ids=[],
            alive=np.zeros(capacity, np.bool_),
            has_vector=np.zeros(capacity, np.bool_),
            vectors=np.empty((capacity, self.dimensions), np.float32),
            # A row for each 64 dimensions, so that a scan reads one after the other in memory.
            bits=np.empty((-(-self.dimensions // 64), capacity), np.uint64),
            codes=np.empty((len(COLUMNS), capacity), np.int32),
            names={column: {} for column in COLUMNS},
        )


def sign_bits(vectors: Vectors) -> npt.NDArray[np.uint64]:
    """The signs of each vector, one bit a dimension, shape (n, ceil(dimensions / 64))."""
    width = -(-vectors.shape[-1] // 64) * 64
    padded = np.zeros((len(vectors), width), np.bool_)
    padded[:, : vectors.shape[-1]] = vectors > 0
    return np.packbits(padded, axis=1).view(np.uint64)


def _resized(view: View, n: int) -> View:
    return View(n, view.ids, view.alive, view.has_vector, view.vectors, view.bits, view.codes, view.names)
