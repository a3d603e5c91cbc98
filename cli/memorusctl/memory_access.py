"""How commands reach the memory: through the daemon, or in this process with --no-daemon."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memorus_client import Memory

    from .definitions import Args

__all__ = ["SELECTING", "call_arguments", "open_memory", "silence_mem0"]

SELECTING = ("user_id", "agent_id", "run_id", "scope", "type", "section")
"""The parameters that select memories, as the client and the commands call them."""


def open_memory(args: Args) -> Memory:
    """A memory to use in a `with`. Its first call may start a daemon."""
    from memorus_client import Memory

    # Without --no-daemon, settings file and environment decide; the default is the daemon.
    return Memory({"daemon": {"enabled": False}} if args["no_daemon"] else None)


def call_arguments(args: Args, *names: str) -> Args:
    """Those of the parsed values that were given, as arguments for a call."""
    return {name: args[name] for name in names if args[name] not in (None, [])}


def silence_mem0() -> None:
    """Keep mem0's log lines and warnings, which are meant for developers, off the terminal."""
    import logging
    import warnings

    logging.getLogger("mem0").setLevel(logging.CRITICAL)
    for module in ("mem0", "qdrant_client", "chromadb"):
        warnings.filterwarnings("ignore", module=rf"{module}\b")
