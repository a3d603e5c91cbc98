"""Any of mem0's embedders: a service, or a model in another library."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from memorus_proto.errors import EmbeddingError, MemorusError

from ..mem0_providers import make_embedder
from ..provider_secrets import describe_error, reveal
from . import Embedder, ModelId, Vectors

__all__ = ["Mem0Embedder"]

_BATCH = 100
_CACHED_QUERIES = 4096
_HOLD_OFF = 10.0
"""Seconds before a service that failed is tried again, because each attempt may block for long."""
_TIMEOUT = 20.0
"""Seconds for each of two attempts at a service; the clients' default is ten minutes."""


class Mem0Embedder(Embedder):
    """The embedder that mem0's factory makes, with its vectors normalised.

    Its dimensions are `embedding_dims` of the settings, or else those of a first vector.
    """

    def __init__(self, provider: str, config: Mapping[str, Any]) -> None:
        """Use mem0's embedder `provider` with its settings `config`; it is made on first use."""
        self._provider = provider
        self._config = config
        self._lock = threading.RLock()
        self._embedder: Any = None
        self._model: ModelId | None = None
        self._failed: tuple[float, EmbeddingError] | None = None
        self._closed = False
        self._query = lru_cache(_CACHED_QUERIES)(self._embed_query)

    @property
    def model(self) -> ModelId:
        """The model that makes the vectors; requests one if the settings do not give its dimensions."""
        if self._model is None:
            with self._lock:
                if self._model is None:
                    dimensions = reveal(self._config).get("embedding_dims")
                    size = int(dimensions) if dimensions else len(self._request(["memory"], "add")[0])
                    name = self._config.get("model") or getattr(self._mem0_embedder().config, "model", None)
                    self._model = ModelId(f"{self._provider}/{name or 'default'}", "mem0", size)
        return self._model

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See Embedder.embed."""
        return self._vectors(texts, "add")

    def embed_query(self, text: str) -> Vectors:
        """See Embedder.embed_query. The array is shared and read-only: copy it before you change it."""
        return self._query(text)

    def close(self) -> None:
        """See Embedder.close."""
        self._closed = True
        self._query.cache_clear()
        self._embedder = None

    def _embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._vectors([text], "search")[0]
        vector.flags.writeable = False
        return vector

    def _vectors(self, texts: Sequence[str], action: str) -> Vectors:
        size = self.model.dimensions
        if not texts:
            return np.empty((0, size), np.float32)
        parts = (texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH))
        rows = [row for part in parts for row in self._request(part, action)]
        vectors = np.array(rows, np.float32).reshape(len(texts), -1)
        if vectors.shape[1] != size:
            raise EmbeddingError(
                f"{self.model.name} makes vectors of {vectors.shape[1]} dimensions, not {size}",
                remedy=f"set embedder.config.embedding_dims to {vectors.shape[1]}",
            )
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.all(np.isfinite(norms)) or np.any(norms == 0):
            raise EmbeddingError(
                f"{self.model.name} made a vector that is zero or not finite",
                remedy="try again",
                retryable=True,
            )
        unit: Vectors = vectors / norms
        return unit.reshape(len(texts), size)

    def _request(self, texts: Sequence[str], action: str) -> list[Any]:
        failed = self._failed
        if failed is not None and time.monotonic() < failed[0]:
            raise EmbeddingError(failed[1].message, remedy=failed[1].remedy, retryable=True)
        try:
            embedder = self._mem0_embedder()
            if action == "search":
                vectors = [embedder.embed(text, action) for text in texts]
            else:
                vectors = embedder.embed_batch(list(texts), action)
        except MemorusError:
            raise
        except Exception as error:
            failure = EmbeddingError(
                f"the embedder {self._provider} failed ({describe_error(error, self._config)})",
                remedy="check embedder.config, and whether the service is running",
                retryable=True,
            )
            self._failed = (time.monotonic() + _HOLD_OFF, failure)
            raise failure from None
        self._failed = None
        if len(vectors) != len(texts):
            raise EmbeddingError(
                f"the embedder {self._provider} returned {len(vectors)} vectors for {len(texts)} texts",
                remedy="try again",
                retryable=True,
            )
        return list(vectors)

    def _mem0_embedder(self) -> Any:
        with self._lock:
            if self._closed:
                raise EmbeddingError("the embedder is closed", remedy="make a new one")
            if self._embedder is None:
                embedder = make_embedder(self._provider, self._config)
                with_options = getattr(getattr(embedder, "client", None), "with_options", None)
                if with_options is not None:  # the client of OpenAI, and clients derived from it
                    embedder.client = with_options(timeout=_TIMEOUT, max_retries=1)
                self._embedder = embedder
            return self._embedder
