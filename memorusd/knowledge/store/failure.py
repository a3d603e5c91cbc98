"""Which StoreError an error of SQLite or of the file system is."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

from memorus_proto.errors import StoreError

__all__ = ["reason_of", "store_error"]

_REMEDY = {
    "disk_full": "the disk is full; nothing was changed; free some space and try again",
    "read_only": "it cannot be written; make the file and its directory writable for you",
    "corrupt": "it is damaged; restart what uses it, and it will be set aside and a new store begun",
    "locked": "another process has held it for too long; try again, or stop that process",
    "io": "the disk failed; nothing was changed; look at the system's log",
}

# Python 3.10 has no sqlite_errorcode, so the reason is told by SQLite's own fixed words.
_WORDS = (
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
_SCARCE = 64 * 1024  # less free space than SQLite needs to begin a log


def reason_of(error: sqlite3.Error | OSError, path: Path) -> str:
    """The `reason` of a StoreError: disk_full, read_only, corrupt, locked or io."""
    if isinstance(error, OSError):
        return _ERRNO.get(error.errno or 0, "io")
    for words, reason in _WORDS:
        if words in str(error):
            return reason
    # SQLite says "disk I/O error" or "unable to open" also where it only found no room or no permission.
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return "io"
    if disk.f_bavail * disk.f_frsize < _SCARCE:
        return "disk_full"
    return "io" if os.access(path.parent, os.W_OK) else "read_only"


def store_error(error: sqlite3.Error | OSError, path: Path) -> StoreError:
    """The StoreError to raise for `error`, met at the store in `path`."""
    reason = reason_of(error, path)
    return StoreError(
        f"the store {path} failed ({error}): {_REMEDY[reason]}",
        data={"reason": reason, "path": str(path)},
        retryable=reason == "locked",
    )
