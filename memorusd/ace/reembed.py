"""Makes vectors anew when the model has changed: in the background, resumable, never mixing.

Every batch is stored as it is done, and rows that wait are found by the model their vector has,
so a process that dies or several at once lose nothing and only repeat what was under way.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from memorus_proto.errors import MemorusError

from ..knowledge.embed import Embedder
from ..knowledge.index import embed_texts
from ..knowledge.store import Store

__all__ = ["Reembedding"]

logger = logging.getLogger(__name__)

_BATCH = 32


class Reembedding:
    """One run over all bullets whose vector is missing."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._stop = threading.Event()
        self._done = 0
        self._error: str | None = None
        self._thread = threading.Thread(target=self._run, name="reembedding", daemon=True)

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End after the batch under way."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def running(self) -> bool:
        """Whether it is still at work."""
        return self._thread.is_alive()

    def progress(self) -> dict[str, Any]:
        """`done` bullets so far, `running`, and the `error` that ended it, if any."""
        return {"done": self._done, "running": self.running(), "error": self._error}

    def _run(self) -> None:
        try:
            model = self._embedder.model
            while not self._stop.is_set() and (waiting := self._store.without_vector(_BATCH)):
                made = embed_texts(self._embedder, [bullet.text for bullet in waiting])
                rows = [(b.id, b.hash, m.vector, m.passages) for b, m in zip(waiting, made, strict=True)]
                self._done += self._store.set_vectors(rows, model)
            logger.info("made %d vectors anew", self._done)
        except MemorusError as error:
            # Searches go on in degraded mode and status says why; the next start tries again.
            self._error = error.message
            logger.error("making vectors anew ended: %s", error)
