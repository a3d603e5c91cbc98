"""The service: every `memory.*` call, validated, dispatched, answered; the same through both doors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgpack

from memorus_proto.errors import ConfigError, InvalidRequest
from memorus_proto.paths import Paths
from memorus_proto.settings import merge

from .ace.engine import Engine
from .ace.privacy import Redactor
from .ace.privacy.gate import sanitise
from .config import Settings, validate
from .validation import validate_params

__all__ = ["Service", "open_service"]

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
                return engine.add(checked, redactions, cancelled)
            case "memory.search":
                return engine.search(checked, caller.settings.retrieval.max_results)
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
            case "memory.history":
                return engine.history(checked)
            case "memory.reset":
                return engine.reset(checked)
            case "memory.status":
                return engine.status()
            case _:
                raise InvalidRequest(f"{method} is answered by a daemon only; start one")

    def busy(self) -> bool:
        """Whether work goes on in the background."""
        return self._engine.busy()

    def reload(self, settings: Settings) -> None:
        """Take over what may change while running: the defaults of calls."""
        self._own = _Caller(settings)
        self._callers = {}

    def close(self) -> None:
        """Flush, and let go of store and model."""
        self._engine.close()

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
            theirs = validate(merge(ours.model_dump(), asked))
            known = _Caller(theirs.with_privacy_of(ours))
            if len(self._callers) >= _REMEMBERED_CALLERS:
                self._callers = {}
            self._callers[key] = known
        return known


class _Caller:
    """What is made once of one caller's settings."""

    __slots__ = ("redactor", "settings")

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.redactor = Redactor(settings.privacy.custom_patterns, settings.privacy.sanitize_paths)


def open_service(paths: Paths, settings: Settings) -> Service:
    """The engine on the store of `paths`, model and index loaded.

    Raises:
        StoreError: the store cannot be opened.
        ConfigError: a custom pattern is none.
    """
    from .knowledge.embed.onnx import OnnxEmbedder
    from .knowledge.store.sqlite import SqliteStore

    onnx = settings.embedder.config
    embedder = OnnxEmbedder(paths.models, model_path=onnx.model_path, download=onnx.download)
    engine = Engine(SqliteStore.open(paths.store), embedder)
    try:
        service = Service(engine, settings)
        engine.load()
    except BaseException:
        engine.close()
        raise
    return service
