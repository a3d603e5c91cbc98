"""The built-in model as an embedder for mem0. It runs in this process, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mem0.embeddings.base import EmbeddingBase

from memorus_proto.paths import Paths
from memorusd.knowledge.embed.onnx import OnnxEmbedder

__all__ = ["OnnxEmbedding"]


class OnnxEmbedding(EmbeddingBase):  # type: ignore[misc]
    """`{"embedder": {"provider": "onnx"}}`. Thread-safe.

    Raises:
        EmbeddingError: the model files are missing or damaged.
    """

    def __init__(self, config: Any = None) -> None:
        super().__init__(config)
        given = self.config.model_kwargs
        path = given.get("model_path")
        self._embedder = OnnxEmbedder(
            Paths.from_environ().models, Path(path) if path else None, given.get("download", True)
        )
        self.config.embedding_dims = self._embedder.model.dimensions

    def embed(self, text: str, memory_action: str | None = None) -> list[float]:
        """The vector of one text. `memory_action` makes no difference."""
        vector: list[float] = self._embedder.embed_query(text).tolist()
        return vector

    def embed_batch(self, texts: list[str], memory_action: str | None = "add") -> list[list[float]]:
        """The vectors of several texts, in the same order."""
        vectors: list[list[float]] = self._embedder.embed(texts).tolist()
        return vectors
