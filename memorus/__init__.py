"""One memory for every agent on this machine: `from memorus import Memory, AsyncMemory`.

With `ace_enabled` in the config (or MEMORUS_ACE_ENABLED) they make the clients of memorus_client;
without it they are mem0's own classes, telemetry off.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from memorus_client import AsyncMemory, Memory

__all__ = ["AsyncMemory", "Memory", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in ("AsyncMemory", "Memory"):
        from . import _choose

        return _choose.public_class(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
