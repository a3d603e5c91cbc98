"""Finds terms that are spelt like another: misspellings, and word forms that the stemmer does not join.

Terms that share most trigrams are compared by edit distance. Trigrams are indexed when a similar term is
first asked for, because most questions have only known words.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable

import numpy as np
from rapidfuzz.distance import OSA

from ...text.scripts import is_unspaced

__all__ = ["MIN_SIMILARITY", "Vocabulary"]

MIN_SIMILARITY = 0.75
"""Share of letters that must agree: one slip in four letters, two in eight."""
_MIN_LENGTH = 4
_MAX_COMPARED = 24
_MAX_RESULTS = 3


class Vocabulary:
    """All indexed terms, by their trigrams. Thread-safe."""

    def __init__(self) -> None:
        self._terms: list[str] = []
        self._trigrams: dict[str, array[int]] = {}
        self._lock = threading.Lock()

    def extend(self, terms: Iterable[str]) -> None:
        """Add terms, all of which are new."""
        with self._lock:
            for term in terms:
                number = len(self._terms)
                self._terms.append(term)
                if _is_word(term):
                    for trigram in _trigrams(term):
                        self._trigrams.setdefault(trigram, array("I")).append(number)

    def __len__(self) -> int:
        return len(self._terms)

    def similar_terms(self, term: str) -> list[tuple[str, float]]:
        """Up to three (term, similarity from MIN_SIMILARITY to 1), the most similar first."""
        if not _is_word(term):
            return []
        with self._lock:
            holders = [self._trigrams[t].tobytes() for t in _trigrams(term) if t in self._trigrams]
        if not holders:
            return []
        numbers, shared = np.unique(np.frombuffer(b"".join(holders), np.uint32), return_counts=True)
        likely = np.argsort(-shared, kind="stable")[:_MAX_COMPARED]
        similar = []
        for number in numbers[likely]:
            other = self._terms[number]
            similarity = OSA.normalized_similarity(term, other, score_cutoff=MIN_SIMILARITY)
            if similarity < MIN_SIMILARITY and other.startswith(term):
                similarity = MIN_SIMILARITY  # an abbreviation: "auth" for "authentication"
            if similarity >= MIN_SIMILARITY and other != term:
                similar.append((other, float(similarity)))
        return sorted(similar, key=lambda pair: -pair[1])[:_MAX_RESULTS]


def _is_word(term: str) -> bool:
    """False for numbers, versions and names in code: similar ones are different things."""
    return len(term) >= _MIN_LENGTH and term.isalpha() and not is_unspaced(term[0])


def _trigrams(term: str) -> set[str]:
    padded = f" {term} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
