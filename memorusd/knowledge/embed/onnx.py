"""The default embedder: a sentence model in this process, on the CPU, offline."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from memorus_proto.errors import EmbeddingError

from . import Embedder, ModelId, Vectors
from .batching import Batcher
from .model_files import find_model
from .session import MAX_TOKENS, Model

__all__ = ["OnnxEmbedder"]

_CACHED_QUERIES = 4096
_CACHED_LENGTH = 1024
"""Characters. Longer queries are rare and not cached, which bounds the cache to about 25 MB."""

_HOLD_OFF = 30.0
"""Seconds before a failed download is tried again, because each attempt may block for long."""


class OnnxEmbedder(Embedder):
    """all-MiniLM-L6-v2 (or the model at `model_path`) in ONNX Runtime, loaded on first use.

    Thread-safe. In a forked child the model is loaded anew.

    Args:
        models: the directory where models are cached, see memorus_proto.paths.Paths.models.
        model_path: a model to use instead, see model_files.find_model.
        download: whether the model may be downloaded if it is not on this machine.
    """

    def __init__(self, models: Path, model_path: Path | None = None, download: bool = True) -> None:
        self._models = models
        self._model_path = model_path
        self._download = download
        self._closed = False
        self._reset()
        _alive.add(self)

    def _reset(self) -> None:
        self._loading = threading.Lock()
        self._loaded: tuple[Model, Batcher] | None = None
        self._failed: tuple[float, EmbeddingError] | None = None
        self._query = lru_cache(_CACHED_QUERIES)(self._embed_one)

    @property
    def model(self) -> ModelId:
        """The model that makes the vectors; loads it."""
        return self._ready()[0].id

    def load(self) -> None:
        """Load the model and run it once, so that the first text need not wait for that.

        Raises:
            EmbeddingError: the model is not available.
        """
        self._ready()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See Embedder.embed. Only the first 256 tokens of each text count.

        Raises:
            EmbeddingError: the model is not available or fails, or the embedder is closed.
            InvalidRequest: a text is not a str of whole Unicode characters; nothing was embedded.
        """
        model, batcher = self._ready()
        tokens = [model.tokens(text) for text in texts]
        vectors = np.empty((len(tokens), model.id.dimensions), np.float32)
        try:
            for row, vector in zip(vectors, batcher(tokens), strict=True):
                row[:] = vector
        except Exception as error:
            raise EmbeddingError(
                f"the model {model.id} failed on {len(tokens)} texts: {error}",
                remedy="try again; if it fails again, run: pip install --force-reinstall onnxruntime",
            ) from error
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """See Embedder.embed_query. The array is shared and read-only: copy it before you change it."""
        if isinstance(text, str) and len(text) <= _CACHED_LENGTH and not self._closed:
            return self._query(text)
        return self._embed_one(text)

    def close(self) -> None:
        """Release the model once the running calls have ended. Safe to call twice."""
        self._closed = True
        with self._loading:
            self._loaded = None
        self._query.cache_clear()

    def _embed_one(self, text: str) -> Vectors:
        vector: Vectors = self.embed([text])[0]
        vector.flags.writeable = False
        return vector

    def _ready(self) -> tuple[Model, Batcher]:
        loaded = self._loaded
        if loaded is not None:
            return loaded
        with self._loading:
            if self._closed:
                raise EmbeddingError("the embedder is closed", remedy="make a new one")
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> tuple[Model, Batcher]:
        if self._failed is not None and time.monotonic() < self._failed[0]:
            failure = self._failed[1]
            raise EmbeddingError(failure.message, remedy=failure.remedy, retryable=True) from failure
        try:
            model = Model(find_model(self._models, self._model_path, self._download))
        except EmbeddingError as error:
            self._failed = (time.monotonic() + _HOLD_OFF, error) if error.retryable else None
            raise
        # No run is larger than the longest single text, which bounds memory and the time others wait.
        return model, Batcher(model.run, MAX_TOKENS)

    def _forked(self) -> None:
        # At the fork another thread may have held any lock, or have been inside the runtime. So the old
        # session is kept rather than destroyed; its pages are shared with the parent.
        _abandoned.append(self._loaded)
        self._reset()


_alive: weakref.WeakSet[OnnxEmbedder] = weakref.WeakSet()
_abandoned: list[object] = []


def _after_fork() -> None:
    for embedder in list(_alive):
        embedder._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
