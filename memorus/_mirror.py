"""A collection in memory, for exact search; brought up to date row by row, never the truth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from memorusd.knowledge.filters import Group, metadata_values, read

from ._words import Words

__all__ = ["Hit", "Mirror", "Vector", "meets", "tree_of"]

Vector = npt.NDArray[np.float32]
Hit = tuple[str, float, dict[str, Any]]
"""An id, its score, and its payload."""


class Mirror:
    """Ids, payloads, unit vectors and words of one collection. Not thread-safe."""

    def __init__(self) -> None:
        self.version = 0
        """The last change that it has seen."""
        self._places: dict[str, int] = {}
        self._ids: list[str] = []
        self._payloads: list[dict[str, Any] | None] = []
        """None: deleted."""
        self._vectors: Vector | None = None
        self._words = Words()

    def set(self, key: str, payload: dict[str, Any] | None, vector: bytes | None) -> None:
        """Take in one row; without a payload it is deleted."""
        place = self._places.get(key)
        if place is None:
            if payload is None:
                return
            place = self._places[key] = len(self._ids)
            self._ids.append(key)
            self._payloads.append(None)
        self._payloads[place] = payload
        words = (payload or {}).get("text_lemmatized")
        self._words.set(place, words if isinstance(words, str) else "")
        if vector is not None:
            self._put(place, np.frombuffer(vector, np.float32))

    def nearest(self, vector: Vector, tree: Group, limit: int) -> Iterator[Hit]:
        """The `limit` nearest that meet the filter, best first, with their cosines."""
        if self._vectors is None or self._vectors.shape[1] != len(vector):
            return iter(())  # whatever was here is deleted: a collection has vectors of one size
        scores = self._vectors[: len(self._ids)] @ _unit(vector)
        order = np.argsort(-scores, kind="stable")
        return self._meeting(((int(place), float(scores[place])) for place in order), tree, limit)

    def with_words(self, query: str, tree: Group, limit: int) -> Iterator[Hit]:
        """The `limit` best for the words of `query` that meet the filter, best first, with their BM25."""
        return self._meeting(self._words.best(query), tree, limit)

    def _meeting(self, ranked: Iterable[tuple[int, float]], tree: Group, limit: int) -> Iterator[Hit]:
        found = (
            (self._ids[place], score, payload)
            for place, score in ranked
            if (payload := self._payloads[place]) is not None and meets(tree, payload)
        )
        return islice(found, max(0, limit))

    def _put(self, place: int, vector: Vector) -> None:
        if self._vectors is None or self._vectors.shape[1] != len(vector):
            self._vectors = np.zeros((max(64, 2 * place), len(vector)), np.float32)
        elif place >= len(self._vectors):
            larger = np.zeros((2 * place, len(vector)), np.float32)
            larger[: len(self._vectors)] = self._vectors
            self._vectors = larger
        self._vectors[place] = _unit(vector)


def tree_of(filters: Mapping[str, Any] | None) -> Group:
    """The filter as mem0 hands it on to a store: OR and NOT have become `$or` and `$not`.

    Raises:
        InvalidRequest: it is not of the grammar.
    """
    return read(_plain(filters or {}))


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
