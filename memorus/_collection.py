"""A collection in memory, for exact search: brought up to date from the file, never the truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from memorusd.knowledge.filters import Group, metadata_values, parse_filter
from memorusd.knowledge.index import Postings, bm25_scores

__all__ = ["CollectionCache", "Hit", "Vector", "meets", "tree_of"]

Vector = npt.NDArray[np.float32]
Hit = tuple[str, float, dict[str, Any]]
"""An id, its score, and its payload."""


class CollectionCache:
    """Ids, payloads, unit vectors and words of one collection, a slot for each row. Not thread-safe.

    Slots are only appended: a row that is replaced or deleted leaves a dead slot.
    """

    def __init__(self) -> None:
        self.version = 0
        """The last change that it has seen."""
        self._slots: dict[str, int] = {}
        self._ids: list[str] = []
        self._payloads: list[dict[str, Any] | None] = []
        """None: the slot is dead."""
        self._vectors: Vector = np.zeros((0, 0), np.float32)
        self._lengths: Vector = np.zeros(0, np.float32)
        self._postings = Postings()

    @property
    def wasteful(self) -> bool:
        """Whether most slots are dead, so that reading the collection anew is better."""
        return len(self._ids) > 2 * len(self._slots) + 1000

    def extend(self, rows: Iterable[tuple[str, dict[str, Any] | None, bytes | None]]) -> None:
        """Take in changed rows as (id, payload, vector); without a payload, the row was deleted."""
        first, words, vectors = len(self._ids), [], []
        for key, payload, vector in rows:
            old = self._slots.pop(key, None)
            if old is not None:
                self._payloads[old] = None
            if payload is not None:
                self._slots[key] = len(self._ids)
                self._ids.append(key)
                self._payloads.append(payload)
                text = payload.get("text_lemmatized")
                words.append(text.casefold().split() if isinstance(text, str) else [])
                vectors.append(_unit(np.frombuffer(vector or b"", np.float32)))
        if vectors:
            self._postings.extend(first, words)
            self._lengths = np.append(self._lengths, np.array([len(text) for text in words], np.float32))
            self._append(vectors)

    def nearest(self, vector: Vector, tree: Group, limit: int) -> Iterator[Hit]:
        """The `limit` nearest that meet the filter, best first, with their cosines."""
        if self._vectors.shape[1] != len(vector):
            return iter(())  # whatever was here is deleted: a collection has vectors of one size
        scores = self._vectors[: len(self._ids)] @ _unit(vector)
        return self._hits(scores, np.argsort(-scores, kind="stable"), tree, limit)

    def with_words(self, query: str, tree: Group, limit: int) -> Iterator[Hit]:
        """The `limit` best for the words of `query` that meet the filter, best first, with their BM25."""
        alive = np.array([payload is not None for payload in self._payloads], np.bool_)
        words = dict.fromkeys(query.casefold().split(), 1.0)
        scores = bm25_scores(self._postings, self._lengths, words, alive).scores
        order = np.argsort(-scores, kind="stable")
        return self._hits(scores, order[scores[order] > 0], tree, limit)

    def _hits(self, scores: Vector, order: Iterable[int], tree: Group, limit: int) -> Iterator[Hit]:
        hits = (
            (self._ids[slot], float(scores[slot]), payload)
            for slot in order
            if (payload := self._payloads[slot]) is not None and meets(tree, payload)
        )
        return islice(hits, max(0, limit))

    def _append(self, vectors: list[Vector]) -> None:
        filled = len(self._ids) - len(vectors)
        size = len(vectors[-1])
        if self._vectors.shape[1] != size:  # the collection was emptied, and has another embedder now
            self._vectors = np.zeros((0, size), np.float32)
        if len(self._ids) > len(self._vectors):
            larger = np.zeros((2 * len(self._ids), size), np.float32)
            larger[: len(self._vectors)] = self._vectors
            self._vectors = larger
        for slot, vector in enumerate(vectors, filled):
            if len(vector) == size:
                self._vectors[slot] = vector


def tree_of(filters: Mapping[str, Any] | None) -> Group:
    """The filter as mem0 hands it on to a store: OR and NOT have become `$or` and `$not`.

    Raises:
        InvalidRequest: it is not of the grammar.
    """
    return parse_filter(_plain(filters or {}))


def meets(tree: Group, payload: Mapping[str, Any]) -> bool:
    """Whether a payload meets a filter. What lacks a key meets no condition on it."""
    found: Iterable[bool] = (
        meets(part, payload)
        if isinstance(part, Group)
        else part.meets(metadata_values(payload[part.key]) if payload.get(part.key) is not None else ())
        for part in tree.parts
    )
    return all(found) if tree.join == "AND" else any(found) if tree.join == "OR" else not any(found)


def _plain(filters: Mapping[str, Any]) -> dict[str, Any]:
    names = {"$or": "OR", "$not": "NOT", "$and": "AND"}
    return {
        names.get(key, key): [_plain(part) if isinstance(part, dict) else part for part in value]
        if key in (*names, *names.values()) and isinstance(value, list)
        else value
        for key, value in filters.items()
    }


def _unit(vector: Vector) -> Vector:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
