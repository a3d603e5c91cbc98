"""The daemon's log, which is bounded and private, and holds nothing of what is remembered.

Messages of exceptions may quote what a caller sent, so a traceback is logged as places and types only.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import sys
import threading
import time
import traceback
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from memorus_proto.paths import private_directory

__all__ = ["BACKUPS", "MAX_BYTES", "describe", "log", "set_level", "set_up"]

MAX_BYTES = 2 * 1024 * 1024
"""The size at which the log is rotated."""
BACKUPS = 3
"""How many rotated logs are kept; `.1` is the newest."""

log = logging.getLogger("memorusd")


def set_up(path: Path, level: str, *, own_stderr: bool, max_bytes: int = MAX_BYTES) -> None:
    """Log to `path`, and to stderr as well, unless `own_stderr` says that stderr is redirected to that file.

    Raises:
        DaemonUnavailable: other users have access to the log's directory.
        OSError: the file cannot be opened.
    """
    private_directory(path.parent)
    handlers: list[logging.Handler] = [_LogFile(path, max_bytes, own_stderr)]
    if not own_stderr:
        handlers.append(logging.StreamHandler())
    for handler in handlers:
        handler.setFormatter(_PrivateFormatter("%(asctime)s %(levelname)s %(message)s"))
        log.addHandler(handler)
    log.propagate = False
    set_level(level)
    # Loggers of libraries may quote texts. Without a handler Python would print these to stderr.
    logging.getLogger().addHandler(logging.NullHandler())
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def set_level(level: str) -> None:
    """Set the level: `debug`, `info`, `warning` or `error`."""
    log.setLevel(level.upper())


def describe(error: BaseException) -> str:
    """The traceback of `error` and of its causes, as types and places without messages."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines = "".join(traceback.format_tb(current.__traceback__))
        code = f" (errno {current.errno})" if isinstance(current, OSError) and current.errno else ""
        parts.append(f"{lines}{type(current).__module__}.{type(current).__qualname__}{code}")
        for inner in getattr(current, "exceptions", ()):
            parts.append(describe(inner))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return "\ncaused by\n".join(parts)


class _PrivateFormatter(logging.Formatter):
    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatException(self, ei: object) -> str:  # noqa: N802
        error = ei[1] if isinstance(ei, tuple) else None
        return describe(error) if isinstance(error, BaseException) else ""


class _LogFile(RotatingFileHandler):
    """A log file with mode 0600. Crash reports, and stderr if it is redirected, follow its rotation."""

    def __init__(self, path: Path, max_bytes: int, own_stderr: bool) -> None:
        self._own_stderr = own_stderr
        super().__init__(path, maxBytes=max_bytes, backupCount=BACKUPS, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        descriptor = os.open(self.baseFilename, flags, 0o600)
        os.fchmod(descriptor, 0o600)
        stream = os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")
        if self._own_stderr:
            os.dup2(descriptor, 2)
        faulthandler.enable(stream)
        return stream

    def close(self) -> None:
        with contextlib.suppress(ValueError, RuntimeError):
            faulthandler.disable()
        super().close()


def _uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None = None
) -> None:
    log.critical("uncaught exception\n%s", describe(error) if error is not None else kind.__name__)
