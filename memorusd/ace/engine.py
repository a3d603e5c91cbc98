"""The engine: the one object behind the daemon and the in-process mode. Synchronous, thread-safe."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import partial

from memorus_proto.errors import EmbeddingError, InvalidRequest, StoreError

from ..knowledge.ages import Ages
from ..knowledge.bullet import OWNERS, PRIVATE, Bullet, utc_now
from ..knowledge.embed import Embedder
from ..knowledge.index import embed_texts
from ..knowledge.selection import Selection
from ..knowledge.store import Store
from ..requests import (
    AddRequest,
    ChangesRequest,
    DeleteAllRequest,
    DeleteRequest,
    DetectConflictsRequest,
    ExportRequest,
    FilteringRequest,
    GetAllRequest,
    GetRequest,
    HistoryRequest,
    ImportRequest,
    Json,
    OwnedRequest,
    ResetRequest,
    ResolveRequest,
    RestoreRequest,
    SearchRequest,
    SelectingRequest,
    StatusRequest,
    UpdateRequest,
)
from . import mutations
from .changes import follow_changes
from .curator import find_conflicts
from .index_provider import IndexProvider
from .ingest import Ingest, IngestOptions, IsCancelled, queued_answer
from .options import CuratorSettings, DecaySettings, RetrievalSettings
from .query_cache import QueryCache
from .recall import Recall
from .reflector import Reflector, RuleReflector
from .reinforce import Reinforcement
from .resolution import is_resolved, resolve
from .serializers import as_conflict, as_history_row, as_weighted_memory
from .stats import decay_weights, memory_stats
from .sweep import sweep
from .task_queue import TaskQueue
from .transfer import export_page, import_entries

__all__ = ["Engine"]

logger = logging.getLogger(__name__)


_PAGE = 1_000
"""Memories in one answer of get_all or export, and entries in one of changes, without a limit."""
_MAX_CONFLICTS = 100
"""Conflicts in one answer without a limit."""
_SWEPT_AT = "swept_at"
_CACHED_BY = tuple(f.name for f in fields(SearchRequest) if f.name not in ("settings", "context"))
"""What of a search shapes its results; the others shape how they are presented."""


class Engine:
    """Store, embedder and index, and what can be done with them.

    A method takes the request of its wire method, validated and redacted, so the engine never sees a
    caller's secrets, and returns the result that SPEC.md describes under "Results". Writes return once they
    are on disk; `cancelled()` is polled up to that point, and Cancelled is raised if it is true. Every method
    raises StoreError when the store cannot do its part, and those that need a vector raise EmbeddingError
    when none can be had.
    """

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        decay: DecaySettings | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._decay = decay or DecaySettings()
        self._clock = clock
        self._index = IndexProvider(store, embedder)
        self._ingest = Ingest(store, embedder, Reflector(RuleReflector()), self._index.get)
        self._recall = Recall(store, embedder, self._decay)
        self._reinforcement = Reinforcement(store, clock)
        self._cache = QueryCache(clock)
        self._tasks = TaskQueue()

    @property
    def store_id(self) -> str:
        """The store's own random id."""
        return self._store.store_id

    def load(self, options: IngestOptions, loaded: Callable[[], None] | None = None) -> None:
        """Load the model and the index, then process what was left in the inbox.

        With `loaded`, the index is loaded in a background thread that calls `loaded` at the end. `options`
        apply to interactions that a process which has died left in the inbox. A missing model is only
        logged: what needs none still works.
        """
        try:
            index = self._index.get()
            if loaded is None:
                index.catch_up()
            else:
                index.load_in_background(loaded)
        except EmbeddingError as error:
            logger.warning("no embedder: %s", error)
            return
        entries = self._store.take_over()
        if entries:
            logger.info("%d interactions were left in the inbox", len(entries))
        for entry in entries:
            self._tasks.put(partial(self._ingest.resume, entry, options))

    def add(
        self, request: AddRequest, redactions: int, options: IngestOptions, cancelled: IsCancelled
    ) -> Json:
        """Keep an interaction, from which `redactions` secrets were taken: an `add_result`. See Ingest.add.

        With `wait` false, it returns once the interaction is in the inbox.

        Raises:
            InvalidRequest: it is to be private, but to nobody.
        """
        if request.scope == PRIVATE and not any(getattr(request, name) for name in OWNERS):
            raise InvalidRequest(
                "a private memory needs an owner", remedy="give user_id, agent_id or run_id, or no scope"
            )
        self._index.get()
        if request.wait is not False:
            return self._ingest.add(request, redactions, options, cancelled)
        interaction = self._ingest.accept(request, redactions)
        self._tasks.put(partial(self._ingest.process, interaction, options, lambda: False))
        return queued_answer(redactions)

    def import_entries(
        self, entries: Sequence[Json], request: ImportRequest, settings: CuratorSettings
    ) -> Json:
        """Keep checked and redacted `entries` of an export; returns counts. See transfer.import_entries."""
        index = self._index.get()
        return import_entries(entries, request, self._store, index, self._embedder, settings)

    def export(self, request: ExportRequest) -> Json:
        """A page of memories with every field: `{"entries": [...], "next"}`. See transfer.export_page."""
        return export_page(self._store, _selection(request), request.after, request.limit or _PAGE)

    def detect_conflicts(self, request: DetectConflictsRequest, settings: CuratorSettings) -> Json:
        """Pairs of memories that contradict each other, the most similar first: `{"results": [...]}`.

        Memories of one shared scope are compared, and private ones of the same owner.
        """
        conflicts = find_conflicts(
            self._store,
            _selection(request),
            settings,
            request.limit or _MAX_CONFLICTS,
            partial(is_resolved, self._store),
        )
        return {"results": [as_conflict(conflict) for conflict in conflicts]}

    def search(self, request: SearchRequest, settings: RetrievalSettings) -> Json:
        """Answer a question, and count the results as recalled: a `search_result`. See Recall.answer.

        A missing model makes the mode `degraded`; it is not an error.

        Raises:
            InvalidRequest: the filters are wrong, or differ from an owner argument.
        """
        seq = self._store.refresh()
        key = (settings, repr([getattr(request, name) for name in _CACHED_BY]))
        answer = self._cache.get(key, seq)
        if answer is None:
            selection = _selection(request, settings)
            answer = self._recall.answer(request, selection, self._index.get_any(), settings, seq)
            if answer["ace_search"]["mode"] == "full":
                self._cache.put(key, seq, answer)
        if answer["ace_search"]["mode"] == "degraded":
            self._index.make_vectors()
        self._reinforcement.recalled(result["id"] for result in answer["results"])
        return answer

    def get(self, request: GetRequest) -> Json | None:
        """One memory with its decay weight, or None."""
        bullet = self._store.get(request.memory_id)
        return None if bullet is None else self._weighted([bullet])[0]

    def get_all(self, request: GetAllRequest, settings: RetrievalSettings) -> Json:
        """A page of memories, newest first: `{"results": [...], "next"}`; `next` is None at the end.

        Raises:
            InvalidRequest: the cursor or the filters are wrong.
        """
        size, archived = request.limit or _PAGE, bool(request.archived)
        selection = _selection(request, settings)
        bullets, following = self._store.page(selection, request.after, size, archived)
        return {"results": self._weighted(bullets), "next": following}

    def update(self, request: UpdateRequest, cancelled: IsCancelled) -> Json:
        """Change the text, and merge `metadata` into what is there: `{"message"}`.

        Raises:
            InvalidRequest: there is neither text nor metadata.
            NotFound: there is no such memory.
        """
        embedded = None
        if request.text is not None:
            self._index.get()
            embedded = embed_texts(self._embedder, [request.text.strip()])[0]
        return self._write(mutations.update(request, embedded), request.request_id, cancelled)

    def delete(self, request: DeleteRequest, cancelled: IsCancelled) -> Json:
        """Forget one memory: `{"message"}`; its history stays. Raises NotFound."""
        return self._write(mutations.delete(request), request.request_id, cancelled)

    def delete_all(self, request: DeleteAllRequest, cancelled: IsCancelled) -> Json:
        """Forget what the owners and the scope name: `{"message", "deleted", "shared"}`; histories stay.

        Raises:
            InvalidRequest: neither an owner nor a scope is named.
        """
        return self._write(mutations.delete_all(request), request.request_id, cancelled)

    def restore(self, request: RestoreRequest, cancelled: IsCancelled) -> Json:
        """Bring an archived memory back, as if it had just been recalled: `{"message"}`. Raises NotFound."""
        return self._write(mutations.restore(request, self._clock()), request.request_id, cancelled)

    def sweep(self, *, dry_run: bool = False) -> Json:
        """Archive what has faded; returns counts. See sweep.sweep."""
        self._reinforcement.flush()
        self._store.reconcile()
        self._index.make_vectors()
        counts = sweep(self._store, self._clock(), self._decay, dry_run=dry_run)
        if not dry_run:
            self._store.set_meta(_SWEPT_AT, self._clock().isoformat())
        return dict(counts)

    def run_idle_work(self) -> None:
        """Sweep, at most once a day. To be called when there are no calls, and before `close`."""
        if not self._decay.sweep_on_session_end:
            return
        last, now = self._store.get_meta(_SWEPT_AT), self._clock()
        # abs(), because a clock that was set back must not prevent the sweep for ever.
        if last is None or abs(now - datetime.fromisoformat(last)) >= timedelta(days=1):
            counts = self.sweep()
            logger.info("swept: %s", counts)

    def resolve(self, request: ResolveRequest, cancelled: IsCancelled) -> Json:
        """Resolve a contradiction: `{"message", "kept", "deleted", "memory"}`. See resolution.resolve."""

        def embedder() -> Embedder:
            self._index.get()
            return self._embedder

        return resolve(request, self._store, embedder, cancelled)

    def changes(self, request: ChangesRequest, cancelled: IsCancelled) -> Json:
        """What has changed since `since`, or does within `wait` seconds. See changes.follow_changes."""
        limit, wait = request.limit or _PAGE, request.wait or 0.0
        return follow_changes(self._store, _selection(request), request.since, limit, wait, cancelled)

    def history(self, request: HistoryRequest) -> list[Json]:
        """Every change of one memory, oldest first; empty for an unknown id."""
        return [as_history_row(change) for change in self._store.history(request.memory_id)]

    def reset(self, request: ResetRequest) -> Json:
        """Remove everything for good: `{"message"}`."""
        self._store.reset(request.request_id)
        return {"message": "All memories were removed for good."}

    def status(self, request: StatusRequest) -> Json:
        """Facts for people about the memories that are named, the store, the embedder and the index.

        If a server cannot be reached (`store.reachable`), they are as of the last time it could.
        """
        ages: Ages | None = None
        embedder: Json
        indexed: Json
        try:
            model = self._embedder.model
            embedder = {"model": model.name, "revision": model.revision, "dimensions": model.dimensions}
            indexed, ages = self._index.status()
        except EmbeddingError as error:
            embedder, indexed = {"error": str(error)}, {}
        except StoreError as error:
            indexed = {"error": str(error)}
        selection = _selection(request)
        try:
            if ages is None or selection != Selection(shared=False):
                ages = self._store.selected_ages(selection)
        except StoreError:
            ages = Ages.of_rows(())
        return {
            **memory_stats(self._store, selection, ages, self._clock(), self._decay),
            "store": self._store.status(),
            "embedder": embedder,
            "index": indexed,
            "reembedding": self._index.progress(),
            "inbox": {"waiting": len(self._tasks)},
        }

    def busy(self) -> bool:
        """Whether background work is going on."""
        return len(self._tasks) > 0 or self._index.busy()

    def close(self) -> None:
        """Stop background work, flush, and close the store and the model."""
        self._tasks.stop()
        self._reinforcement.flush()
        self._index.stop()
        self._embedder.close()
        self._store.close()

    def _weighted(self, bullets: list[Bullet]) -> list[Json]:
        weights = decay_weights(bullets, self._clock(), self._decay)
        return [as_weighted_memory(bullet, weight) for bullet, weight in zip(bullets, weights, strict=True)]

    def _write(self, work: mutations.Mutation, request_id: str | None, cancelled: IsCancelled) -> Json:
        answer: Json = self._store.write(work, request_id=request_id, cancelled=cancelled)
        return answer


def _selection(request: OwnedRequest, settings: RetrievalSettings | None = None) -> Selection:
    """What the request names: exactly that, unless it is a question that sees what is shared too.

    Owner ids may be arguments (mem0 1.x) or in `filters` (mem0 2.x), but must not differ.
    """
    shared = settings is not None and settings.shared
    if isinstance(request, FilteringRequest) and request.shared is not None:
        shared = request.shared
    filters = dict(request.filters or {}) if isinstance(request, FilteringRequest) else {}
    owners: dict[str, str | None] = {}
    for name in OWNERS:
        value, filtered = getattr(request, name), filters.pop(name, None)
        if value is not None and filtered is not None and value != filtered:
            raise InvalidRequest(
                f"{name} is {value!r} as an argument but {filtered!r} in filters", remedy="give it once"
            )
        owners[name] = value if value is not None else filtered
    return Selection(
        **owners,
        scope=request.scope,
        type=request.type if isinstance(request, SelectingRequest) else None,
        section=request.section if isinstance(request, SelectingRequest) else None,
        filters=filters,
        shared=shared,
    )
