"""Makes new vectors in the background when the model has changed; vectors of two models are never mixed.

Every batch is stored when it is done, and the rows that are left are found by the model of their vector. So
a process that dies, or several that run at once, lose nothing and repeat one batch at most.
"""

from __future__ import annotations

import logging
import threading

from memorus_proto.errors import MemorusError

from ..knowledge.embed import Embedder
from ..knowledge.index import embed_texts
from ..knowledge.store import Store
from ..requests import Json

__all__ = ["Reembedding"]

logger = logging.getLogger(__name__)

_BATCH = 32


class Reembedding:
    """One run over all bullets that have no vector of the present model."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._stop = threading.Event()
        self._done = 0
        self._error: str | None = None
        self._thread = threading.Thread(target=self._run, name="reembedding", daemon=True)

    def start(self) -> None:
        """Start the thread that does the work."""
        self._thread.start()

    def stop(self) -> None:
        """Stop after the batch under way, and wait for that."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def running(self) -> bool:
        """Whether the work is still going on."""
        return self._thread.is_alive()

    def progress(self) -> Json:
        """`done` bullets so far, `running`, and the `error` that ended it, if any."""
        return {"done": self._done, "running": self.running(), "error": self._error}

    def _run(self) -> None:
        try:
            model = self._embedder.model
            while not self._stop.is_set() and (waiting := self._store.without_vector(_BATCH)):
                embedded = embed_texts(self._embedder, [bullet.text for bullet in waiting])
                rows = [(b.id, b.hash, e.vector, e.passages) for b, e in zip(waiting, embedded, strict=True)]
                self._done += self._store.set_vectors(rows, model)
            logger.info("made %d new vectors", self._done)
        except MemorusError as error:
            # Searches go on in degraded mode, and status says why; the next start tries again.
            self._error = str(error)
            logger.error("making new vectors ended: %s", error)
