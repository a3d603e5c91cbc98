"""Vectors of passages: a long text is also found by the one sentence in it that answers.

The vector of a long text is a mean over everything in it, so a single sentence hardly affects it. Texts of
more than MIN_WORDS words are therefore embedded sentence by sentence as well, and the best vector counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..embed import Embedder, Vectors
from .vector_scan import VectorRows, sign_bits

__all__ = ["MIN_WORDS", "Embedded", "PassageVectors", "embed_texts", "split_passages"]

MIN_WORDS = 40
"""A text has passages if it has more words than this."""
_MIN_SENTENCE_WORDS = 4
"""A shorter sentence is joined to the next one."""
_MAX_PASSAGES = 10
"""A text with more sentences is a document. One of its sentences would be near to any question, so it has
no passages."""

# Simpler than text.sentences: stored vectors belong to these passages, so other ends need a re-embedding.
_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n+")


def split_passages(text: str) -> list[str]:
    """The sentences of a long text; an empty list for a short text and for a document."""
    if len(text.split()) <= MIN_WORDS:
        return []
    sentences: list[str] = []
    pending = ""
    for part in _END.split(text):
        pending = f"{pending} {part.strip()}".strip()
        if len(pending.split()) >= _MIN_SENTENCE_WORDS:
            sentences.append(pending)
            pending = ""
    if pending and sentences:
        sentences[-1] = f"{sentences[-1]} {pending}"
    return sentences if 1 < len(sentences) <= _MAX_PASSAGES else []


class Embedded(NamedTuple):
    """The vectors that the store keeps of one text."""

    vector: Vectors
    """Of the whole text, shape (dimensions,)."""
    passages: Vectors | None
    """Of its passages, shape (m, dimensions); None if it has no passages."""


def embed_texts(embedder: Embedder, texts: Sequence[str]) -> list[Embedded]:
    """The vectors of each text and of its passages, from one call of the embedder.

    Raises what `Embedder.embed` raises.
    """
    if not texts:
        return []
    passages = [split_passages(text) for text in texts]
    vectors = embedder.embed([*texts, *(passage for of_text in passages for passage in of_text)])
    embedded: list[Embedded] = []
    start = len(texts)
    for vector, of_text in zip(vectors[: len(texts)], passages, strict=True):
        embedded.append(Embedded(vector, vectors[start : start + len(of_text)] if of_text else None))
        start += len(of_text)
    return embedded


class PassageVectors:
    """The vectors of all passages, each with the slot of its bullet. One writer; readers call `rows`."""

    def __init__(self, dimensions: int, capacity: int = 0) -> None:
        self._n = 0
        self._slots = np.zeros(capacity, np.int32)
        self._vectors = np.zeros((capacity, dimensions), np.float32)
        self._bits = np.zeros((-(-dimensions // 64), capacity), np.uint64)

    def __len__(self) -> int:
        return self._n

    def rows(self) -> tuple[npt.NDArray[np.int32], VectorRows]:
        """(the slot of each of m rows, shape (m,) and ascending, the rows)."""
        # `n` is read first: arrays that a writer puts in place afterwards hold at least as many rows.
        n = self._n
        return self._slots[:n], VectorRows(self._vectors[:n], self._bits[:, :n])

    def append(self, slot: int, vectors: Vectors | None) -> None:
        """Append the passages of one bullet, shape (m, dimensions)."""
        if vectors is None or not len(vectors):
            return
        start, end = self._n, self._n + len(vectors)
        if end > len(self._slots):
            self._grow(max(256, 2 * end))
        self._slots[start:end] = slot
        self._vectors[start:end] = vectors
        self._bits[:, start:end] = sign_bits(vectors).T
        self._n = end

    def renumbered(self, new_slots: npt.NDArray[np.int64]) -> PassageVectors:
        """A copy in which `new_slots[slot]` replaces each slot; rows of slots that become -1 are left out."""
        slots = new_slots[self._slots[: self._n]]
        kept = np.flatnonzero(slots >= 0)
        copy = PassageVectors(self._vectors.shape[1], len(kept))
        copy._slots[:] = slots[kept]
        copy._vectors[:] = self._vectors[kept]
        copy._bits[:] = self._bits[:, kept]
        copy._n = len(kept)
        return copy

    def _grow(self, capacity: int) -> None:
        bigger = PassageVectors(self._vectors.shape[1], capacity)
        n = self._n
        bigger._slots[:n] = self._slots[:n]
        bigger._vectors[:n] = self._vectors[:n]
        bigger._bits[:, :n] = self._bits[:, :n]
        self._slots, self._vectors, self._bits = bigger._slots, bigger._vectors, bigger._bits
