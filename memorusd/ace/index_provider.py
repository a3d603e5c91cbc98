"""Makes the index of a store on first use, and has the vectors made that it misses."""

from __future__ import annotations

import logging
import threading

from memorus_proto.errors import EmbeddingError

from ..knowledge.ages import Ages
from ..knowledge.embed import Embedder, ModelId
from ..knowledge.index import Index
from ..knowledge.store import Store
from ..requests import Json
from .reembed import Reembedding

__all__ = ["IndexProvider"]

logger = logging.getLogger(__name__)

_NO_MODEL = ModelId("none", "none", 1)
_PATIENCE = 1.0
"""Seconds that a status waits for an index that is being loaded."""


class IndexProvider:
    """Thread-safe. The index depends on the model, so it cannot be made before the model is loaded."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._index: Index | None = None
        self._index_without_model: Index | None = None
        self._reembedding: Reembedding | None = None
        self._lock = threading.Lock()

    def get(self) -> Index:
        """The index. Raises EmbeddingError if the model is missing."""
        if self._index is None:
            with self._lock:
                if self._index is None:
                    model = self._embedder.model
                    known = self._store.model()
                    if known != model:
                        if known is not None:
                            logger.info("vectors are of %s, now making those of %s", known, model)
                        self._store.set_model(model)
                    self._index = Index(self._store, model)
            self.make_vectors()
        return self._index

    def get_any(self) -> Index:
        """The index; without a model, one in which words and metadata can be searched."""
        try:
            return self.get()
        except EmbeddingError:
            with self._lock:
                if self._index_without_model is None:
                    self._index_without_model = Index(self._store, self._store.model() or _NO_MODEL)
                return self._index_without_model

    def make_vectors(self) -> None:
        """Start making the vectors that are missing: after a change of model, or where plain mem0 wrote."""
        with self._lock:
            if self._index is not None and not self.busy() and self._store.without_vector(1):
                self._reembedding = Reembedding(self._store, self._embedder)
                self._reembedding.start()

    def busy(self) -> bool:
        """Whether vectors are being made."""
        return self._reembedding is not None and self._reembedding.running()

    def progress(self) -> Json | None:
        """How far the making of vectors is, see Reembedding.progress; None if none were missing."""
        return None if self._reembedding is None else self._reembedding.progress()

    def status(self) -> tuple[Json, Ages | None]:
        """Facts for people about the index, and the ages of all its bullets if it is complete."""
        index = self.get()
        view = index.view(_PATIENCE)
        ages = None
        if view.complete:
            created, recalled, count = view.ages
            ages = Ages(created[view.alive], recalled[view.alive], count[view.alive])
        status: Json = {
            "bullets": len(index),
            "seq": index.seq,
            "without_vector": view.missing_vectors,
            "complete": view.complete,
        }
        return status, ages

    def stop(self) -> None:
        """Stop making vectors, and give up a load that is under way."""
        if self._reembedding is not None:
            self._reembedding.stop()
        if self._index is not None:
            self._index.stop()
