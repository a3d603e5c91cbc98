"""A snapshot of the index for readers: columns with one slot per bullet.

Readers scan a view without a lock, because the writer writes to slots past the view's end or to new arrays.
Only `alive`, the recall columns and the links between turns change under a reader. That is harmless, because
results are read from the store in the end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..ages import Ages
from ..embed import Vectors
from ..filters import CODED
from ..selection import Selection
from .bm25 import Postings
from .metadata_index import MetadataIndex
from .passages import PassageVectors
from .vector_scan import VectorRows

__all__ = ["Columns", "View"]


@dataclass(frozen=True, slots=True)
class Columns:
    """Arrays of the same capacity; the first dimension of each is the slot."""

    alive: npt.NDArray[np.bool_]
    has_vector: npt.NDArray[np.bool_]
    vectors: Vectors
    codes: npt.NDArray[np.int32]
    """Shape (capacity, len(CODED)): for each field of CODED the code of its value, see View.code."""
    created: npt.NDArray[np.float64]
    """In Unix seconds, as `updated` and `recalled` are."""
    updated: npt.NDArray[np.float64]
    recalled: npt.NDArray[np.float64]
    """NaN for a bullet that was never recalled."""
    recall_count: npt.NDArray[np.int64]
    ordinal: npt.NDArray[np.int64]
    """The order in which bullets came to the index; kept when a bullet is replaced."""
    run: npt.NDArray[np.int32]
    """The number of the conversation that it belongs to; -1 for none."""
    previous: npt.NDArray[np.int32]
    """The slot of the turn before it in its run; -1 for none."""
    following: npt.NDArray[np.int32]
    """The slot of the turn after it; -1 for none."""
    flags: npt.NDArray[np.uint8]
    """This column and the next two are those of TextFeatures."""
    question_share: npt.NDArray[np.float32]
    word_count: npt.NDArray[np.int32]
    term_count: npt.NDArray[np.float32]
    label_count: npt.NDArray[np.int32]
    """How many different labels (tags, tools, entities) it has."""

    @classmethod
    def empty(cls, capacity: int, dimensions: int) -> Columns:
        """Room for `capacity` slots."""
        shapes = {"vectors": (capacity, dimensions), "codes": (capacity, len(CODED))}
        dtypes = {
            "alive": np.bool_, "has_vector": np.bool_, "vectors": np.float32, "codes": np.int32,
            "created": np.float64, "updated": np.float64, "recalled": np.float64, "recall_count": np.int64,
            "ordinal": np.int64, "run": np.int32, "previous": np.int32, "following": np.int32,
            "flags": np.uint8, "question_share": np.float32, "word_count": np.int32, "term_count": np.float32,
            "label_count": np.int32,
        }  # fmt: skip
        columns: dict[str, Any] = {
            name: np.zeros(shapes.get(name, capacity), dtype) for name, dtype in dtypes.items()
        }
        # In Fortran order, because a filter reads one field of all slots.
        columns["codes"] = np.asfortranarray(columns["codes"])
        return cls(**columns)


@dataclass(frozen=True, slots=True)
class View:
    """The table at one moment: `n` slots, of which `alive` says which are in use."""

    n: int
    ids: list[str]
    columns: Columns
    bits: npt.NDArray[np.uint64]
    """Sign bits of the vectors, shape (ceil(dimensions / 64), capacity): a scan reads memory in order."""
    codebooks: dict[str, dict[str | None, int]]
    """For each field of CODED, the code of each value."""
    speakers: dict[str, tuple[int, ...]]
    """For each word of a speaker's name, casefolded, the codes of the speakers with that word."""
    postings: Postings
    """Of the terms of the texts."""
    labels: Postings
    """Of the keys of the labels."""
    metadata: MetadataIndex
    passages: PassageVectors
    complete: bool = True
    """Whether it has everything that the store had; false only during the first load."""

    @property
    def vectors(self) -> Vectors:
        """Of the whole texts, shape (n, dimensions); zeros where a bullet has none."""
        return self.columns.vectors[: self.n]

    @property
    def has_vector(self) -> npt.NDArray[np.bool_]:
        """Which slots have a vector of the index's model, shape (n,)."""
        return self.columns.has_vector[: self.n]

    @property
    def alive(self) -> npt.NDArray[np.bool_]:
        """Which slots are in use, shape (n,)."""
        return self.columns.alive[: self.n]

    @property
    def missing_vectors(self) -> int:
        """How many bullets have no vector yet."""
        return int(np.count_nonzero(self.alive & ~self.has_vector))

    @property
    def term_counts(self) -> npt.NDArray[np.float32]:
        """The length of each text in terms, shape (n,)."""
        return self.columns.term_count[: self.n]

    @property
    def rows(self) -> VectorRows:
        """The vectors and their sign bits, to scan."""
        return VectorRows(self.vectors, self.bits[:, : self.n])

    @property
    def ages(self) -> Ages:
        """The times that decay is computed from, each of shape (n,)."""
        columns, n = self.columns, self.n
        return Ages(columns.created[:n], columns.recalled[:n], columns.recall_count[:n])

    def codes(self, column: str) -> npt.NDArray[np.int32]:
        """The code of each slot's value in a field of CODED, shape (n,)."""
        return self.columns.codes[: self.n, CODED.index(column)]

    def code(self, column: str, value: str | None) -> int | None:
        """The code of `value` in a field of CODED; None if no bullet ever had it."""
        return self.codebooks[column].get(value)

    def select(self, selection: Selection) -> npt.NDArray[np.bool_]:
        """Which of the `n` slots the selection allows, as booleans of shape (n,)."""
        mask, *others = map(self.equal_mask, selection.alternatives)
        for other in others:
            mask |= other
        if selection.filters:
            mask &= self.metadata.mask(selection.filter_tree, self)
        return mask

    def equal_mask(self, fields: Mapping[str, str | None]) -> npt.NDArray[np.bool_]:
        """Which of the `n` slots have exactly these values (None: no value), as booleans of shape (n,)."""
        mask: npt.NDArray[np.bool_] = self.alive.copy()
        for column, value in fields.items():
            code = self.code(column, value)  # an unknown value has none, and matches nothing
            mask &= False if code is None else self.codes(column) == code
        return mask
