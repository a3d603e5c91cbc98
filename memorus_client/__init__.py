"""The light client: one memory, shared through the daemon, or in this process when there is none."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .async_memory import AsyncMemory
    from .memory import Memory

__all__ = ["AsyncMemory", "Memory"]


def __getattr__(name: str) -> Any:
    # Each is imported when it is first asked for: the async client needs anyio, the other does not.
    if name == "Memory":
        from .memory import Memory

        return Memory
    if name == "AsyncMemory":
        from .async_memory import AsyncMemory

        return AsyncMemory
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
