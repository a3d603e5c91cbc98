"""The service: validates, redacts and answers every `memory.*` call, for both transports alike."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

import msgpack

from memorus_proto.errors import ConfigError, InvalidRequest, MemorusError
from memorus_proto.methods import METHODS
from memorus_proto.paths import Paths

from . import requests
from .ace.context import render
from .ace.engine import Engine
from .ace.ingest import IngestOptions
from .ace.privacy import Redactor
from .ace.privacy.parameters import sanitise
from .ace.reflector import describe
from .factories import make_embedder, open_store
from .import_validation import check_entries
from .requests import CallRequest, ImportRequest, Json, SearchRequest, StatusRequest
from .settings.config import Settings
from .settings.provenance import settings_in_force
from .validation import validate_params

__all__ = ["Service", "open_service", "sanitise_request"]

logger = logging.getLogger(__name__)

_MAX_CALLERS = 256
"""Different settings of callers that are kept ready."""


class Service:
    """Answers calls. Thread-safe, and independent of sockets.

    `call` blocks, so the daemon calls it in worker threads.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._own = _Caller(settings)
        self._callers: dict[bytes, _Caller] = {}

    @property
    def store_id(self) -> str:
        """The store's own random id."""
        return self._engine.store_id

    def call(
        self, method: str, params: Mapping[str, object], cancelled: Callable[[], bool] = lambda: False
    ) -> Any:
        """The result of `method` (SPEC.md, "Results"), as values that msgpack can carry.

        Blocks until a write is on disk. `cancelled` is polled up to that point.

        Raises:
            MemorusError: one of its subclasses, see memorus_proto.errors.
        """
        request = validate_params(method, params)
        if not isinstance(request, CallRequest):
            raise InvalidRequest(f"only a daemon answers {method}", remedy="start one")
        caller = self._caller(request.settings)
        request, redactions = sanitise_request(request, caller.redactor)
        call = _Call(request, caller, redactions, cancelled)
        return self._write(call) if METHODS[method].mutates else self._read(call)

    def _read(self, call: _Call) -> object:
        engine, settings, request = self._engine, call.caller.settings, call.request
        match request:
            case requests.SearchRequest():
                return self._search(request, settings)
            case requests.GetRequest():
                return engine.get(request)
            case requests.GetAllRequest():
                return engine.get_all(request, settings.retrieval)
            case requests.DetectConflictsRequest():
                return engine.detect_conflicts(request, settings.curator)
            case requests.ChangesRequest():
                return engine.changes(request, call.cancelled)
            case requests.ExportRequest():
                return engine.export(request)
            case requests.HistoryRequest():
                return engine.history(request)
            case requests.StatusRequest():
                return self._status(request, call.caller)
        raise TypeError(f"nothing answers {type(request).__name__}")

    def _write(self, call: _Call) -> object:
        engine, caller, request, cancelled = self._engine, call.caller, call.request, call.cancelled
        match request:
            case requests.AddRequest():
                return engine.add(request, call.redactions, caller.options, cancelled)
            case requests.UpdateRequest():
                return engine.update(request, cancelled)
            case requests.DeleteRequest():
                return engine.delete(request, cancelled)
            case requests.DeleteAllRequest():
                return engine.delete_all(request, cancelled)
            case requests.ResolveRequest():
                return engine.resolve(request, cancelled)
            case requests.ImportRequest():
                return self._import(request, caller)
            case requests.SweepRequest():
                return engine.sweep(dry_run=bool(request.dry_run))
            case requests.RestoreRequest():
                return engine.restore(request, cancelled)
            case requests.ResetRequest():
                return engine.reset(request)
        raise TypeError(f"nothing answers {type(request).__name__}")

    def load(self, loaded: Callable[[], None] | None = None) -> None:
        """Load model and index, and process by rules what was left in the inbox. See Engine.load."""
        options = self._own.options
        rules = options.reflector.model_copy(update={"mode": "rules"})
        self._engine.load(replace(options, reflector=rules), loaded)

    def busy(self) -> bool:
        """Whether background work is going on."""
        return self._engine.busy()

    def run_idle_work(self) -> None:
        """Do what is to be done when there are no calls. See Engine.run_idle_work."""
        self._engine.run_idle_work()

    def reload(self, settings: Settings) -> None:
        """Use `settings` for the calls that follow, as far as they may change while running."""
        self._own = _Caller(settings)
        self._callers = {}

    def close(self) -> None:
        """Run idle work, flush, and close the store and the model."""
        try:
            self._engine.run_idle_work()
        except MemorusError as error:  # a full disk, for example; what is kept stays kept
            logger.warning("the sweep at the end failed: %s", error.code)
        self._engine.close()

    def _status(self, request: StatusRequest, caller: _Caller) -> Json:
        return {
            **self._engine.status(request),
            "reflector": describe(caller.settings.reflector_with_llm),
            "settings": settings_in_force(self._own.settings, caller.settings, caller.requested),
            "settings_ignored": caller.ignored,
        }

    def _search(self, request: SearchRequest, settings: Settings) -> Json:
        answer = self._engine.search(request, settings.retrieval)
        if request.context:
            answer["context"] = render(answer["results"], settings.integration.context_template)
        return answer

    def _import(self, request: ImportRequest, caller: _Caller) -> Json:
        entries, errors, redactions = check_entries(request.entries, request.first or 0, caller.redactor)
        counts = self._engine.import_entries(entries, request, caller.settings.curator)
        return {**counts, "errors": errors, "redactions": redactions}

    def _caller(self, settings: Json | None) -> _Caller:
        """The caller's settings over the daemon's, as far as a caller may choose them."""
        if not settings:
            return self._own
        key: bytes = msgpack.packb(settings, unicode_errors="surrogatepass")
        known = self._callers.get(key)
        if known is None:
            ours = self._own.settings
            theirs = ours.overridden_by(settings)
            refused, ignored = ours.differences(theirs)
            if refused:
                raise ConfigError(
                    f"the running daemon has other settings: {'; '.join(refused)}",
                    remedy="use those, or stop the daemon (memorusctl daemon stop) and start it with yours",
                    data={"differences": refused},
                )
            known = _Caller(theirs.with_privacy_of(ours), settings, ignored)
            if len(self._callers) >= _MAX_CALLERS:
                self._callers = {}
            self._callers[key] = known
        return known


class _Caller:
    """What is built once from the settings of one caller."""

    __slots__ = ("ignored", "options", "redactor", "requested", "settings")

    def __init__(
        self, settings: Settings, requested: Json | None = None, ignored: Sequence[str] = ()
    ) -> None:
        self.settings = settings
        self.requested: Json = requested or {}
        self.ignored = [*ignored]
        """A line for each setting of the daemon's that the caller would have otherwise."""
        self.redactor = redactor = Redactor(settings.privacy.custom_patterns, settings.privacy.sanitize_paths)
        self.options = IngestOptions(
            settings.reflector_with_llm, settings.curator, lambda text: redactor.redact(text).text
        )


class _Call(NamedTuple):
    """One call on its way to the engine."""

    request: CallRequest
    caller: _Caller
    redactions: int
    """How many secrets were taken out of the request."""
    cancelled: Callable[[], bool]


def sanitise_request(request: CallRequest, redactor: Redactor) -> tuple[CallRequest, int]:
    """`request` without secrets, and how many were taken out.

    Raises:
        MemorusError: a text could not be examined. Nothing of the call may be kept then.
    """
    given = {f.name: getattr(request, f.name) for f in fields(request) if f.name != "settings"}
    clean, count = sanitise(given, redactor)
    return (replace(request, **clean) if count else request), count


def open_service(paths: Paths, settings: Settings, loaded: Callable[[], None] | None = None) -> Service:
    """A service on the store of `paths`, with its model and index loaded.

    With `loaded`, the index is loaded in a background thread that calls `loaded` at the end. A process that
    forks may not want that thread.

    Raises:
        StoreError: the store cannot be opened or reached.
        ConfigError: a custom pattern is invalid, or a mem0 component is not installed.
    """
    embedder = make_embedder(paths, settings)
    engine = Engine(open_store(paths, settings, embedder), embedder, settings.decay)
    try:
        service = Service(engine, settings)
        service.load(loaded)
    except BaseException:
        engine.close()
        raise
    return service
