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
SHORTLIST_SHARE = 0.01
"""and at least this share of all."""


def nearest(
    view: View, query: Vectors, k: int, mask: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.intp], Vectors]:
    """The `k` slots with the highest cosine to `query` among those that `mask` allows.

    Returns (slots, cosines), best first; ties go to the older slot. `query` is L2-normalised,
    shape (dimensions,); `mask` has shape (view.n,).
    """
    mask = mask & view.has_vector[: view.n]
    count = int(np.count_nonzero(mask))
    narrow = count < view.n // 4
    slots = np.flatnonzero(mask) if narrow or count < EXACT_BELOW else None
    if slots is None or len(slots) >= EXACT_BELOW:
        slots = _shortlist(view, query, max(k * SHORTLIST, int(count * SHORTLIST_SHARE)), mask, slots)
    scores = view.vectors[slots] @ query
    best = _top(scores, k)
    return slots[best], scores[best]


def _shortlist(
    view: View,
    query: Vectors,
    size: int,
    mask: npt.NDArray[np.bool_],
    slots: npt.NDArray[np.intp] | None,
) -> npt.NDArray[np.intp]:
    bits = view.bits[: view.n] if slots is None else view.bits[slots]
    differing = np.bitwise_count(bits ^ sign_bits(query[None, :])[0])
    # Sums of six bytes stay far below 2**16; adding columns is faster than sum(axis=1).
    distance = differing[:, 0].astype(np.uint16)
    for column in range(1, differing.shape[1]):
        distance += differing[:, column]
    if slots is None:
        distance[~mask] = np.iinfo(np.uint16).max
    if size >= len(distance):
        found = np.arange(len(distance))
    else:
        # A counting threshold: uint16 distances of at most 64 bits a word.
        histogram = np.cumsum(np.bincount(distance, minlength=1))
        limit = int(np.searchsorted(histogram, size))
        found = np.flatnonzero(distance <= limit)
    if slots is None:
        return found[mask[found]]
    return slots[found]


def _top(scores: Vectors, k: int) -> npt.NDArray[np.intp]:
    if k < len(scores):
        best = np.argpartition(-scores, k - 1)[:k]
        best = np.sort(best)
    else:
        best = np.arange(len(scores))
    return best[np.argsort(-scores[best], kind="stable")]
