"""The service: every `memory.*` call, validated, dispatched, answered; the same through both doors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgpack

from memorus_proto.errors import ConfigError, InvalidRequest, MemorusError
from memorus_proto.paths import Paths

from .ace.context import render
from .ace.engine import Engine
from .ace.ingest import IngestOptions
from .ace.privacy import Redactor
from .ace.privacy.gate import sanitise
from .ace.reflector import describe
from .factories import make_embedder, open_store
from .import_validation import check_entries
from .settings.config import Settings
from .validation import validate_params

__all__ = ["Service", "open_service"]

logger = logging.getLogger(__name__)

_REMEMBERED_CALLERS = 256


class Service:
    """Thread-safe; knows no socket. `call` blocks, so the daemon calls it in worker threads."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine = engine
        self._own = _Caller(settings)
        self._callers: dict[bytes, _Caller] = {}

    @property
    def store_id(self) -> str:
        """The store's own random id."""
        return self._engine.store_id

    def call(
        self, method: str, params: Mapping[str, Any], cancelled: Callable[[], bool] = lambda: False
    ) -> Any:
        """The result of `method`, msgpack-able.

        Raises:
            MemorusError: one of its subclasses, see memorus_proto.errors.
        """
        checked = validate_params(method, params)
        caller = self._caller(checked["settings"])
        checked, redactions = sanitise(checked, caller.redactor)
        engine = self._engine
        match method:
            case "memory.add":
                return engine.add(checked, redactions, caller.options, cancelled)
            case "memory.search":
                return self._search(checked, caller)
            case "memory.get":
                return engine.get(checked)
            case "memory.get_all":
                return engine.get_all(checked)
            case "memory.update":
                return engine.update(checked, cancelled)
            case "memory.delete":
                return engine.delete(checked, cancelled)
            case "memory.delete_all":
                return engine.delete_all(checked, cancelled)
            case "memory.detect_conflicts":
                return engine.detect_conflicts(checked, caller.settings.curator)
            case "memory.resolve":
                return engine.resolve(checked, cancelled)
            case "memory.changes":
                return engine.changes(checked, cancelled)
            case "memory.export":
                return engine.export(checked)
            case "memory.import":
                return self._import(checked, caller)
            case "memory.sweep":
                return engine.sweep(checked)
            case "memory.restore":
                return engine.restore(checked, cancelled)
            case "memory.history":
                return engine.history(checked)
            case "memory.reset":
                return engine.reset(checked)
            case "memory.status":
                return {**engine.status(), "reflector": describe(caller.settings.asks)}
            case _:
                raise InvalidRequest(f"{method} is answered by a daemon only; start one")

    def load(self, loaded: Callable[[], None] | None = None) -> None:
        """Load model and index, and see to what was left in the inbox, by rules. See Engine.load."""
        options = self._own.options
        rules = options.reflector.model_copy(update={"mode": "rules"})
        self._engine.load(replace(options, reflector=rules), loaded)

    def busy(self) -> bool:
        """Whether work goes on in the background."""
        return self._engine.busy()

    def rest(self) -> None:
        """There is nothing to do: tidy up. See Engine.rest."""
        self._engine.rest()

    def reload(self, settings: Settings) -> None:
        """Take over what may change while running: the defaults of calls."""
        self._own = _Caller(settings)
        self._callers = {}

    def close(self) -> None:
        """Tidy up, flush, and let go of store and model."""
        try:
            self._engine.rest()
        except MemorusError as error:  # a full disk, say: what is kept is kept
            logger.warning("not swept: %s", error.code)
        self._engine.close()

    def _search(self, params: Mapping[str, Any], caller: _Caller) -> dict[str, Any]:
        found = self._engine.search(params, caller.settings.retrieval)
        if params["context"]:
            found["context"] = render(found["results"], caller.settings.integration.context_template)
        return found

    def _import(self, params: Mapping[str, Any], caller: _Caller) -> dict[str, Any]:
        good, bad, redactions = check_entries(params["entries"], params["first"] or 0, caller.redactor)
        counts = self._engine.import_entries(good, params, caller.settings.curator)
        return {**counts, "errors": bad, "redactions": redactions}

    def _caller(self, asked: dict[str, Any] | None) -> _Caller:
        """The caller's settings over the daemon's, where they are the caller's to make."""
        if not asked:
            return self._own
        key: bytes = msgpack.packb(asked, unicode_errors="surrogatepass")
        known = self._callers.get(key)
        if known is None:
            ours = self._own.settings
            if different := ours.differences(asked):
                raise ConfigError(
                    f"the running daemon has other settings: {'; '.join(different)}; "
                    "use the daemon's, or stop it (memorusctl daemon stop) so that it starts with yours",
                    data={"differences": different},
                )
            theirs = ours.with_asked(asked)
            known = _Caller(theirs.with_privacy_of(ours))
            if len(self._callers) >= _REMEMBERED_CALLERS:
                self._callers = {}
            self._callers[key] = known
        return known


class _Caller:
    """What is made once of one caller's settings."""

    __slots__ = ("options", "redactor", "settings")

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.redactor = redactor = Redactor(settings.privacy.custom_patterns, settings.privacy.sanitize_paths)
        self.options = IngestOptions(settings.asks, settings.curator, lambda text: redactor.redact(text).text)


def open_service(paths: Paths, settings: Settings, loaded: Callable[[], None] | None = None) -> Service:
    """The engine on the store of `paths`, the model loaded, and the index too.

    With `loaded` the index is loaded in the background, and `loaded` is called after that; a process that
    forks may not want that thread.

    Raises:
        StoreError: the store cannot be opened or reached.
        ConfigError: a custom pattern is none, or a part of mem0's cannot be had.
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
