"""How commands reach the memory: through the daemon, or in this process with --no-daemon; and their input."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memorus_client import Memory

    from .spec import Args

__all__ = ["given", "open_memory", "quiet", "read_text", "standard_input"]


def open_memory(args: Args) -> Memory:
    """A memory to be used in a `with`. Nothing is started before its first call."""
    from memorus_client import Memory

    # With nothing said, the settings file and the environment decide; their default is the daemon.
    return Memory({"daemon": {"enabled": False}} if args["no_daemon"] else None)


def quiet() -> None:
    """To be called before mem0 runs in this process: what it tells its developers is not for the terminal."""
    import logging
    import warnings

    logging.getLogger("mem0").setLevel(logging.CRITICAL)
    for module in ("mem0", "qdrant_client", "chromadb"):
        warnings.filterwarnings("ignore", module=rf"{module}\b")


def given(args: Args, *names: str) -> Args:
    """Those of the parsed values that go into the call."""
    return {name: args[name] for name in names if args[name] not in (None, [])}


def standard_input() -> str:
    """All of it. Raises InvalidRequest where it is no text."""
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        from memorus_proto.errors import InvalidRequest

        raise InvalidRequest(
            f"standard input is not {error.encoding} at byte {error.start}; send text in that encoding"
        ) from None


def read_text(path: str, what: str) -> str:
    """A file's text; - is standard input. Raises InvalidRequest, which tells to name `what`."""
    from pathlib import Path

    from memorus_proto.errors import InvalidRequest

    if path == "-":
        return standard_input()
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InvalidRequest(f"cannot read {path}: {reason}; name {what}") from None
