"""One collection in memory, for exact search by vector and by words. It can be rebuilt from the file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from memorusd.knowledge.filters import Group, metadata_values, parse_filter
from memorusd.knowledge.index import Postings, bm25_scores

__all__ = ["CollectionCache", "Hit", "Vector", "parse_mem0_filter", "payload_matches"]

Vector = npt.NDArray[np.float32]
Hit = tuple[str, float, dict[str, Any]]
"""(id, score, payload)."""

_FIRST_CAPACITY = 64
_DEAD_ROWS_ALLOWED = 1000


class CollectionCache:
    """Ids, payloads, unit vectors and words of the rows. A changed row gets a new slot. Not thread-safe."""

    def __init__(self) -> None:
        self.version = 0
        """The last change that was applied."""
        self._slots: dict[str, int] = {}
        self._ids: list[str] = []
        self._payloads: list[dict[str, Any] | None] = []
        """None in the slot of a row that was changed or deleted."""
        self._lengths: list[int] = []
        """How many words the row in each slot has; 0 if it was changed or deleted."""
        self._postings = Postings()
        self._vectors: Vector = np.empty((0, 0), np.float32)

    @property
    def wasteful(self) -> bool:
        """Whether most slots are of changed and deleted rows, so that a new cache is smaller."""
        return len(self._ids) > 2 * len(self._slots) + _DEAD_ROWS_ALLOWED

    def apply(self, changes: Iterable[tuple[str, int, str | None, bytes | None]]) -> None:
        """Apply changed rows in the order of their versions: (id, version, payload as JSON, float32 vector).

        Payload and vector of a deleted row are None.
        """
        first = len(self._ids)
        texts: list[list[str]] = []
        vectors: list[Vector] = []
        for row_id, version, payload, vector in changes:
            self.version = version
            slot = self._slots.pop(row_id, None)
            if slot is not None:
                self._payloads[slot], self._lengths[slot] = None, 0
            if payload is None or vector is None:
                continue
            row = json.loads(payload)
            text = row.get("text_lemmatized")
            words = _words(text) if isinstance(text, str) else []
            self._slots[row_id] = len(self._ids)
            self._ids.append(row_id)
            self._payloads.append(row)
            self._lengths.append(len(words))
            texts.append(words)
            vectors.append(_unit(np.frombuffer(vector, np.float32)))
        if vectors:
            self._postings.extend(first, texts)
            self._reserve(len(self._ids), len(vectors[0]))
            self._vectors[first : len(self._ids)] = vectors

    def nearest(self, vector: Vector, tree: Group, limit: int) -> Iterator[Hit]:
        """The `limit` nearest rows that match the filter, best first, with their cosines."""
        if not self._slots:
            return iter(())
        scores = self._vectors[: len(self._ids)] @ _unit(vector)
        return self._best(scores, np.argsort(-scores, kind="stable"), tree, limit)

    def with_words(self, query: str, tree: Group, limit: int) -> Iterator[Hit]:
        """The `limit` rows that match the filter and the words of `query` best, with their BM25."""
        lengths = np.array(self._lengths, np.float32)
        scores = bm25_scores(self._postings, lengths, dict.fromkeys(_words(query), 1.0), lengths > 0).scores
        order = np.argsort(-scores, kind="stable")
        return self._best(scores, order[: np.count_nonzero(scores)], tree, limit)

    def _best(self, scores: Vector, order: npt.NDArray[np.intp], tree: Group, limit: int) -> Iterator[Hit]:
        hits = (
            (self._ids[slot], float(scores[slot]), payload)
            for slot in order
            if (payload := self._payloads[slot]) is not None and payload_matches(tree, payload)
        )
        return islice(hits, max(0, limit))

    def _reserve(self, rows: int, dimensions: int) -> None:
        """Make room for vectors of this size. All vectors of another size are of deleted rows."""
        old = self._vectors
        if old.shape[1] == dimensions and rows <= len(old):
            return
        self._vectors = np.zeros((max(_FIRST_CAPACITY, 2 * rows), dimensions), np.float32)
        if old.shape[1] == dimensions:
            self._vectors[: len(old)] = old


def parse_mem0_filter(filters: Mapping[str, Any] | None) -> Group:
    """The filter as mem0 passes it to a store, where OR and NOT have become `$or` and `$not`.

    Raises:
        InvalidRequest: it is not a valid filter.
    """
    return parse_filter(_without_dollars(filters or {}))


def payload_matches(tree: Group, payload: Mapping[str, Any]) -> bool:
    """Whether a payload matches a filter. Without a key it meets no condition on that key."""
    results: Iterable[bool] = (
        payload_matches(part, payload)
        if isinstance(part, Group)
        else part.meets(metadata_values(payload[part.key]) if payload.get(part.key) is not None else ())
        for part in tree.parts
    )
    return all(results) if tree.join == "AND" else any(results) if tree.join == "OR" else not any(results)


def _without_dollars(filters: Mapping[str, Any]) -> dict[str, Any]:
    names = {"$or": "OR", "$not": "NOT", "$and": "AND"}
    return {
        names.get(key, key): [_without_dollars(part) if isinstance(part, dict) else part for part in value]
        if key in (*names, *names.values()) and isinstance(value, list)
        else value
        for key, value in filters.items()
    }


def _words(text: str) -> list[str]:
    """mem0 has lemmatised the text, so words only need to be separated."""
    return text.casefold().split()


def _unit(vector: Vector) -> Vector:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
