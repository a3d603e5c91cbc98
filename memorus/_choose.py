"""ACE on: our client. ACE off: mem0's own class, as it is."""

from __future__ import annotations

import os
from typing import Any

from memorus_client._calls import Options
from memorus_proto.settings import from_file, merge

__all__ = ["AsyncMemory", "Memory"]


def _make(name: str, config: Any) -> Any:
    """The client or mem0 class called `name`, made with `config`."""
    if _ace(config):
        import memorus_client

        return getattr(memorus_client, name)(config)
    # mem0 reads this at import; its telemetry is off unless the user has said otherwise.
    os.environ.setdefault("MEM0_TELEMETRY", "False")
    import mem0

    theirs = getattr(mem0, name)
    if config is None:
        return theirs()
    return theirs.from_config(config) if isinstance(config, dict) else theirs(config)


def _ace(config: Any) -> bool:
    if config is not None and not isinstance(config, dict):
        return False  # one of mem0's own config objects
    options = Options(config)
    enabled = merge(from_file(options.paths.config_file), options.asked).get("ace_enabled", False)
    return str(enabled).strip().lower() in ("true", "1", "yes", "on", "t", "y")


class Memory:
    """Makes a `memorus_client.Memory` when `config["ace_enabled"]` is true, else a `mem0.Memory`."""

    def __new__(cls, config: Any = None) -> Any:
        return _make("Memory", config)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The same as `Memory(config)`."""
        return cls(config)


class AsyncMemory:
    """Makes a `memorus_client.AsyncMemory` when `config["ace_enabled"]` is true, else mem0's."""

    def __new__(cls, config: Any = None) -> Any:
        return _make("AsyncMemory", config)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The same as `AsyncMemory(config)`."""
        return cls(config)
