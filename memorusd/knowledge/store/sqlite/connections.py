"""Connections to one store file: how they are set up, lent to threads, and closed before a fork."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .fork import operation

__all__ = ["LOG_PAGES", "Readers", "RowStream", "connect"]

LOG_PAGES = 8000
"""Pages (of 4 KiB) in the log at which a commit copies them into the file. The number is large, so that
the fsyncs of these checkpoints are few compared to those of the commits."""

_SPARE = 8  # idle readers kept
_BATCH = 256  # rows fetched at a time


def connect(
    path: Path, *, writer: bool = False, read_only: bool = False, immutable: bool = False
) -> sqlite3.Connection:
    """Connect to the file at `path`, which must exist.

    Args:
        writer: do not wait for a lock; the writer retries more evenly than SQLite would.
        read_only: never change the file, not even on closing.
        immutable: assume that nobody else changes it either, because its disk cannot be written.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}{'&immutable=1' * immutable}",
        uri=True,
        timeout=60,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        for pragma in (
            "synchronous = FULL",
            "fullfsync = ON",  # on macOS a plain fsync leaves data in the drive's cache
            "secure_delete = ON",
            "temp_store = MEMORY",  # keep texts out of temporary files
            "trusted_schema = OFF",
            f"wal_autocheckpoint = {LOG_PAGES}",
            f"journal_size_limit = {2 * LOG_PAGES * 4096}",
            f"cache_size = {-16384 if writer else -4096}",
            f"busy_timeout = {0 if writer else 60_000}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


class Readers:
    """A pool of connections for reading; each is used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._spare: deque[sqlite3.Connection] = deque()
        self._streams: weakref.WeakSet[RowStream] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection. Use it inside an operation (see fork.py)."""
        connection = self.take()
        try:
            yield connection
        finally:
            self.give(connection)

    def take(self) -> sqlite3.Connection:
        """Return an idle connection, or a new one."""
        try:
            return self._spare.pop()
        except IndexError:
            return connect(self._path)

    def give(self, connection: sqlite3.Connection) -> None:
        """Take a connection back, ending what it was reading."""
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if self._closed or len(self._spare) >= _SPARE:
            connection.close()
        else:
            self._spare.append(connection)

    def stream(
        self, first: str, statement: str, parameters: tuple[Any, ...]
    ) -> tuple[tuple[Any, ...], RowStream]:
        """Return (the one row that `first` selects, the rows of `statement`), both as of one instant."""
        connection = self.take()
        try:
            connection.execute("BEGIN")
            head = connection.execute(first).fetchone()
            rows = RowStream(self, connection, connection.execute(statement, parameters))
        except BaseException:
            self.give(connection)
            raise
        with self._lock:
            self._streams.add(rows)
        return head, rows

    def close(self, *, for_good: bool) -> None:
        """Close every connection. Unfinished streams go on from memory."""
        self._closed = self._closed or for_good
        with self._lock:
            streams = list(self._streams)
        for rows in streams:
            rows.detach()
        while self._spare:
            self._spare.pop().close()


class RowStream:
    """The rows of one statement as of one instant, fetched while they are iterated."""

    def __init__(self, readers: Readers, connection: sqlite3.Connection, cursor: sqlite3.Cursor) -> None:
        self._readers = readers
        self._connection: sqlite3.Connection | None = connection
        self._cursor = cursor
        self._detached: deque[Any] = deque()
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[Any]:
        try:
            while batch := self._fetch():
                yield from batch
        finally:
            with operation():
                self._release()

    def detach(self) -> None:
        """Read the rest into memory, so that the connection may close."""
        with self._lock:
            if self._connection is not None:
                self._detached.extend(self._cursor.fetchall())
        self._release()

    def _fetch(self) -> list[Any]:
        with operation(), self._lock:
            if self._connection is not None:
                return self._cursor.fetchmany(_BATCH)
            return [self._detached.popleft() for _ in range(min(_BATCH, len(self._detached)))]

    def _release(self) -> None:
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            self._cursor.close()
            self._readers.give(connection)

    def __del__(self) -> None:
        # The stream was dropped before its end. There is no lock here, because this may run anywhere.
        if self._connection is not None:
            self._cursor.close()
            self._connection.close()
