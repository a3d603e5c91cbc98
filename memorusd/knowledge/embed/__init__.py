"""Turns texts into vectors: the contract of an embedder, whose implementations are beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Embedder", "ModelId", "Vectors"]

Vectors = npt.NDArray[np.float32]
"""One vector, of shape (dimensions,), or one for each text, of shape (n, dimensions)."""


@dataclass(frozen=True, slots=True)
class ModelId:
    """The model that made a vector. Vectors of different models are never compared."""

    name: str
    revision: str
    """Identifies the exact weights, for example by the SHA-256 of the model file."""
    dimensions: int

    def __str__(self) -> str:
        return f"{self.name}@{self.revision[:12]}"


class Embedder(Protocol):
    """An embedder is thread-safe, and gives a text the same vector whatever is embedded beside it."""

    @property
    def model(self) -> ModelId:
        """The model that makes the vectors; may load it."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return vectors of shape (len(texts), dimensions), float32, L2-normalised.

        Blocks, so call it off the event loop.

        Raises:
            EmbeddingError: the model is not available or fails.
        """

    def embed_query(self, text: str) -> Vectors:
        """Return the vector of one query, shape (dimensions,), perhaps cached. Raises as `embed` does."""

    def close(self) -> None:
        """Release the model. Embedding after that raises EmbeddingError."""
