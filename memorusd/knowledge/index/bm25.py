"""The word index: the slots that have each term, and BM25 over those that a search may see.

Document counts and lengths are of the visible slots only. So no score reveals anything about hidden bullets,
and a score is the same whether or not there are any.
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

__all__ = ["KeywordScores", "Postings", "bm25_scores"]

K1 = 1.2
"""How quickly repetitions of a term stop adding to the score."""
B = 0.75
"""How much a text's length lowers it. Both values as Robertson and Zaragoza (2009) recommend."""

# A posting is one 32-bit number: the slot above, the count of the term (at most 255) in the lowest byte.
_COUNT_BITS = 8
_MAX_COUNT = (1 << _COUNT_BITS) - 1
_SLOT_BITS = 32

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


class Postings:
    """Maps terms to slots; slots are appended in ascending order. One writer; readers need no lock."""

    def __init__(self) -> None:
        self._postings: dict[str, array[int]] = {}
        self._vocabulary = Vocabulary()

    def __contains__(self, term: str) -> bool:
        return term in self._postings

    def similar_terms(self, term: str) -> list[tuple[str, float]]:
        """Indexed terms that are spelt like `term`, see Vocabulary.similar_terms."""
        # A dict keeps its order, so new terms are at its end.
        known = len(self._vocabulary)
        if known < len(self._postings):
            self._vocabulary.extend(islice(list(self._postings), known, None))
        return self._vocabulary.similar_terms(term)

    def extend(self, first: int, texts: Sequence[Sequence[str]]) -> None:
        """Add the terms of `texts`, which are in the slots from `first` on; all texts of a term at once."""
        terms = list(chain.from_iterable(texts))
        numbers = {term: number for number, term in enumerate(dict.fromkeys(terms))}
        pairs = np.fromiter(map(numbers.__getitem__, terms), np.int64, len(terms)) << _SLOT_BITS
        pairs |= np.repeat(np.arange(first, first + len(texts)), [len(text) for text in texts])
        pairs, counts = np.unique(pairs, return_counts=True)
        ends = np.searchsorted(pairs, np.arange(1, len(numbers) + 1) << _SLOT_BITS).tolist()
        slots = pairs & ((1 << _SLOT_BITS) - 1)
        postings = (slots << _COUNT_BITS | np.minimum(counts, _MAX_COUNT)).astype(np.uint32)
        start = 0
        for term, end in zip(numbers, ends, strict=True):
            present, more = self._postings.get(term), postings[start:end].tobytes()
            if present is None:
                self._postings[term] = array("I", more)
            else:
                present.frombytes(more)
            start = end

    def lookup(self, terms: Iterable[str], mask: Mask) -> tuple[npt.NDArray[np.intp], Floats, list[int]]:
        """The slots that have `terms` and that `mask`, shape (n,), allows.

        Returns (slots, counts, sizes). `slots` has those of the first term, then those of the next; `counts`
        says how often each slot has the term, and `sizes` how many slots belong to each term.
        """
        # Each copy is one step under the interpreter's lock, because the writer may append meanwhile.
        copies = [b"" if (p := self._postings.get(term)) is None else p.tobytes() for term in terms]
        postings = np.frombuffer(b"".join(copies), np.uint32)
        slots = (postings >> _COUNT_BITS).astype(np.intp)
        kept = (slots < len(mask)) & mask.take(slots, mode="clip") if len(mask) else slots < 0
        ends = np.cumsum([0, *(len(copy) // postings.itemsize for copy in copies)])
        sizes = np.diff(np.concatenate([[0], np.cumsum(kept)])[ends])
        return slots[kept], (postings[kept] & _MAX_COUNT).astype(np.float32), sizes.tolist()

    def renumbered(self, new_slots: npt.NDArray[np.int64]) -> Postings:
        """A copy in which `new_slots[slot]` replaces each slot; slots that become -1 are left out."""
        copy = Postings()
        for term, present in self._postings.items():
            postings = np.frombuffer(present, np.uint32).astype(np.int64)
            slots = new_slots[postings >> _COUNT_BITS]
            kept = slots >= 0
            if kept.any():
                moved = (slots[kept] << _COUNT_BITS) | (postings[kept] & _MAX_COUNT)
                copy._postings[term] = array("I", moved.astype(np.uint32).tobytes())
        return copy


@dataclass(frozen=True, slots=True)
class KeywordScores:
    """The result of a word search over n slots."""

    scores: Floats
    """BM25, shape (n,)."""
    perfect: float
    """The score of a text of average length that has every query term as often as the query does."""
    unknown: tuple[str, ...]
    """Query terms that no visible text has."""


def bm25_scores(
    postings: Postings, lengths: Floats, weights: Mapping[str, float], mask: Mask
) -> KeywordScores:
    """BM25 of each slot for the query terms in `weights`; `lengths` are in terms, shape (n,).

    A term's inverse document frequency is ln(1 + (N - df + 0.5) / (df + 0.5)), as in Lucene.
    """
    scores = np.zeros(len(mask), np.float32)
    total = int(np.count_nonzero(mask))
    mean = float((lengths if total == len(mask) else lengths[mask]).mean()) if total else 0.0
    slots, counts, sizes = postings.lookup(weights, mask)
    idfs = [math.log(1 + (total - size + 0.5) / (size + 0.5)) for size in sizes]
    perfect = sum(weight * idf for weight, idf in zip(weights.values(), idfs, strict=True))
    factors = [weight * idf * (K1 + 1) for weight, idf in zip(weights.values(), idfs, strict=True)]
    norms = K1 * (1 - B) + (K1 * B / max(mean, 1.0)) * lengths[slots]
    np.add.at(scores, slots, np.repeat(np.array(factors, np.float32), sizes) * counts / (counts + norms))
    unknown = tuple(term for term, size in zip(weights, sizes, strict=True) if not size)
    return KeywordScores(scores, perfect, unknown)
