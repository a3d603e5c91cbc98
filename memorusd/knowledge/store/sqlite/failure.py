"""Errors of SQLite and of the file system as StoreErrors."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

from memorus_proto.errors import StoreError

__all__ = ["reason_of", "store_error"]

_EXPLANATIONS = {
    "disk_full": ("the disk is full; nothing was changed", "free some space and try again"),
    "read_only": ("it cannot be written", "make the file and its directory writable for you"),
    "corrupt": (
        "it is damaged",
        "restart the processes that use it: the file is then set aside, and a new store begins",
    ),
    "locked": ("another process has held it for too long", "try again, or stop that process"),
    "io": ("the disk failed; nothing was changed", "see the system's log"),
}
"""For each reason, what happened and what to do."""

# Python 3.10 has no sqlite_errorcode, so the reason is recognised by SQLite's fixed messages.
_MESSAGES = (
    ("disk is full", "disk_full"),
    ("readonly", "read_only"),
    ("malformed", "corrupt"),
    ("not a database", "corrupt"),
    ("is locked", "locked"),
    ("locking protocol", "locked"),
)
_ERRNO = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "read_only",
    errno.EPERM: "read_only",
}
_LOG_BYTES = 64 * 1024  # the free space that SQLite needs to begin a log


def reason_of(error: sqlite3.Error | OSError, path: Path) -> str:
    """Return the `reason` of a StoreError: disk_full, read_only, corrupt, locked or io."""
    if isinstance(error, OSError):
        return _ERRNO.get(error.errno or 0, "io")
    for words, reason in _MESSAGES:
        if words in str(error):
            return reason
    # SQLite reports "disk I/O error" or "unable to open" also if space or permission is all that lacks.
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return "io"
    if disk.f_bavail * disk.f_frsize < _LOG_BYTES:
        return "disk_full"
    return "io" if os.access(path.parent, os.W_OK) else "read_only"


def store_error(error: sqlite3.Error | OSError, path: Path) -> StoreError:
    """Return the StoreError to raise for `error` at the store in `path`."""
    reason = reason_of(error, path)
    explanation, remedy = _EXPLANATIONS[reason]
    return StoreError(
        f"the store {path} failed ({error}): {explanation}",
        remedy=remedy,
        data={"reason": reason, "path": str(path)},
        retryable=reason == "locked",
    )
