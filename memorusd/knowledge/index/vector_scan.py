"""Nearest neighbours by a scan: a shortlist by sign bits, then cosines in full precision.

The Hamming distance of sign bits ranks roughly as the cosine does, and it reads a 32nd of the bytes.
Rescoring the best few hundred in float32 gives the exact top k with a recall above 0.99 (benchmarks/search.py
measures it). Searches over few vectors are scored in full precision at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..embed import Vectors

__all__ = ["VectorRows", "dot_products", "nearest", "sign_bits", "top_k"]

EXACT_BELOW = 4_000
"""Up to this many rows a full-precision scan is as fast."""
SHORTLIST = 640
"""The least number of rows that are rescored."""
SHORTLIST_PER_RESULT = 8
"""The least number of rescored rows per requested result."""
SHORTLIST_SHARE = 0.02
"""The least share of all visible rows that is rescored."""
_BIT_BLOCK = 1 << 15
"""Rows whose bits are compared in one step: their intermediate results stay in the processor's cache."""
_COPY_BLOCK = 128
"""Rows whose vectors are copied in one step, for the same reason."""
_SAMPLE_STEP = 16
"""One distance in 16 is enough to estimate the shortlist's bound."""
_SORT_ALL_BELOW = 1024
"""Up to this many scores, sorting all of them is the fastest way to the best."""
_WORDS_PER_BYTE = 3
"""Words of 64 bits whose differing bits one byte can count."""


class VectorRows(NamedTuple):
    """Vectors to search, L2-normalised."""

    vectors: Vectors
    """Shape (n, dimensions)."""
    bits: npt.NDArray[np.uint64]
    """Their sign bits, shape (ceil(dimensions / 64), n)."""

    def first(self, n: int) -> VectorRows:
        """The first `n` rows."""
        return VectorRows(self.vectors[:n], self.bits[:, :n])


def nearest(
    rows: VectorRows, query: Vectors, k: int, mask: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.intp], Vectors]:
    """The `k` rows with the highest cosine to `query` among those that `mask` (shape (n,)) allows.

    Returns (row numbers, cosines), best first; of equal rows the earlier comes first. `query` is
    L2-normalised, shape (dimensions,).
    """
    count = int(np.count_nonzero(mask))
    if count > EXACT_BELOW:
        size = max(SHORTLIST, k * SHORTLIST_PER_RESULT, int(count * SHORTLIST_SHARE))
        chosen = _shortlist(rows, query, size, mask, count)
    else:
        chosen = np.flatnonzero(mask)
    scores = dot_products(rows.vectors, query, None if len(chosen) == len(rows.vectors) else chosen)
    best = top_k(scores, k)
    return chosen[best], scores[best]


def dot_products(vectors: Vectors, query: Vectors, chosen: npt.NDArray[np.intp] | None = None) -> Vectors:
    """The dot product of `query` with each row, or with each `chosen` row, in that order; shape (n,).

    It avoids a matrix product, for which BLAS would wake all processors: that takes longer than the work.
    """
    if chosen is None:
        all_products: Vectors = np.vecdot(vectors, query)
        return all_products
    products = np.empty(len(chosen), np.float32)
    copied = np.empty((min(len(chosen), _COPY_BLOCK), vectors.shape[1]), np.float32)
    for start in range(0, len(chosen), _COPY_BLOCK):
        block = chosen[start : start + _COPY_BLOCK]
        np.take(vectors, block, axis=0, out=copied[: len(block)], mode="clip")
        np.vecdot(copied[: len(block)], query, out=products[start : start + len(block)])
    return products


def sign_bits(vectors: Vectors) -> npt.NDArray[np.uint64]:
    """The signs of each vector, one bit per dimension, shape (n, ceil(dimensions / 64))."""
    width = -(-vectors.shape[-1] // 64) * 64
    padded = np.zeros((len(vectors), width), np.bool_)
    padded[:, : vectors.shape[-1]] = vectors > 0
    return np.packbits(padded, axis=1).view(np.uint64)


def top_k(scores: npt.NDArray[np.float32], k: int) -> npt.NDArray[np.intp]:
    """The positions of the `k` highest scores, highest first; of equal scores the earlier comes first."""
    if k < len(scores) and len(scores) > _SORT_ALL_BELOW:
        least = np.partition(scores, len(scores) - k)[len(scores) - k]
        above = np.flatnonzero(scores > least)
        best = np.sort(np.concatenate([above, np.flatnonzero(scores == least)[: k - len(above)]]))
    else:
        best = np.arange(len(scores))
    return best[np.argsort(-scores[best], kind="stable")][:k]


def _shortlist(
    rows: VectorRows, query: Vectors, size: int, mask: npt.NDArray[np.bool_], count: int
) -> npt.NDArray[np.intp]:
    """At least `size` of `count` visible rows: those whose sign bits differ least from the query's."""
    n = len(mask)
    if size >= count:
        return np.flatnonzero(mask)
    words = sign_bits(query[None, :])[0]
    if 2 * count > n:
        # Reading all rows in order is faster than picking most of them.
        distance = _distances(rows.bits, words)
        if count < n:
            distance[~mask] = 64 * len(words) + 1
        return np.flatnonzero(distance <= _within(distance, size))
    visible = np.flatnonzero(mask)
    distance = _distances(rows.bits[:, visible], words)
    return visible[distance <= _within(distance, size)]


def _distances(bits: npt.NDArray[np.uint64], words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint16]:
    """Hamming distances, shape (n,)."""
    n = bits.shape[1]
    distance = np.zeros(n, np.uint16)
    most = min(n, _BIT_BLOCK)
    differing, counts, sums = np.empty(most, np.uint64), np.empty(most, np.uint8), np.empty(most, np.uint8)
    for start in range(0, n, _BIT_BLOCK):
        end = min(start + _BIT_BLOCK, n)
        xor, count, total = differing[: end - start], counts[: end - start], sums[: end - start]
        for first in range(0, len(words), _WORDS_PER_BYTE):
            # Bytes are added several times as fast as wider numbers.
            for i in range(first, min(first + _WORDS_PER_BYTE, len(words))):
                np.bitwise_xor(bits[i, start:end], words[i], out=xor)
                np.bitwise_count(xor, out=total if i == first else count)
                if i > first:
                    np.add(total, count, out=total)
            distance[start:end] += total
    return distance


def _within(distance: npt.NDArray[np.uint16], size: int) -> int:
    """The least distance within which there are `size` rows."""
    # A sample gives an estimate. Counting the rows below a bound is far cheaper than a histogram of all.
    sample = np.cumsum(np.bincount(distance[::_SAMPLE_STEP]))
    bound = int(np.searchsorted(sample, size / _SAMPLE_STEP))
    while np.count_nonzero(distance <= bound) < size:
        bound += 1
    while bound and np.count_nonzero(distance <= bound - 1) >= size:
        bound -= 1
    return bound
