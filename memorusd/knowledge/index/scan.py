"""Exact-enough nearest neighbours: a scan over sign bits, then full precision over the best of it.

A sign-bit Hamming distance ranks roughly as the cosine does, at a 32nd of the bytes; rescoring
its best few hundred in float32 gives the exact top k with recall above 0.99
(benchmarks/search.py measures it). Small or narrow searches are scored in full.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..embed import Vectors
from .table import View, sign_bits

__all__ = ["nearest"]

EXACT_BELOW = 4_000
"""Rows below which a full-precision scan is as fast as the bits."""
SHORTLIST = 64
"""Rows rescored for each result asked for,"""
SHORTLIST_SHARE = 0.03
"""and at least this share of all."""


def nearest(
    view: View, query: Vectors, k: int, mask: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.intp], Vectors]:
    """The `k` slots with the highest cosine to `query` among those that `mask` allows.

    Returns (slots, cosines), best first; ties go to the older slot. `query` is L2-normalised,
    shape (dimensions,); `mask` has shape (view.n,).
    """
    slots = np.flatnonzero(mask & view.has_vector[: view.n])
    if len(slots) > EXACT_BELOW:
        slots = _shortlist(view, query, max(k * SHORTLIST, int(len(slots) * SHORTLIST_SHARE)), slots)
    scores = view.vectors[slots] @ query
    best = _top(scores, k)
    return slots[best], scores[best]


def _shortlist(view: View, query: Vectors, size: int, slots: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """About `size` of the slots, or a few more: those whose sign bits differ least from the query's."""
    if size >= len(slots):
        return slots
    whole = 2 * len(slots) > view.n
    # The annotation is for numpy versions that would pin the shape.
    distance: npt.NDArray[np.uint16] = np.zeros(view.n if whole else len(slots), np.uint16)
    for column, word in zip(view.bits, sign_bits(query[None, :])[0], strict=True):
        distance += np.bitwise_count((column[: view.n] if whole else column[slots]) ^ word)
    if whole:
        # Reading every row in order is faster than picking most of them.
        distance = distance[slots] if len(slots) < view.n else distance
    within = np.cumsum(np.bincount(distance))
    return slots[distance <= np.searchsorted(within, size)]


def _top(scores: Vectors, k: int) -> npt.NDArray[np.intp]:
    best = np.sort(np.argpartition(-scores, k - 1)[:k]) if k < len(scores) else np.arange(len(scores))
    return best[np.argsort(-scores[best], kind="stable")]
