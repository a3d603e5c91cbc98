"""The word index: for each term the slots that hold it, and BM25 over those that a search may see.

Document counts and lengths are of the visible slots only, so no score depends on what the caller
must not see, and a score is the same whether the rest is there or not.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
import numpy.typing as npt

from .vocabulary import Vocabulary

__all__ = ["Postings", "Scored", "bm25"]

K1 = 1.2
"""How soon more of the same term counts for less,"""
B = 0.75
"""and how much a long text's terms count for less. Both as Robertson and Zaragoza (2009) advise."""

_COUNT_BITS = 8
_MAX_COUNT = (1 << _COUNT_BITS) - 1
_SLOT_BITS = 32

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


class Postings:
    """Term to slots, appended to in the order of slots. One writer; readers need no lock."""

    def __init__(self) -> None:
        self._slots: dict[str, array[int]] = {}
        self._vocabulary = Vocabulary()

    def __contains__(self, term: str) -> bool:
        return term in self._slots

    def near(self, term: str) -> list[tuple[str, float]]:
        """See Vocabulary.near."""
        # A dict keeps its order: what is new stands at the end.
        known = len(self._vocabulary)
        if known < len(self._slots):
            self._vocabulary.extend(islice(list(self._slots), known, None))
        return self._vocabulary.near(term)

    def extend(self, first: int, texts: Sequence[Sequence[str]]) -> None:
        """Enter the terms of texts, which are in the slots from `first` on: all texts of a term at once."""
        terms = list(chain.from_iterable(texts))
        numbers = {term: number for number, term in enumerate(dict.fromkeys(terms))}
        pairs = np.fromiter(map(numbers.__getitem__, terms), np.int64, len(terms)) << _SLOT_BITS
        pairs |= np.repeat(np.arange(first, first + len(texts)), [len(text) for text in texts])
        pairs, counts = np.unique(pairs, return_counts=True)
        ends = np.searchsorted(pairs, np.arange(1, len(numbers) + 1) << _SLOT_BITS).tolist()
        slots = pairs & ((1 << _SLOT_BITS) - 1)
        entries = (slots << _COUNT_BITS | np.minimum(counts, _MAX_COUNT)).astype(np.uint32)
        start = 0
        for term, end in zip(numbers, ends, strict=True):
            found, more = self._slots.get(term), entries[start:end].tobytes()
            if found is None:
                self._slots[term] = array("I", more)
            else:
                found.frombytes(more)
            start = end

    def find(self, terms: Iterable[str], mask: Mask) -> tuple[npt.NDArray[np.intp], Floats, list[int]]:
        """Which slots have `terms`, as far as `mask` allows: the slots of the first term, then of the next.

        Returns (slots, how often each has the term, how many of the slots are of each term).
        """
        # Copies in one step each under the interpreter's lock: the writer may append meanwhile.
        copies = [b"" if (found := self._slots.get(term)) is None else found.tobytes() for term in terms]
        entries = np.frombuffer(b"".join(copies), np.uint32)
        slots = (entries >> _COUNT_BITS).astype(np.intp)
        kept = (slots < len(mask)) & mask.take(slots, mode="clip") if len(mask) else slots < 0
        ends = np.cumsum([0, *(len(copy) // entries.itemsize for copy in copies)])
        sizes = np.diff(np.concatenate([[0], np.cumsum(kept)])[ends])
        return slots[kept], (entries[kept] & _MAX_COUNT).astype(np.float32), sizes.tolist()

    def renumbered(self, new_slots: npt.NDArray[np.int64]) -> Postings:
        """The same with `new_slots[slot]` for each slot, without those where that is -1."""
        fresh = Postings()
        for term, found in self._slots.items():
            entries = np.frombuffer(found, np.uint32).astype(np.int64)
            slots = new_slots[entries >> _COUNT_BITS]
            kept = slots >= 0
            if kept.any():
                moved = (slots[kept] << _COUNT_BITS) | (entries[kept] & _MAX_COUNT)
                fresh._slots[term] = array("I", moved.astype(np.uint32).tobytes())
        return fresh


@dataclass(frozen=True, slots=True)
class Scored:
    """What a word search gives."""

    scores: Floats
    """BM25, shape (n,)."""
    perfect: float
    """What a text of average length has that holds every query term as often as the query does."""
    unknown: tuple[str, ...]
    """Query terms that no visible text has."""


def bm25(postings: Postings, lengths: Floats, weights: Mapping[str, float], mask: Mask) -> Scored:
    """BM25 of each slot for query terms that weigh `weights`; `lengths` are in terms, shape (n,).

    A term's inverse document frequency is ln(1 + (N - df + 0.5) / (df + 0.5)), as Lucene has it.
    """
    scores = np.zeros(len(mask), np.float32)
    total = int(np.count_nonzero(mask))
    mean = float((lengths if total == len(mask) else lengths[mask]).mean()) if total else 0.0
    slots, counts, sizes = postings.find(weights, mask)
    idfs = [math.log(1 + (total - size + 0.5) / (size + 0.5)) for size in sizes]
    best = sum(weight * idf for weight, idf in zip(weights.values(), idfs, strict=True))
    factors = [weight * idf * (K1 + 1) for weight, idf in zip(weights.values(), idfs, strict=True)]
    norms = K1 * (1 - B) + (K1 * B / max(mean, 1.0)) * lengths[slots]
    np.add.at(scores, slots, np.repeat(np.array(factors, np.float32), sizes) * counts / (counts + norms))
    unknown = tuple(term for term, size in zip(weights, sizes, strict=True) if not size)
    return Scored(scores, best, unknown)
