"""Text in, vectors out. The contract that every embedder keeps; implementations stand beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["Embedder", "ModelId", "Vectors"]

Vectors = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ModelId:
    """What made a vector. Vectors of different models are never compared."""

    name: str
    revision: str
    """Names the exact weights, for example the SHA-256 of the model file."""
    dimensions: int

    def __str__(self) -> str:
        return f"{self.name}@{self.revision[:12]}"


class Embedder(Protocol):
    """Thread-safe; the same text always gets the same vector, whatever is embedded beside it."""

    @property
    def model(self) -> ModelId:
        """Which model this is; may load it."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dimensions), float32, L2-normalised.

        Blocks; call it off the event loop.

        Raises:
            EmbeddingError: the model cannot be had or fails; the message says what to do.
        """

    def embed_query(self, text: str) -> Vectors:
        """The vector of one query, shape (dimensions,), from a cache where possible."""

    def close(self) -> None:
        """Release the model. Embedding after this raises EmbeddingError."""
