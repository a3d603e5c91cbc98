"""The file of the `sqlite` vector store for mem0, which threads and processes read and write together.

A write that returned is on disk (WAL, `synchronous=FULL`). Each transaction has a number, its version, and
marks the rows that it changes with it. A deleted row stays, as its id alone. So a process that has a
collection in memory finds what others have changed: the rows of later versions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from memorus_proto.errors import StoreError
from memorusd.knowledge.store.sqlite.connections import Readers, connect
from memorusd.knowledge.store.sqlite.database_file import exclusive_opening
from memorusd.knowledge.store.sqlite.failure import store_error
from memorusd.knowledge.store.sqlite.fork import operation, watch

__all__ = ["VectorFile"]

_APPLICATION_ID = 0x6D656D30  # "mem0"
_SCHEMA = (
    "CREATE TABLE changes (version INTEGER NOT NULL) STRICT",
    "INSERT INTO changes VALUES (0)",
    "CREATE TABLE collections (name TEXT PRIMARY KEY, dimensions INTEGER) STRICT",
    # Payload and vector (float32) of a deleted row are NULL.
    """CREATE TABLE vectors (
        key INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
        payload TEXT, vector BLOB, UNIQUE (collection, id)) STRICT""",
    "CREATE INDEX vectors_changed ON vectors (collection, version)",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    "PRAGMA user_version = 1",
)


class VectorFile:
    """The file at `path`, which is created if it is missing. Thread-safe, and usable after a fork.

    Raises:
        StoreError: the file cannot be read or written, or is not one of these.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connections = Readers(path)
        self._ready = False
        watch(self)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for the calling thread."""
        with operation():
            try:
                if not self._ready:
                    self._prepare()
                with self._connections.reading() as connection:
                    yield connection
            except (sqlite3.Error, OSError) as error:
                raise store_error(error, self.path) from error

    @contextmanager
    def writing(self) -> Iterator[tuple[sqlite3.Connection, int]]:
        """A connection in a transaction, and the transaction's version.

        The changes are on disk when this ends; after an exception there are none.
        """
        with self.reading() as connection:
            connection.execute("BEGIN IMMEDIATE")
            (version,) = connection.execute(
                "UPDATE changes SET version = version + 1 RETURNING version"
            ).fetchone()
            yield connection, version
            connection.execute("COMMIT")  # if this is not reached, the pool rolls back

    def close(self) -> None:
        """Close the file. The next use opens it again."""
        self._connections.close(for_good=False)

    def before_fork(self) -> None:
        """See ForkAware."""
        self.close()

    def after_fork_in_child(self) -> None:
        """See ForkAware. A thread of the parent may have held the pool's lock."""
        self._connections = Readers(self.path)

    def __del__(self) -> None:
        self.close()

    def _prepare(self) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with exclusive_opening(self.path):
            if not self.path.exists():
                self.path.touch(0o600)
            with closing(connect(self.path)) as connection:
                self._check(connection)
        self._ready = True

    def _check(self, connection: sqlite3.Connection) -> None:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application == version == 0 and not connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
            if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
                raise OSError(f"the file system of {self.path.parent} cannot share memory, which WAL needs")
            connection.execute("BEGIN")
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.execute("COMMIT")
        elif application != _APPLICATION_ID:
            raise StoreError(
                f"{self.path} is a database of another program (application id {application})",
                remedy="give vector_store.config another path",
                data={"reason": "corrupt", "path": str(self.path)},
            )
        elif version > 1:
            raise StoreError(
                f"{self.path} has schema {version}, which a newer Memorus made",
                remedy="upgrade this one: pip install -U memorus",
                data={"reason": "too_new", "path": str(self.path)},
            )
