"""L4: nearness in meaning, over the vectors of whole texts and of the passages of long ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ...knowledge.embed import Vectors
from ...knowledge.index import Rows, View, dots, nearest

__all__ = ["VectorSearcher"]

Mask = npt.NDArray[np.bool_]
Slots = npt.NDArray[np.intp]


class VectorSearcher:
    """Exact cosines of whatever is looked at; what to look at comes from a scan."""

    def nearest(self, query: Vectors, k: int, view: View, mask: Mask) -> Slots:
        """About `k` slots: the nearest by their whole text, and by their best passage."""
        slots, _ = nearest(view.rows, query, k, mask & view.has_vector)
        owners, rows = _passages(view)
        if not len(owners):
            return slots
        found, _ = nearest(rows, query, k, mask[owners])
        return np.concatenate([slots, owners[found].astype(np.intp)])

    def cosines(self, query: Vectors, view: View, slots: Slots) -> npt.NDArray[np.float64]:
        """The cosine of each of `slots` (ascending, each once), or that of its best passage if higher."""
        cosines = dots(view.vectors, query, slots).astype(np.float64)
        owners, rows = _passages(view)
        if len(owners):
            chosen = np.zeros(view.n, np.bool_)
            chosen[slots] = True
            found = np.flatnonzero(chosen[owners])
            best = dots(rows.vectors, query, found)
            np.maximum.at(cosines, np.searchsorted(slots, owners[found]), best)
        return np.clip(cosines, 0.0, 1.0)


def _passages(view: View) -> tuple[npt.NDArray[np.int32], Rows]:
    owners, rows = view.parts.rows()
    # Passages may have come after the view was taken; slots ascend, so they stand at the end.
    n = int(np.searchsorted(owners, view.n))
    return owners[:n], rows.first(n)
