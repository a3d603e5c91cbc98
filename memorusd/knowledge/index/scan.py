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
SHORTLIST_SHARE = 0.02
"""and at least this share of all."""
_BLOCK = 1 << 15
"""Rows whose bits are looked at together,"""
_COPIED = 128
"""and whose vectors are copied together: what is written then stays in the cache."""
_SAMPLED = 16
"""Every so manieth distance is enough to guess the shortlist's bound."""
_SORTED = 1024
"""Scores up to which sorting all of them is the quickest way to the best."""
_WORDS = 3
"""Words of 64 bits whose differences a byte can count."""


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
    count = int(np.count_nonzero(mask))
    if count > EXACT_BELOW:
        size = max(SHORTLIST, k * SHORTLIST_EACH, int(count * SHORTLIST_SHARE))
        found = _shortlist(rows, query, size, mask, count)
    else:
        found = np.flatnonzero(mask)
    scores = dots(rows.vectors, query, None if len(found) == len(rows.vectors) else found)
    best = top(scores, k)
    return found[best], scores[best]


def dots(vectors: Vectors, query: Vectors, chosen: npt.NDArray[np.intp] | None = None) -> Vectors:
    """The dot product of each row (or of each `chosen` one) with `query`, shape (n,).

    Not as one product with a matrix: BLAS would wake all processors, and it is over before they are there.
    """
    if chosen is None:
        every: Vectors = np.vecdot(vectors, query)
        return every
    products = np.empty(len(chosen), np.float32)
    copied = np.empty((min(len(chosen), _COPIED), vectors.shape[1]), np.float32)
    for start in range(0, len(chosen), _COPIED):
        some = chosen[start : start + _COPIED]
        np.take(vectors, some, axis=0, out=copied[: len(some)], mode="clip")
        np.vecdot(copied[: len(some)], query, out=products[start : start + len(some)])
    return products


def sign_bits(vectors: Vectors) -> npt.NDArray[np.uint64]:
    """The signs of each vector, one bit a dimension, shape (n, ceil(dimensions / 64))."""
    width = -(-vectors.shape[-1] // 64) * 64
    padded = np.zeros((len(vectors), width), np.bool_)
    padded[:, : vectors.shape[-1]] = vectors > 0
    return np.packbits(padded, axis=1).view(np.uint64)


def top(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.intp]:
    """Where the `k` highest scores stand, highest first; of equal ones the first."""
    if k < len(scores) and len(scores) > _SORTED:
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        above = np.flatnonzero(scores > least)
        best = np.sort(np.concatenate([above, np.flatnonzero(scores == least)[: k - len(above)]]))
    else:
        best = np.arange(len(scores))
    return best[np.argsort(-scores[best], kind="stable")][:k]


def _shortlist(
    rows: Rows, query: Vectors, size: int, mask: npt.NDArray[np.bool_], count: int
) -> npt.NDArray[np.intp]:
    """About `size` of `count` rows, or a few more: those whose sign bits differ least from the query's."""
    n = len(mask)
    if size >= count:
        return np.flatnonzero(mask)
    words = sign_bits(query[None, :])[0]
    if 2 * count > n:
        # Reading every row in order is faster than picking most of them.
        distance = _distances(rows.bits, words)
        if count < n:
            distance[~mask] = 64 * len(words) + 1
        return np.flatnonzero(distance <= _within(distance, size))
    found = np.flatnonzero(mask)
    distance = _distances(rows.bits[:, found], words)
    return found[distance <= _within(distance, size)]


def _distances(bits: npt.NDArray[np.uint64], words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint16]:
    """Hamming distances, shape (n,)."""
    n = bits.shape[1]
    distance = np.zeros(n, np.uint16)
    most = min(n, _BLOCK)
    differing, counts, sums = np.empty(most, np.uint64), np.empty(most, np.uint8), np.empty(most, np.uint8)
    for start in range(0, n, _BLOCK):
        end = min(start + _BLOCK, n)
        xor, count, total = differing[: end - start], counts[: end - start], sums[: end - start]
        for first in range(0, len(words), _WORDS):
            # Bytes are added up several times as fast as wider numbers.
            for i in range(first, min(first + _WORDS, len(words))):
                np.bitwise_xor(bits[i, start:end], words[i], out=xor)
                np.bitwise_count(xor, out=total if i == first else count)
                if i > first:
                    np.add(total, count, out=total)
            distance[start:end] += total
    return distance


def _within(distance: npt.NDArray[np.uint16], size: int) -> int:
    """The least distance within which `size` rows lie."""
    # A sample says about where it is. To count what is below a bound is far cheaper than a histogram.
    sample = np.cumsum(np.bincount(distance[::_SAMPLED]))
    bound = int(np.searchsorted(sample, size / _SAMPLED))
    while np.count_nonzero(distance <= bound) < size:
        bound += 1
    while bound and np.count_nonzero(distance <= bound - 1) >= size:
        bound -= 1
    return bound
