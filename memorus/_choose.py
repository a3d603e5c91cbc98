"""ACE on: our client. ACE off: mem0's own class, as it is."""

from __future__ import annotations

import os
from typing import Any

from memorus_client._calls import Options

__all__ = ["AsyncMemory", "Memory"]


def _mem0() -> Any:
    # mem0 reads this at import; its telemetry is off unless the user has said otherwise.
    os.environ.setdefault("MEM0_TELEMETRY", "False")
    import mem0

    return mem0


def _ace(config: Any) -> bool:
    if config is not None and not isinstance(config, dict):
        return False  # one of mem0's own config objects
    enabled = Options({**(config or {})}).asked.get("ace_enabled", False)
    return str(enabled).strip().lower() in ("true", "1", "yes", "on", "t", "y")


class Memory:
    """Makes a `memorus_client.Memory` when `config["ace_enabled"]` is true, else a `mem0.Memory`."""

    def __new__(cls, config: Any = None) -> Any:
        if _ace(config):
            from memorus_client import Memory as Client

            return Client(config)
        mem0 = _mem0()
        if config is None:
            return mem0.Memory()
        return mem0.Memory.from_config(config) if isinstance(config, dict) else mem0.Memory(config)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The same as `Memory(config)`."""
        return cls(config)


class AsyncMemory:
    """Makes a `memorus_client.AsyncMemory` when `config["ace_enabled"]` is true, else mem0's."""

    def __new__(cls, config: Any = None) -> Any:
        if _ace(config):
            from memorus_client import AsyncMemory as Client

            return Client(config)
        mem0 = _mem0()
        if config is None:
            return mem0.AsyncMemory()
        return mem0.AsyncMemory.from_config(config) if isinstance(config, dict) else mem0.AsyncMemory(config)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The same as `AsyncMemory(config)`."""
        return cls(config)
