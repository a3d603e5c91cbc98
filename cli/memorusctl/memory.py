"""How commands reach the memory: through the daemon, or in this process with --no-daemon."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memorus_client import Memory

    from .spec import Args

__all__ = ["given", "open_memory"]


def open_memory(args: Args) -> Memory:
    """A memory to be used in a `with`. Nothing is started before its first call."""
    from memorus_client import Memory

    # With nothing said, the settings file and the environment decide; their default is the daemon.
    return Memory({"daemon": {"enabled": False}} if args["no_daemon"] else None)


def given(args: Args, *names: str) -> Args:
    """Those of the parsed values that go into the call."""
    return {name: args[name] for name in names if args[name] not in (None, [])}
