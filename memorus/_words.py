"""BM25 over the words that mem0 has lemmatised: the keyword half of its search. In memory, derived."""

from __future__ import annotations

import math
from collections import Counter

__all__ = ["Words"]

_K1, _B = 1.2, 0.75
"""How soon more of a word stops counting, and how much a long text is held back.

Formula and values: Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009."""


class Words:
    """Which word is how often in which text. Texts have numbers. Not thread-safe."""

    def __init__(self) -> None:
        self._postings: dict[str, dict[int, int]] = {}
        self._texts: dict[int, tuple[str, ...]] = {}
        """The distinct words of a text."""
        self._lengths: dict[int, int] = {}
        self._total = 0

    def set(self, number: int, text: str) -> None:
        """Take in a text, in place of the one of that number; without words it is forgotten."""
        for word in self._texts.pop(number, ()):
            posting = self._postings[word]
            del posting[number]
            if not posting:
                del self._postings[word]
        self._total -= self._lengths.pop(number, 0)
        counts = Counter(text.casefold().split())
        if counts:
            self._texts[number] = tuple(counts)
            self._lengths[number] = counts.total()
            self._total += counts.total()
            for word, count in counts.items():
                self._postings.setdefault(word, {})[number] = count

    def best(self, query: str) -> list[tuple[int, float]]:
        """(number, score) of every text with a word of `query`, best first."""
        scores: dict[int, float] = {}
        texts = len(self._lengths)
        for word in dict.fromkeys(query.casefold().split()):
            posting = self._postings.get(word, {})
            rarity = math.log(1 + (texts - len(posting) + 0.5) / (len(posting) + 0.5))
            for number, count in posting.items():
                length = self._lengths[number] * texts / self._total
                weight = count * (_K1 + 1) / (count + _K1 * (1 - _B + _B * length))
                scores[number] = scores.get(number, 0.0) + rarity * weight
        return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
