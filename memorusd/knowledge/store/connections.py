"""Connections to one store file: how they are set up, shared by threads, and given up for a fork."""

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

__all__ = ["LOG_PAGES", "Readers", "Rows", "connect"]

LOG_PAGES = 8000
"""Pages (of 4 KiB) in the log at which a commit copies them into the file: large, so that the
fsyncs of that copying are few beside those of the commits."""

_SPARE = 8  # idle readers kept
_BATCH = 256  # rows fetched at a time


def connect(
    path: Path, *, writer: bool = False, read_only: bool = False, still: bool = False
) -> sqlite3.Connection:
    """A connection to the file at `path`, which must exist.

    `writer` does not wait for a lock (its user tries again more evenly than SQLite would);
    `read_only` never changes the file, not even on closing; `still` says that nobody else does either (it is
    on a disk that nobody can write).
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}{'&immutable=1' * still}",
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
            "temp_store = MEMORY",  # no text in anybody's /tmp
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
    """Connections for reading, lent to one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._spare: deque[sqlite3.Connection] = deque()
        self._open_rows: weakref.WeakSet[Rows] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection, for use inside an operation."""
        connection = self.take()
        try:
            yield connection
        finally:
            self.give(connection)

    def take(self) -> sqlite3.Connection:
        """An idle connection, or a new one."""
        try:
            return self._spare.pop()
        except IndexError:
            return connect(self._path)

    def give(self, connection: sqlite3.Connection) -> None:
        """Take a connection back. It ends whatever it was reading."""
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if self._closed or len(self._spare) >= _SPARE:
            connection.close()
        else:
            self._spare.append(connection)

    def stream(self, first: str, statement: str, parameters: tuple[Any, ...]) -> tuple[tuple[Any, ...], Rows]:
        """(the one row that `first` selects, the rows of `statement`), both as of one instant."""
        connection = self.take()
        try:
            connection.execute("BEGIN")
            head = connection.execute(first).fetchone()
            rows = Rows(self, connection, connection.execute(statement, parameters))
        except BaseException:
            self.give(connection)
            raise
        with self._lock:
            self._open_rows.add(rows)
        return head, rows

    def close(self, *, for_good: bool) -> None:
        """Close every connection; what is still being streamed goes on from memory."""
        self._closed = self._closed or for_good
        with self._lock:
            streams = list(self._open_rows)
        for rows in streams:
            rows.detach()
        while self._spare:
            self._spare.pop().close()


class Rows:
    """The rows of one statement as of one instant, fetched as they are asked for."""

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
        # Dropped before its end, perhaps before its start. No lock: this may run anywhere.
        if self._connection is not None:
            self._cursor.close()
            self._connection.close()
