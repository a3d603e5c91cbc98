"""The engine: the one object behind the daemon and the in-process mode. Synchronous, thread-safe."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from memorus_proto.errors import EmbeddingError, InvalidRequest, MemorusError, NotFound

from ..knowledge.bullet import utc_now
from ..knowledge.embed import Embedder, Vectors
from ..knowledge.index import Index
from ..knowledge.selection import Selection
from ..knowledge.store import Store, Transaction
from .ingest import ingest
from .recall import recall
from .reembed import Reembedding
from .views import as_history, as_memory

__all__ = ["Engine"]

logger = logging.getLogger(__name__)

Cancelled = Callable[[], bool]

_PAGE = 1_000
"""Memories in one answer of get_all that names no limit."""


class Engine:
    """Store, embedder and index, and what can be done with them.

    Every method takes the parameters of its wire method (see memorus_proto.methods), validated and
    redacted: nothing in here sees what the caller's secrets were.
    Writes return once they are on disk; `cancelled()` is asked up to that point.
    """

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._index: Index | None = None
        self._reembedding: Reembedding | None = None
        self._lock = threading.Lock()

    @property
    def store_id(self) -> str:
        """The store's own random id."""
        return self._store.store_id

    def load(self) -> None:
        """Load the model and the index now, so that the first call need not.

        Without a model this is no error: what needs none still works, and the rest says why not.
        """
        try:
            self._ready().catch_up()
        except EmbeddingError as error:
            logger.warning("no embedder: %s", error)

    def add(self, params: Mapping[str, Any], redactions: int, cancelled: Cancelled) -> dict[str, Any]:
        """Keep an interaction, from which `redactions` secrets were taken. See ingest."""
        self._ready()
        return ingest(params, redactions, self._store, self._embedder, cancelled)

    def search(self, params: Mapping[str, Any], default_limit: int) -> dict[str, Any]:
        """Answer a question. See recall."""
        index = self._ready()
        limit = params["limit"] or default_limit
        return recall(params, _selection(params), limit, self._store, index, self._embedder)

    def get(self, params: Mapping[str, Any]) -> dict[str, Any] | None:
        """One memory, or None."""
        bullet = self._store.get(params["memory_id"])
        return None if bullet is None else as_memory(bullet)

    def get_all(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Up to `limit` (else 1,000) memories, newest first, from `after` on; `next` is None at the end."""
        size = params["limit"] or _PAGE
        bullets, following = self._store.page(_selection(params), params["after"], size)
        return {"results": [as_memory(bullet) for bullet in bullets], "next": following}

    def update(self, params: Mapping[str, Any], cancelled: Cancelled) -> dict[str, Any]:
        """Change the text, and merge `metadata` into what is there. Raises NotFound."""
        bullet_id, text, metadata = params["memory_id"], params["text"], params["metadata"]
        if text is None and metadata is None:
            raise InvalidRequest("update needs text or metadata; give at least one")
        vector: Vectors | None = None
        if text is not None:
            text = text.strip()
            self._ready()
            vector = self._embedder.embed([text])[0]

        def work(transaction: Transaction) -> dict[str, Any]:
            stored = transaction.get(bullet_id)
            if stored is None:
                raise _unknown(bullet_id)
            old = stored.bullet
            new = replace(
                old,
                text=old.text if text is None else text,
                metadata={**old.metadata, **(metadata or {})},
                updated_at=max(utc_now(), old.updated_at),
            )
            transaction.put(new, vector, "UPDATE")
            return {"message": "Memory updated successfully!"}

        return self._write(work, params, cancelled)

    def delete(self, params: Mapping[str, Any], cancelled: Cancelled) -> dict[str, Any]:
        """Forget one memory; its history stays. Raises NotFound."""

        def work(transaction: Transaction) -> dict[str, Any]:
            if transaction.get(params["memory_id"]) is None:
                raise _unknown(params["memory_id"])
            transaction.delete(params["memory_id"])
            return {"message": "Memory deleted successfully!"}

        return self._write(work, params, cancelled)

    def delete_all(self, params: Mapping[str, Any], cancelled: Cancelled) -> dict[str, Any]:
        """Forget all that the owner ids and scope select; their histories stay."""
        chosen = {key: params[key] for key in ("user_id", "agent_id", "run_id", "scope")}
        if not any(chosen.values()):
            raise InvalidRequest(
                "delete_all needs user_id, agent_id, run_id or scope; to delete everything, use reset()"
            )

        def work(transaction: Transaction) -> dict[str, Any]:
            # Exactly what was named: a project's scope reads `global` too, but must not delete it.
            count = transaction.delete_where(chosen)
            return {"message": "Memories deleted successfully!", "deleted": count}

        return self._write(work, params, cancelled)

    def history(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Every change of one memory, oldest first; empty for an id that never was."""
        return [as_history(change) for change in self._store.history(params["memory_id"])]

    def reset(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Remove everything for good."""
        self._store.reset(params["request_id"])
        return {"message": "All memories were removed for good."}

    def status(self) -> dict[str, Any]:
        """Facts about the store, the embedder and the index, for people."""
        embedder: dict[str, Any]
        try:
            model = self._embedder.model
            embedder = {"model": model.name, "revision": model.revision, "dimensions": model.dimensions}
            index = self._ready()
            index.catch_up()
            indexed = {"bullets": len(index), "seq": index.seq, "without_vector": index.missing_vectors()}
        except EmbeddingError as error:
            embedder, indexed = {"error": error.message}, {}
        return {
            "memories": self._store.count(),
            "store": self._store.status(),
            "embedder": embedder,
            "index": indexed,
            "reembedding": self._reembedding.progress() if self._reembedding else None,
        }

    def busy(self) -> bool:
        """Whether work goes on in the background."""
        return self._reembedding is not None and self._reembedding.running()

    def close(self) -> None:
        """Stop background work, flush, and let go of store and model."""
        if self._reembedding is not None:
            self._reembedding.stop()
        self._embedder.close()
        self._store.close()

    def _ready(self) -> Index:
        """The index, made on first use, because it needs to know the model."""
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
                    if self._index.missing_vectors():
                        self._reembedding = Reembedding(self._store, self._embedder)
                        self._reembedding.start()
        return self._index

    def _write(
        self, work: Callable[[Transaction], dict[str, Any]], params: Mapping[str, Any], cancelled: Cancelled
    ) -> dict[str, Any]:
        answer: dict[str, Any] = self._store.write(work, request_id=params["request_id"], cancelled=cancelled)
        return answer


def _selection(params: Mapping[str, Any]) -> Selection:
    """Owner ids may come as arguments (mem0 1.x) or in `filters` (mem0 2.x), but must not differ."""
    filters = dict(params["filters"] or {})
    owners = {}
    for key in ("user_id", "agent_id", "run_id"):
        value, filtered = params[key], filters.pop(key, None)
        if value is not None and filtered is not None and value != filtered:
            raise InvalidRequest(
                f"{key} is {value!r} as an argument but {filtered!r} in filters; give it once"
            )
        owners[key] = value if value is not None else filtered
    return Selection(
        **owners, scope=params["scope"], type=params["type"], section=params["section"], metadata=filters
    )


def _unknown(bullet_id: str) -> MemorusError:
    return NotFound(f"Memory with id {bullet_id} not found", data={"memory_id": bullet_id})
