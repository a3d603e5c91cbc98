"""What both clients share: how the parameters of a call are built, and how its result is read."""

from __future__ import annotations

import os

from memorus_proto.config_layers import daemon_owned, from_environ, from_file, merge
from memorus_proto.errors import ConfigError, InvalidRequest
from memorus_proto.methods import METHODS
from memorus_proto.model_access import model_access
from memorus_proto.paths import Paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

__all__ = ["ClientOptions", "Pages", "build_params", "iso_time", "resolve_alias", "utc_now"]


class ClientOptions:
    """What a client was made with: its paths, and its settings as the user wrote them."""

    __slots__ = ("paths", "settings", "settings_of_calls", "settings_of_daemon", "use_daemon")

    def __init__(self, config: Mapping[str, Any] | None) -> None:
        if config is not None and not isinstance(config, dict):
            raise ConfigError(
                f"config must be a dict of settings, not {type(config).__name__}: {config!r:.80}"
            )
        self.paths = Paths.from_environ()
        self.settings: dict[str, Any] = merge(from_environ(), config or {})
        """Settings from environment and argument; the file is read by the daemon."""
        if self.settings.pop("graph_store", None):
            raise ConfigError(
                "setting graph_store: mem0 2 has no graph stores any more, so nothing would be kept in one",
                remedy="remove it (the graph's content is not brought along, the memories are)",
            )
        file = from_file(self.paths.config_file)
        self.settings_of_calls = merge(self.settings, model_access(file, self.settings))
        """What travels with every call: also what this environment has for its language model."""
        self.settings_of_daemon = daemon_owned(self.settings)
        """What a daemon that this client starts gets: nothing that is of a single call."""
        self.use_daemon = self._daemon_enabled(file)

    def _daemon_enabled(self, file: dict[str, Any]) -> bool:
        daemon = merge(file, self.settings).get("daemon", {})
        enabled = daemon.get("enabled", True) if isinstance(daemon, dict) else True
        if isinstance(enabled, str):
            # From the environment. The daemon's validation reports any other word.
            return enabled.strip().lower() not in ("false", "0", "no", "off", "n", "f")
        return bool(enabled)


def build_params(method: str, settings: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """The params of one call: the given arguments, the caller's settings, and a request id for a write."""
    params = {name: value for name, value in arguments.items() if value is not None}
    try:
        for name, value in params.items():
            _check_keys(name, value)
    except RecursionError:
        raise InvalidRequest(
            f"{method}: an argument is nested too deeply, or contains itself", remedy="make it flatter"
        ) from None
    if settings:
        params["settings"] = settings
    if METHODS[method].mutates:
        # The daemon does this once, however often it has to be sent.
        params["request_id"] = os.urandom(16).hex()
    return params


def _check_keys(name: str, value: object) -> None:
    """Maps on the wire have string keys. With others the daemon could not even read the request."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                kind = type(key).__name__
                raise InvalidRequest(
                    f"{name}: the key {key!r:.80} ({kind}) is not allowed", remedy="use strings"
                )
            _check_keys(name, item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _check_keys(name, item)


def utc_now() -> str:
    """This moment in UTC, as ISO 8601."""
    import time

    return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())


def iso_time(at: datetime | str | None) -> str | None:
    """A time as the wire carries it."""
    return at if at is None or isinstance(at, str) else at.isoformat()


def resolve_alias(**values: Any) -> Any:
    """The value of an argument that has several names (mem0 1.x and 2.x).

    Raises:
        InvalidRequest: two of them are given, with different values.
    """
    given = {name: value for name, value in values.items() if value is not None}
    distinct = list(given.values())
    if any(value != distinct[0] for value in distinct):
        names = " and ".join(f"{name}={value!r}" for name, value in given.items())
        raise InvalidRequest(f"{names} mean the same but differ", remedy="give one of them")
    return distinct[0] if distinct else None


class Pages:
    """Collects a long list page by page: at most `limit` items, or all with None."""

    def __init__(self, limit: int | None, name: str = "results") -> None:
        self._name = name
        self.limit = limit
        """What the next call asks for."""
        self.after: str | None = None
        """Where the next call goes on."""
        self.complete = False
        self.results: list[dict[str, Any]] = []

    def add_page(self, page: dict[str, Any]) -> None:
        """Add the items of one page."""
        self.results += page[self._name]
        self.after = page["next"]
        if self.limit is not None:
            self.limit -= len(page[self._name])
        self.complete = self.after is None or self.limit == 0
