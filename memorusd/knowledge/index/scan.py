"""Exact-enough nearest neighbours: a scan over sign bits, then full precision over the best of it.

A sign-bit Hamming distance ranks roughly as the cosine does, at a 32nd of the bytes; rescoring
its best few hundred in float32 gives the exact top k with recall above 0.99
(benchmarks/search.py measures it). Small or narrow searches are scored in full.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..embed import Vectors

__all__ = ["Rows", "dots", "nearest", "sign_bits", "top"]

EXACT_BELOW = 4_000
"""Rows below which a full-precision scan is as fast as the bits."""
SHORTLIST = 640
"""Rows rescored at least,"""
SHORTLIST_EACH = 8
"""at least so many for each result asked for,"""
SHORTLIST_SHARE = 0.03
"""and at least this share of all."""


class Rows(NamedTuple):
    """Vectors to look among, L2-normalised."""

    vectors: Vectors
    """Shape (n, dimensions)."""
    bits: npt.NDArray[np.uint64]
    """Their sign bits, shape (ceil(dimensions / 64), n)."""

    def first(self, n: int) -> Rows:
        """The first `n` of them."""
        return Rows(self.vectors[:n], self.bits[:, :n])


def nearest(
    rows: Rows, query: Vectors, k: int, mask: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.intp], Vectors]:
    """The `k` rows with the highest cosine to `query` among those that `mask` (shape (n,)) allows.

    Returns (numbers of rows, cosines), best first; ties go to the older row. `query` is
    L2-normalised, shape (dimensions,).
    """
    found = np.flatnonzero(mask)
    if len(found) > EXACT_BELOW:
        size = max(SHORTLIST, k * SHORTLIST_EACH, int(len(found) * SHORTLIST_SHARE))
        found = _shortlist(rows, query, size, found)
    scores = dots(rows.vectors if len(found) == len(rows.vectors) else rows.vectors[found], query)
    best = top(scores, k)
    return found[best], scores[best]


def dots(vectors: Vectors, query: Vectors) -> Vectors:
    """The dot product of each row with `query`, shape (n,).

    Not by BLAS, which would wake all processors for a product that is over before they are there.
    """
    products: Vectors = np.einsum("ij,j->i", vectors, query)
    return products


def sign_bits(vectors: Vectors) -> npt.NDArray[np.uint64]:
    """The signs of each vector, one bit a dimension, shape (n, ceil(dimensions / 64))."""
    width = -(-vectors.shape[-1] // 64) * 64
    padded = np.zeros((len(vectors), width), np.bool_)
    padded[:, : vectors.shape[-1]] = vectors > 0
    return np.packbits(padded, axis=1).view(np.uint64)


def top(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.intp]:
    """Where the `k` highest scores stand, highest first; of equal ones the first."""
    if k < len(scores):
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        above = np.flatnonzero(scores > least)
        best = np.sort(np.concatenate([above, np.flatnonzero(scores == least)[: k - len(above)]]))
    else:
        best = np.arange(len(scores))
    return best[np.argsort(-scores[best], kind="stable")]


def _shortlist(rows: Rows, query: Vectors, size: int, found: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """About `size` of the rows, or a few more: those whose sign bits differ least from the query's."""
    n = len(rows.vectors)
    if size >= len(found):
        return found
    whole = 2 * len(found) > n
    # The annotation is for numpy versions that would pin the shape.
    distance: npt.NDArray[np.uint16] = np.zeros(n if whole else len(found), np.uint16)
    for column, word in zip(rows.bits, sign_bits(query[None, :])[0], strict=True):
        distance += np.bitwise_count((column if whole else column[found]) ^ word)
    if whole:
        # Reading every row in order is faster than picking most of them.
        distance = distance[found] if len(found) < n else distance
    within = np.cumsum(np.bincount(distance))
    return found[distance <= np.searchsorted(within, size)]
