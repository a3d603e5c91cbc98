"""The inbox: interactions that are safe on disk but not yet bullets, and who is at work on them.

An entry names its worker, and a worker is a file of that name beside the store which its process
keeps locked (flock, so that the lock ends with the process). Whoever can take the lock knows that
the worker is gone, and takes over what it left.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import uuid
from datetime import datetime
from pathlib import Path

from ..bullet import utc_now
from . import Posted
from .rows import time_text

__all__ = ["Worker", "adopt", "post"]


class Worker:
    """This process's mark at the inbox of the store at `path`: a name, and a lock for as long as it lives."""

    def __init__(self, path: Path) -> None:
        self.name = uuid.uuid4().hex
        self._file = _file(path, self.name)
        self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def close(self) -> None:
        """Let go: what is left in the inbox under this name is anybody's now."""
        self._file.unlink(missing_ok=True)
        os.close(self._descriptor)

    def abandon(self) -> None:
        """In a forked child: the lock stays the parent's."""
        os.close(self._descriptor)


def post(connection: sqlite3.Connection, request_id: str, call: bytes, worker: Worker) -> None:
    """Insert one entry, unless there is one with that id."""
    connection.execute(
        "INSERT INTO inbox VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (request_id, time_text(utc_now()), worker.name, call),
    )


def adopt(connection: sqlite3.Connection, path: Path, worker: Worker) -> list[Posted]:
    """Make `worker` the worker of all entries whose own is gone; those entries, oldest first."""
    names = [name for (name,) in connection.execute("SELECT DISTINCT worker FROM inbox")]
    gone = [name for name in names if name != worker.name and _is_gone(_file(path, name))]
    adopted = [
        Posted(request_id, datetime.fromisoformat(at), call)
        for name in gone
        for request_id, at, call in connection.execute(
            "UPDATE inbox SET worker = ? WHERE worker = ? RETURNING request_id, at, call", (worker.name, name)
        ).fetchall()
    ]
    return sorted(adopted, key=lambda entry: entry.at)


def _file(path: Path, name: str) -> Path:
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
