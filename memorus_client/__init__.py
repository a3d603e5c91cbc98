"""The light client: one memory, shared through the daemon, or run in this process without one."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._async.memory import AsyncMemory
    from ._sync.memory import Memory

__all__ = ["AsyncMemory", "Memory"]


def __getattr__(name: str) -> Any:
    # Imported on first use: the async client needs anyio, and the blocking one must stay light.
    if name == "Memory":
        from ._sync.memory import Memory

        return Memory
    if name == "AsyncMemory":
        from ._async.memory import AsyncMemory

        return AsyncMemory
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
