"""The inbox: interactions that are safe on disk but not yet bullets, and who is working on them.

Each entry names its worker. A worker is a file of that name beside the store, which its process keeps
locked with flock, so that the lock ends with the process. Whoever can take the lock knows that the
worker is gone, and takes over its entries.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import uuid
from datetime import datetime
from pathlib import Path

from ...bullet import utc_now
from .. import InboxEntry
from .rows import time_text

__all__ = ["Worker", "adopt", "post"]


class Worker:
    """This process as a worker at the inbox of the store at `path`: a name and a lock."""

    def __init__(self, path: Path) -> None:
        self.name = uuid.uuid4().hex
        self._file = _worker_file(path, self.name)
        self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def close(self) -> None:
        """Release the lock; whoever comes next may take over what is left under this name."""
        self._file.unlink(missing_ok=True)
        os.close(self._descriptor)

    def abandon(self) -> None:
        """Close the descriptor in a forked child; the parent keeps the lock."""
        os.close(self._descriptor)


def post(connection: sqlite3.Connection, request_id: str, call: bytes, worker: Worker) -> None:
    """Insert one entry, unless there is one with that id."""
    connection.execute(
        "INSERT INTO inbox VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (request_id, time_text(utc_now()), worker.name, call),
    )


def adopt(connection: sqlite3.Connection, path: Path, worker: Worker) -> list[InboxEntry]:
    """Assign to `worker` all entries whose own worker is gone, and return them, oldest first."""
    names = [name for (name,) in connection.execute("SELECT DISTINCT worker FROM inbox")]
    gone = [name for name in names if name != worker.name and _is_gone(_worker_file(path, name))]
    adopted = [
        InboxEntry(request_id, datetime.fromisoformat(at), call)
        for name in gone
        for request_id, at, call in connection.execute(
            "UPDATE inbox SET worker = ? WHERE worker = ? RETURNING request_id, at, call", (worker.name, name)
        ).fetchall()
    ]
    return sorted(adopted, key=lambda entry: entry.at)


def _worker_file(path: Path, name: str) -> Path:
    return path.with_name(f"{path.name}.worker-{name}")


def _is_gone(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        file.unlink(missing_ok=True)
        return True
    finally:
        os.close(descriptor)
