"""L4: similarity in meaning, by the vectors of whole texts and of the passages of long ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...knowledge.embed import Vectors
from ...knowledge.index import VectorRows, View, dot_products, nearest

__all__ = ["VectorSearcher"]

Mask = npt.NDArray[np.bool_]
Slots = npt.NDArray[np.intp]


class VectorSearcher:
    """Finds candidates by a scan, and computes exact cosines."""

    def candidates(self, vector: Vectors, k: int, view: View, mask: Mask) -> Slots:
        """The `k` slots nearest by their whole text and the `k` passages nearest, as slots; in no order."""
        slots, _ = nearest(view.rows, vector, k, mask & view.has_vector)
        owners, rows = _passages(view)
        if not len(owners):
            return slots
        best, _ = nearest(rows, vector, k, mask[owners])
        return np.concatenate([slots, owners[best].astype(np.intp)])

    def cosines(self, vector: Vectors, view: View, slots: Slots) -> npt.NDArray[np.float64]:
        """For each slot the higher of its text's cosine and its best passage's, at least 0; shape of `slots`.

        `slots` ascend, each once.
        """
        cosines = dot_products(view.vectors, vector, slots).astype(np.float64)
        owners, rows = _passages(view)
        if len(owners):
            chosen = np.zeros(view.n, np.bool_)
            chosen[slots] = True
            of_slots = np.flatnonzero(chosen[owners])
            best = dot_products(rows.vectors, vector, of_slots)
            np.maximum.at(cosines, np.searchsorted(slots, owners[of_slots]), best)
        return np.clip(cosines, 0.0, 1.0)


def _passages(view: View) -> tuple[npt.NDArray[np.int32], VectorRows]:
    owners, rows = view.passages.rows()
    # Passages may have been added after the view was taken. Slots ascend, so those are at the end.
    n = int(np.searchsorted(owners, view.n))
    return owners[:n], rows.first(n)
