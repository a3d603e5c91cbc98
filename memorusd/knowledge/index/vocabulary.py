"""Terms that are written nearly like another: misspellings and forms that the stemmer does not know.

Terms that share most trigrams are looked at with an edit distance. The trigrams are entered when
they are first asked for, because most questions use only words that are known.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterable

import numpy as np
from rapidfuzz.distance import OSA

from ...text.scripts import is_unspaced

__all__ = ["LEAST_SIMILAR", "Vocabulary"]

LEAST_SIMILAR = 0.75
"""Share of letters that must agree: one slip in four letters, two in eight."""
_SHORTEST = 4
_LOOKED_AT = 24
_FOUND = 3


class Vocabulary:
    """Thread-safe."""

    def __init__(self) -> None:
        self._terms: list[str] = []
        self._trigrams: dict[str, array[int]] = {}
        self._lock = threading.Lock()

    def extend(self, terms: Iterable[str]) -> None:
        """Enter more terms, each of which is new."""
        with self._lock:
            for term in terms:
                number = len(self._terms)
                self._terms.append(term)
                if _is_word(term):
                    for trigram in _trigrams(term):
                        self._trigrams.setdefault(trigram, array("I")).append(number)

    def __len__(self) -> int:
        return len(self._terms)

    def near(self, term: str) -> list[tuple[str, float]]:
        """Up to three terms nearly like `term` and how alike they are, LEAST_SIMILAR to 1, likest first."""
        if not _is_word(term):
            return []
        with self._lock:
            holders = [self._trigrams[t].tobytes() for t in _trigrams(term) if t in self._trigrams]
        if not holders:
            return []
        numbers, shared = np.unique(np.frombuffer(b"".join(holders), np.uint32), return_counts=True)
        likely = np.argsort(-shared, kind="stable")[:_LOOKED_AT]
        found = []
        for number in numbers[likely]:
            other = self._terms[number]
            alike = OSA.normalized_similarity(term, other, score_cutoff=LEAST_SIMILAR)
            if alike < LEAST_SIMILAR and other.startswith(term):
                alike = LEAST_SIMILAR  # a beginning: "auth" of "authentication"
            if alike >= LEAST_SIMILAR and other != term:
                found.append((other, float(alike)))
        return sorted(found, key=lambda pair: -pair[1])[:_FOUND]


def _is_word(term: str) -> bool:
    """Numbers, versions and names of code are not misspelt into each other."""
    return len(term) >= _SHORTEST and term.isalpha() and not is_unspaced(term[0])


def _trigrams(term: str) -> set[str]:
    padded = f" {term} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}
