"""The SQLite file of the vector store for mem0: made, opened, read and written by threads and processes.

A write that returned is on disk (WAL, `synchronous=FULL`). Every transaction has a number, its version,
which the rows that it changed carry; a deleted row stays as its id alone. So who has a collection in
memory reads what others changed since: the rows of higher versions.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from memorus_proto.errors import StoreError
from memorusd.knowledge.store.sqlite.connections import connect
from memorusd.knowledge.store.sqlite.failure import reason_of, store_error
from memorusd.knowledge.store.sqlite.fork import operation, watch

__all__ = ["VectorFile"]

_APPLICATION = 0x6D656D30  # "mem0"
_PATIENCE = 60.0  # seconds to wait for others who have just made the file

_SCHEMA = (
    "CREATE TABLE changes (version INTEGER NOT NULL) STRICT",
    "INSERT INTO changes VALUES (0)",
    "CREATE TABLE collections (name TEXT PRIMARY KEY, dimensions INTEGER) STRICT",
    # Of a row that was deleted, payload and vector (float32) are NULL.
    """CREATE TABLE vectors (
        key INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
        payload TEXT, vector BLOB, UNIQUE (collection, id)) STRICT""",
    "CREATE INDEX vectors_changed ON vectors (collection, version)",
    f"PRAGMA application_id = {_APPLICATION}",
    "PRAGMA user_version = 1",
)


class VectorFile:
    """The file at `path`, made if it is missing. Thread-safe, and usable after a fork.

    Raises:
        StoreError: it cannot be read or written, or is not such a file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.RLock()
        watch(self)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one thread at a time."""
        with operation(), self._lock:
            try:
                if self._connection is None:
                    self._connection = self._open()
                yield self._connection
            except (sqlite3.Error, OSError) as error:
                raise store_error(error, self.path) from error

    @contextmanager
    def writing(self) -> Iterator[tuple[sqlite3.Connection, int]]:
        """The connection in a transaction, and its version. On disk when this ends; on an error, undone."""
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                connection.execute("UPDATE changes SET version = version + 1")
                yield connection, connection.execute("SELECT version FROM changes").fetchone()[0]
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the file. The next use opens it again."""
        with self._lock:
            self.before_fork()

    def before_fork(self) -> None:
        """See ForkAware."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def after_fork_in_child(self) -> None:
        """See ForkAware. A thread of the parent may have held the lock."""
        self._lock = threading.RLock()

    def __del__(self) -> None:
        self.before_fork()

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        except FileExistsError:
            pass
        connection = connect(self.path)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        _to_wal(connection, self.path)
        connection.execute("BEGIN IMMEDIATE")  # so that one makes the tables, and others find them
        try:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if (application, version) == (0, 0) and not connection.execute(
                "SELECT 1 FROM sqlite_schema"
            ).fetchone():
                for statement in _SCHEMA:
                    connection.execute(statement)
            elif application != _APPLICATION:
                raise StoreError(
                    f"{self.path} is a database of another program (application id {application}); "
                    "give vector_store.config another path",
                    data={"reason": "corrupt", "path": str(self.path)},
                )
            elif version > 1:
                raise StoreError(
                    f"{self.path} has schema {version}, made by a newer Memorus; upgrade this one",
                    data={"reason": "too_new", "path": str(self.path)},
                )
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise


def _to_wal(connection: sqlite3.Connection, path: Path) -> None:
    """SQLite does not wait for others here, whatever its time-out."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            if reason_of(error, path) != "locked" or time.monotonic() > end:
                raise
            time.sleep(0.005)
        else:
            if mode != "wal":
                raise OSError(f"the file system of {path.parent} cannot share memory, which WAL needs")
            return
