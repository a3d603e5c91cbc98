"""The word index: for each term the slots that hold it, and BM25 over those that a search may see.

Document counts and lengths are of the visible slots only, so no score depends on what the caller
must not see, and a score is the same whether the rest is there or not.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

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

    def add(self, slot: int, terms: Sequence[str]) -> None:
        """Enter the terms of one text."""
        counts: dict[str, int] = {}
        for term in terms:
            counts[term] = counts.get(term, 0) + 1
        first, slots = slot << _COUNT_BITS, self._slots
        for term, count in counts.items():
            entry = first | (count if count < _MAX_COUNT else _MAX_COUNT)
            found = slots.get(term)
            if found is None:
                slots[term] = array("I", (entry,))
            else:
                found.append(entry)

    def find(self, term: str, mask: Mask) -> tuple[npt.NDArray[np.intp], Floats]:
        """The slots with `term` that `mask` allows, and how often each has it."""
        found = self._slots.get(term)
        if found is None:
            return np.empty(0, np.intp), np.empty(0, np.float32)
        # A copy in one step under the interpreter's lock: the writer may append meanwhile.
        entries = np.frombuffer(found.tobytes(), np.uint32)
        slots = entries >> _COUNT_BITS
        if len(slots) and slots[-1] >= len(mask):
            slots = slots[: np.searchsorted(slots, len(mask))]
        kept = mask[slots]
        return slots[kept].astype(np.intp), (entries[: len(slots)][kept] & _MAX_COUNT).astype(np.float32)

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
    best, unknown = 0.0, []
    for term, weight in weights.items():
        slots, counts = postings.find(term, mask)
        idf = math.log(1 + (total - len(slots) + 0.5) / (len(slots) + 0.5))
        best += weight * idf
        if not len(slots):
            unknown.append(term)
            continue
        norm = K1 * (1 - B) + (K1 * B / max(mean, 1.0)) * lengths[slots]
        scores[slots] += (weight * idf * (K1 + 1)) * counts / (counts + norm)
    return Scored(scores, best, tuple(unknown))
