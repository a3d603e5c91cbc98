"""Any of mem0's embedders: a service, or a model of another library."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from memorus_proto.errors import EmbeddingError, MemorusError

from ..mem0_providers import make_embedder, opened, scrubbed
from . import Embedder, ModelId, Vectors

__all__ = ["Mem0Embedder"]

_BATCH = 100
_CACHED_QUERIES = 4096
_HOLD_OFF = 10.0
"""Seconds for which a service that failed is not asked again: each try may block for long."""
_PATIENCE = 20.0
"""Seconds for one try at a service, of which there are two; the clients' own are ten minutes."""


class Mem0Embedder(Embedder):
    """The embedder that mem0's factory makes of `provider` and `config`, with its vectors normalised.

    Its dimensions are `embedding_dims` where the settings give them, else those of a first vector.
    """

    def __init__(self, provider: str, config: Mapping[str, Any]) -> None:
        self._provider = provider
        self._config = config
        self._lock = threading.RLock()
        self._made: Any = None
        self._model: ModelId | None = None
        self._failed: tuple[float, EmbeddingError] | None = None
        self._closed = False
        self._query = lru_cache(_CACHED_QUERIES)(self._embed_query)

    @property
    def model(self) -> ModelId:
        """Which model this is; asks the service for a vector where the settings do not say its size."""
        if self._model is None:
            with self._lock:
                if self._model is None:
                    asked = opened(self._config).get("embedding_dims")
                    size = int(asked) if asked else len(self._ask(["memory"], "add")[0])
                    name = self._config.get("model") or getattr(self._maker().config, "model", None)
                    self._model = ModelId(f"{self._provider}/{name or 'default'}", "mem0", size)
        return self._model

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See Embedder.embed."""
        return self._vectors(texts, "add")

    def embed_query(self, text: str) -> Vectors:
        """See Embedder.embed_query. The array is shared and read-only: copy it to change it."""
        return self._query(text)

    def close(self) -> None:
        """See Embedder.close."""
        self._closed = True
        self._query.cache_clear()
        self._made = None

    def _embed_query(self, text: str) -> Vectors:
        vector: Vectors = self._vectors([text], "search")[0]
        vector.flags.writeable = False
        return vector

    def _vectors(self, texts: Sequence[str], action: str) -> Vectors:
        size = self.model.dimensions
        if not texts:
            return np.empty((0, size), np.float32)
        parts = (texts[start : start + _BATCH] for start in range(0, len(texts), _BATCH))
        made = [row for part in parts for row in self._ask(part, action)]
        vectors = np.array(made, np.float32).reshape(len(texts), -1)
        if vectors.shape[1] != size:
            raise EmbeddingError(
                f"{self.model.name} makes vectors of {vectors.shape[1]} dimensions, not {size}; "
                "set embedder.config.embedding_dims to that"
            )
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.all(np.isfinite(norms)) or np.any(norms == 0):
            raise EmbeddingError(f"{self.model.name} made a vector that is none; try again", retryable=True)
        normal: Vectors = vectors / norms
        return normal.reshape(len(texts), size)

    def _ask(self, texts: Sequence[str], action: str) -> list[Any]:
        failed = self._failed
        if failed is not None and time.monotonic() < failed[0]:
            raise EmbeddingError(failed[1].message, retryable=True)
        try:
            maker = self._maker()
            if action == "search":
                made = [maker.embed(text, action) for text in texts]
            else:
                made = maker.embed_batch(list(texts), action)
        except MemorusError:
            raise
        except Exception as error:
            failure = EmbeddingError(
                f"the embedder {self._provider} failed ({scrubbed(error, self._config)}); "
                "check embedder.config and whether its service runs",
                retryable=True,
            )
            self._failed = (time.monotonic() + _HOLD_OFF, failure)
            raise failure from None
        self._failed = None
        if len(made) != len(texts):
            raise EmbeddingError(
                f"the embedder {self._provider} gave {len(made)} vectors for {len(texts)} texts; try again",
                retryable=True,
            )
        return list(made)

    def _maker(self) -> Any:
        with self._lock:
            if self._closed:
                raise EmbeddingError("the embedder is closed; make a new one")
            if self._made is None:
                made = make_embedder(self._provider, self._config)
                with_options = getattr(getattr(made, "client", None), "with_options", None)
                if with_options is not None:  # OpenAI's, and those that are made like it
                    made.client = with_options(timeout=_PATIENCE, max_retries=1)
                self._made = made
            return self._made
