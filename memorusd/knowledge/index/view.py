"""What a reader sees of the index: columns with a slot a bullet, as of one moment.

A reader scans a view without a lock: what a writer does meanwhile goes to slots past the view's end,
or to new arrays. Only `alive`, the recall columns and the links between turns change under a reader,
which is harmless: the store is asked for the bullets in the end.
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
from ..selection import COLUMNS, Selection
from .attributes import Attributes
from .parts import Parts
from .scan import Rows
from .words import Postings

__all__ = ["Columns", "View"]


@dataclass(frozen=True, slots=True)
class Columns:
    """Arrays of one capacity; the first dimension of each is the slot."""

    alive: npt.NDArray[np.bool_]
    has_vector: npt.NDArray[np.bool_]
    vectors: Vectors
    codes: npt.NDArray[np.int32]
    """For each of CODED the number of the value."""
    created: npt.NDArray[np.float64]
    updated: npt.NDArray[np.float64]
    recalled: npt.NDArray[np.float64]
    recall_count: npt.NDArray[np.int64]
    ordinal: npt.NDArray[np.int64]
    """Counts bullets in the order of the store; kept when a bullet is replaced."""
    run: npt.NDArray[np.int32]
    """The conversation that it belongs to; -1 for none."""
    previous: npt.NDArray[np.int32]
    """The slot of what was said before it in its run; -1 for nothing."""
    following: npt.NDArray[np.int32]
    """The slot of what was said after it."""
    flags: npt.NDArray[np.uint8]
    asking: npt.NDArray[np.float32]
    spoken: npt.NDArray[np.int32]
    """Its length in words, see Traits."""
    lengths: npt.NDArray[np.float32]
    """Its length in terms."""
    labels: npt.NDArray[np.int32]
    """How many labels (tags, tools, entities) it has."""

    @classmethod
    def empty(cls, capacity: int, dimensions: int) -> Columns:
        """Room for `capacity` slots."""
        shapes = {"vectors": (capacity, dimensions), "codes": (capacity, len(CODED))}
        kinds = {
            "alive": np.bool_, "has_vector": np.bool_, "vectors": np.float32, "codes": np.int32,
            "created": np.float64, "updated": np.float64, "recalled": np.float64, "recall_count": np.int64,
            "ordinal": np.int64, "run": np.int32, "previous": np.int32, "following": np.int32,
            "flags": np.uint8, "asking": np.float32, "spoken": np.int32, "lengths": np.float32,
            "labels": np.int32,
        }  # fmt: skip
        columns: dict[str, Any] = {
            name: np.zeros(shapes.get(name, capacity), kind) for name, kind in kinds.items()
        }
        # A filter reads one of them for every slot.
        columns["codes"] = np.asfortranarray(columns["codes"])
        return cls(**columns)


@dataclass(frozen=True, slots=True)
class View:
    """The table as of one moment: `n` slots, of which `alive` says which count."""

    n: int
    ids: list[str]
    columns: Columns
    bits: npt.NDArray[np.uint64]
    """Sign bits of the vectors; a row for each 64 dimensions, so that a scan reads on in memory."""
    names: dict[str, dict[str | None, int]]
    speakers: dict[str, tuple[int, ...]]
    """For each word of speakers' names, casefolded, the codes of those speakers."""
    postings: Postings
    labels: Postings
    attributes: Attributes
    parts: Parts
    complete: bool = True
    """Whether it has all that the store had; false only while the index is loaded for the first time."""

    @property
    def vectors(self) -> Vectors:
        """Of the texts as wholes, shape (n, dimensions); zeros where a bullet has none."""
        return self.columns.vectors[: self.n]

    @property
    def has_vector(self) -> npt.NDArray[np.bool_]:
        """Shape (n,)."""
        return self.columns.has_vector[: self.n]

    @property
    def alive(self) -> npt.NDArray[np.bool_]:
        """Shape (n,)."""
        return self.columns.alive[: self.n]

    @property
    def rows(self) -> Rows:
        """The vectors as something to scan."""
        return Rows(self.vectors, self.bits[:, : self.n])

    @property
    def ages(self) -> Ages:
        """What decay is computed from, each of shape (n,)."""
        columns, n = self.columns, self.n
        return Ages(columns.created[:n], columns.recalled[:n], columns.recall_count[:n])

    def codes(self, column: str) -> npt.NDArray[np.int32]:
        """The number of each slot's value, see `code`; shape (n,)."""
        return self.columns.codes[: self.n, CODED.index(column)]

    def code(self, column: str, value: str | None) -> int | None:
        """The number that stands for `value` in a column; None when no bullet ever had it."""
        return self.names[column].get(value)

    def select(self, selection: Selection) -> npt.NDArray[np.bool_]:
        """Which of the `n` slots the selection allows, as booleans of shape (n,)."""
        mask: npt.NDArray[np.bool_] = self.alive.copy()
        for column in COLUMNS:
            allowed = selection.allowed(column)
            if allowed is not None:
                # An unknown name has no code, so it matches nothing.
                known = [code for name in allowed if (code := self.code(column, name)) is not None]
                codes = self.codes(column)
                mask &= np.isin(codes, known) if len(known) != 1 else codes == known[0]
        if selection.metadata:
            mask &= self.attributes.select(selection.tree(), self)
        return mask

    def equal(self, fields: Mapping[str, str | None]) -> npt.NDArray[np.bool_]:
        """Which of the `n` slots have exactly these fields (None: have none), as booleans of shape (n,)."""
        mask: npt.NDArray[np.bool_] = self.alive.copy()
        for column, value in fields.items():
            code = self.code(column, value)
            mask &= False if code is None else self.codes(column) == code
        return mask
