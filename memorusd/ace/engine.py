"""The engine: the one object behind the daemon and the in-process mode. Synchronous, thread-safe."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from memorus_proto.errors import EmbeddingError, InvalidRequest, StoreError

from ..knowledge.ages import Ages
from ..knowledge.bullet import Bullet, utc_now
from ..knowledge.embed import Embedder, ModelId
from ..knowledge.index import Index, embed_texts
from ..knowledge.selection import Selection
from ..knowledge.store import Store
from . import mutations
from .changes import follow
from .curator import find_conflicts
from .ingest import Ingest, IngestOptions, queued
from .options import CuratorSettings, DecaySettings, RetrievalSettings
from .query_cache import Recent
from .recall import recall
from .reembed import Reembedding
from .reflector import Reflector, RuleReflector
from .reinforce import Reinforcement
from .resolution import resolve, settled
from .serializers import as_conflict, as_fading, as_history
from .stats import census, weights
from .sweep import sweep
from .task_queue import TaskQueue
from .transfer import export_page, import_entries

__all__ = ["Engine"]

logger = logging.getLogger(__name__)

Cancelled = Callable[[], bool]

_PAGE = 1_000
"""Memories in one answer of get_all or export that names no limit."""
_SWEPT = "swept_at"
_PRESENTED = ("settings", "context")
"""Parameters of a search that do not shape what is found."""
_NO_MODEL = ModelId("none", "none", 1)
_PATIENCE = 1.0
"""Seconds that a status waits for an index that is being loaded."""
_CONFLICTS = 100
"""Conflicts in one answer that names no limit."""


class Engine:
    """Store, embedder and index, and what can be done with them.

    Every method takes the parameters of its wire method (see memorus_proto.methods), validated and
    redacted: nothing in here sees what the caller's secrets were.
    Writes return once they are on disk; `cancelled()` is asked up to that point.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        decay: DecaySettings | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._decay = decay or DecaySettings()
        self._clock = clock
        self._reinforcement = Reinforcement(store, clock)
        self._recent = Recent(clock)
        self._embedder = embedder
        self._ingest = Ingest(store, embedder, Reflector(RuleReflector()), self._ready)
        self._tasks = TaskQueue()
        self._index: Index | None = None
        self._without_model: Index | None = None
        self._reembedding: Reembedding | None = None
        self._lock = threading.Lock()

    @property
    def store_id(self) -> str:
        """The store's own random id."""
        return self._store.store_id

    def load(self, options: IngestOptions, loaded: Callable[[], None] | None = None) -> None:
        """Load the model and the index now, so that the first call need not; then see to what was left over.

        With `loaded` the index is loaded in the background, and `loaded` is called after that.
        `options` is how interactions are treated that a process which is gone has left in the inbox.
        Without a model this is no error: what needs none still works, and the rest says why not.
        """
        try:
            index = self._ready()
            if loaded is None:
                index.catch_up()
            else:
                index.load_in_background(loaded)
        except EmbeddingError as error:
            logger.warning("no embedder: %s", error)
            return
        left = self._store.take_over()
        if left:
            logger.info("%d interactions were left in the inbox", len(left))
        for entry in left:
            self._tasks.put(partial(self._ingest.left_over, entry, options))

    def add(
        self, params: Mapping[str, Any], redactions: int, options: IngestOptions, cancelled: Cancelled
    ) -> dict[str, Any]:
        """Keep an interaction, from which `redactions` secrets were taken. See Ingest.

        With `wait` false it returns once the interaction is in the inbox.
        """
        self._ready()
        if params["wait"] is not False:
            return self._ingest.add(params, redactions, options, cancelled)
        call = self._ingest.accept(params, redactions)
        self._tasks.put(partial(self._ingest.digest, call, options, lambda: False))
        return queued(redactions)

    def import_entries(
        self, entries: list[dict[str, Any]], params: Mapping[str, Any], settings: CuratorSettings
    ) -> dict[str, Any]:
        """Keep entries of an export. See transfer."""
        index = self._ready()
        return import_entries(
            entries, params["since"], self._store, index, self._embedder, settings, params["request_id"]
        )

    def export(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """A page of all there is, every field of it. See transfer."""
        return export_page(self._store, _selection(params), params["after"], params["limit"] or _PAGE)

    def detect_conflicts(self, params: Mapping[str, Any], settings: CuratorSettings) -> dict[str, Any]:
        """Pairs of memories under the same owner and scope that contradict each other, likeliest first."""
        limit = params["limit"] or _CONFLICTS
        known = partial(settled, self._store)
        found = find_conflicts(self._store, _selection(params), settings, limit, known)
        return {"results": [as_conflict(conflict) for conflict in found]}

    def search(self, params: Mapping[str, Any], settings: RetrievalSettings) -> dict[str, Any]:
        """Answer a question, and count what was given. See recall."""
        key = (settings, repr([(name, value) for name, value in params.items() if name not in _PRESENTED]))
        seq = self._store.refresh()
        found: dict[str, Any] | None = self._recent.get(key, seq)
        if found is None:
            found = recall(
                params,
                _selection(params),
                params["limit"] or settings.max_results,
                self._store,
                self._searchable(),
                self._embedder,
                settings,
                self._decay,
            )
            if found["ace_search"]["mode"] == "full":
                self._recent.put(key, seq, found)
        if found["ace_search"]["mode"] == "degraded":
            self._make_vectors()
        self._reinforcement.recalled(result["id"] for result in found["results"])
        return found

    def get(self, params: Mapping[str, Any]) -> dict[str, Any] | None:
        """One memory, or None."""
        bullet = self._store.get(params["memory_id"])
        return None if bullet is None else self._fading([bullet])[0]

    def get_all(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Up to `limit` (else 1,000) memories, newest first, from `after` on; `next` is None at the end."""
        size = params["limit"] or _PAGE
        archived = bool(params["archived"])
        bullets, following = self._store.page(_selection(params), params["after"], size, archived)
        return {"results": self._fading(bullets), "next": following}

    def update(self, params: Mapping[str, Any], cancelled: Cancelled) -> dict[str, Any]:
        """Change the text, and merge `metadata` into what is there. Raises NotFound."""
        text, made = params["text"], None
        if text is not None:
            self._ready()
            made = embed_texts(self._embedder, [text.strip()])[0]
        return self._write(mutations.update(params, made), params, cancelled)

    def delete(self, params: Mapping[str, Any], cancelled: Cancelled) -> dict[str, Any]:
        """Forget one memory; its history stays. Raises NotFound."""
        return self._write(mutations.delete(params), params, cancelled)

    def delete_all(self, params: Mapping[str, Any], cancelled: Cancelled) -> dict[str, Any]:
        """Forget all that the owner ids and scope select; their histories stay."""
        return self._write(mutations.delete_all(params), params, cancelled)

    def restore(self, params: Mapping[str, Any], cancelled: Cancelled) -> dict[str, Any]:
        """Bring an archived memory back, as fresh as if it had just been recalled. Raises NotFound."""
        return self._write(mutations.restore(params, self._clock()), params, cancelled)

    def sweep(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Archive what has faded. See sweep.sweep."""
        self._reinforcement.flush()
        self._store.reconcile()
        self._make_vectors()
        counts = sweep(self._store, self._clock(), self._decay, dry_run=bool(params["dry_run"]))
        if not params["dry_run"]:
            self._store.set_meta(_SWEPT, self._clock().isoformat())
        return dict(counts)

    def rest(self) -> None:
        """Called when there is nothing to do and when the engine is about to be closed: sweep, once a day."""
        if not self._decay.sweep_on_session_end:
            return
        last, now = self._store.get_meta(_SWEPT), self._clock()
        # A clock that was set back must not keep the sweep from ever coming again.
        if last is None or abs(now - datetime.fromisoformat(last)) >= timedelta(days=1):
            counts = self.sweep({"dry_run": False})
            logger.info("swept: %s", counts)

    def resolve(self, params: Mapping[str, Any], cancelled: Cancelled) -> dict[str, Any]:
        """Settle a contradiction. See settle.resolve. Raises NotFound."""

        def embedder() -> Embedder:
            self._ready()
            return self._embedder

        return resolve(params, self._store, embedder, cancelled)

    def changes(self, params: Mapping[str, Any], cancelled: Cancelled) -> dict[str, Any]:
        """What has happened since `since`, or will within `wait` seconds. See changes.follow."""
        limit, wait = params["limit"] or _PAGE, params["wait"] or 0.0
        return follow(self._store, _selection(params), params["since"], limit, wait, cancelled)

    def history(self, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Every change of one memory, oldest first; empty for an id that never was."""
        return [as_history(change) for change in self._store.history(params["memory_id"])]

    def reset(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Remove everything for good."""
        self._store.reset(params["request_id"])
        return {"message": "All memories were removed for good."}

    def status(self) -> dict[str, Any]:
        """Facts about the memories, the store, the embedder and the index, for people.

        Of a server that cannot be reached (`store.reachable`) they are as of the last time that it could.
        """
        embedder: dict[str, Any]
        indexed: dict[str, Any]
        ages: Ages | None = None
        try:
            model = self._embedder.model
            embedder = {"model": model.name, "revision": model.revision, "dimensions": model.dimensions}
            index = self._ready()
            view = index.view(_PATIENCE)
            if view.complete:
                created, recalled, count = view.ages
                ages = Ages(created[view.alive], recalled[view.alive], count[view.alive])
            indexed = {
                "bullets": len(index),
                "seq": index.seq,
                "without_vector": view.missing_vectors,
                "complete": view.complete,
            }
        except EmbeddingError as error:
            embedder, indexed = {"error": error.message}, {}
        except StoreError as error:
            indexed = {"error": error.message}
        try:
            if ages is None:
                _, ages = self._store.ages()
        except StoreError:
            ages = Ages.of_rows(())
        return {
            **census(self._store, ages, self._clock(), self._decay),
            "store": self._store.status(),
            "embedder": embedder,
            "index": indexed,
            "reembedding": self._reembedding.progress() if self._reembedding else None,
            "inbox": {"waiting": len(self._tasks)},
        }

    def busy(self) -> bool:
        """Whether work goes on in the background."""
        return len(self._tasks) > 0 or (self._reembedding is not None and self._reembedding.running())

    def close(self) -> None:
        """Stop background work, flush, and let go of store and model."""
        self._tasks.stop()
        self._reinforcement.flush()
        if self._reembedding is not None:
            self._reembedding.stop()
        if self._index is not None:
            self._index.stop()
        self._embedder.close()
        self._store.close()

    def _searchable(self) -> Index:
        """The index; without a model one that words and metadata can be searched in."""
        try:
            return self._ready()
        except EmbeddingError:
            with self._lock:
                if self._without_model is None:
                    self._without_model = Index(self._store, self._store.model() or _NO_MODEL)
                return self._without_model

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
            self._make_vectors()
        return self._index

    def _make_vectors(self) -> None:
        """Have those made that are missing: of another model's bullets, and of what plain mem0 wrote."""
        with self._lock:
            at_work = self._reembedding is not None and self._reembedding.running()
            if self._index is not None and not at_work and self._store.without_vector(1):
                self._reembedding = Reembedding(self._store, self._embedder)
                self._reembedding.start()

    def _fading(self, bullets: list[Bullet]) -> list[dict[str, Any]]:
        found = weights(bullets, self._clock(), self._decay)
        return [as_fading(bullet, weight) for bullet, weight in zip(bullets, found, strict=True)]

    def _write(self, work: mutations.Edit, params: Mapping[str, Any], cancelled: Cancelled) -> dict[str, Any]:
        answer: dict[str, Any] = self._store.write(work, request_id=params["request_id"], cancelled=cancelled)
        return answer


def _selection(params: Mapping[str, Any]) -> Selection:
    """Owner ids may come as arguments (mem0 1.x) or in `filters` (mem0 2.x), but must not differ."""
    filters = dict(params.get("filters") or {})
    owners = {}
    for key in ("user_id", "agent_id", "run_id"):
        value, filtered = params[key], filters.pop(key, None)
        if value is not None and filtered is not None and value != filtered:
            raise InvalidRequest(
                f"{key} is {value!r} as an argument but {filtered!r} in filters; give it once"
            )
        owners[key] = value if value is not None else filtered
    return Selection(
        **owners,
        scope=params["scope"],
        type=params.get("type"),
        section=params.get("section"),
        metadata=filters,
    )
