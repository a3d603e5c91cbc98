"""Vectors of passages: a long text is also found by its one sentence that answers.

The vector of a long text is a mean over everything in it, so a single sentence hardly shows. Texts
above LONG words are therefore embedded by the sentence too, and the best of their vectors counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..embed import Embedder, Vectors
from .scan import Rows, sign_bits

__all__ = ["LONG", "Embedded", "Parts", "embed_texts", "passages"]

LONG = 40
"""Words above which a text has passages."""
_SHORTEST = 4
"""Words below which a sentence is joined to the next."""
_MOST = 10
"""Sentences above which a text is a document: it has so many that one or the other is near anything."""

_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n+")


def passages(text: str) -> list[str]:
    """The sentences of a long text; none of a short one, and none of a document."""
    if len(text.split()) <= LONG:
        return []
    found: list[str] = []
    waiting = ""
    for sentence in _END.split(text):
        waiting = f"{waiting} {sentence.strip()}".strip()
        if len(waiting.split()) >= _SHORTEST:
            found.append(waiting)
            waiting = ""
    if waiting and found:
        found[-1] = f"{found[-1]} {waiting}"
    return found if 1 < len(found) <= _MOST else []


class Embedded(NamedTuple):
    """What the store keeps of one text beside itself."""

    vector: Vectors
    """Of the whole, shape (dimensions,)."""
    passages: Vectors | None
    """Of its passages, shape (m, dimensions); None of a short text."""


def embed_texts(embedder: Embedder, texts: Sequence[str]) -> list[Embedded]:
    """The vectors of each text and of its passages. Raises what `Embedder.embed` raises."""
    if not texts:
        return []
    cut = [passages(text) for text in texts]
    vectors = embedder.embed([*texts, *(passage for of_text in cut for passage in of_text)])
    made: list[Embedded] = []
    start = len(texts)
    for vector, of_text in zip(vectors[: len(texts)], cut, strict=True):
        made.append(Embedded(vector, vectors[start : start + len(of_text)] if of_text else None))
        start += len(of_text)
    return made


class Parts:
    """Rows of vectors, each with the slot that it belongs to. One writer; a reader takes `rows`."""

    def __init__(self, dimensions: int, capacity: int = 0) -> None:
        self._n = 0
        self._owners = np.zeros(capacity, np.int32)
        self._vectors = np.zeros((capacity, dimensions), np.float32)
        self._bits = np.zeros((-(-dimensions // 64), capacity), np.uint64)

    def __len__(self) -> int:
        return self._n

    def rows(self) -> tuple[npt.NDArray[np.int32], Rows]:
        """(the slot of each row, the rows)."""
        # `n` first: arrays that come later hold at least as many rows.
        n = self._n
        return self._owners[:n], Rows(self._vectors[:n], self._bits[:, :n])

    def add(self, slot: int, vectors: Vectors | None) -> None:
        """Append the passages of one bullet."""
        if vectors is None or not len(vectors):
            return
        start, end = self._n, self._n + len(vectors)
        if end > len(self._owners):
            self._grow(max(256, 2 * end))
        self._owners[start:end] = slot
        self._vectors[start:end] = vectors
        self._bits[:, start:end] = sign_bits(vectors).T
        self._n = end

    def renumbered(self, new_slots: npt.NDArray[np.int64]) -> Parts:
        """The same with `new_slots[slot]` for each slot, without those where that is -1."""
        owners = new_slots[self._owners[: self._n]]
        kept = np.flatnonzero(owners >= 0)
        fresh = Parts(self._vectors.shape[1], len(kept))
        fresh._owners[:] = owners[kept]
        fresh._vectors[:] = self._vectors[kept]
        fresh._bits[:] = self._bits[:, kept]
        fresh._n = len(kept)
        return fresh

    def _grow(self, capacity: int) -> None:
        bigger = Parts(self._vectors.shape[1], capacity)
        n = self._n
        bigger._owners[:n] = self._owners[:n]
        bigger._vectors[:n] = self._vectors[:n]
        bigger._bits[:, :n] = self._bits[:, :n]
        self._owners, self._vectors, self._bits = bigger._owners, bigger._vectors, bigger._bits
