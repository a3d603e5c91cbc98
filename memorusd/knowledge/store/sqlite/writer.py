"""Runs a group of jobs in one transaction: each job in its own savepoint, all in one commit."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from memorus_proto.errors import Cancelled, MemorusError, StoreError
from memorus_proto.frames import pack, unpack

from .commit import Job
from .connections import connect
from .failure import store_error
from .sql import IN_IDS, ids_parameter
from .transaction import SqlTransaction

__all__ = ["AroundGroup", "Writer"]

AroundGroup = Callable[[SqlTransaction], AbstractContextManager[None]]
"""Entered when a group's transaction has begun, and left just before its commit. An error that it raises
undoes the whole group. Groups of local jobs alone (see commit.Job) do without it."""

_DAY = 24 * 3600
_PRUNE_EVERY = 3600  # seconds between two deletions of requests older than a day
_PATIENCE = 60.0  # seconds to wait for other processes to finish writing
_PAUSE = (0.0005, 0.003)  # seconds between two attempts at the lock; SQLite's own pauses grow to 0.1
_CHECKPOINT_SYNCS = 3  # the log, the file, and the log's new header


class Writer:
    """The writing connection of one store. One thread at a time may run a group."""

    def __init__(self, path: Path, around: AroundGroup | None = None) -> None:
        self._path = path
        self._around = around
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._closed = False
        self._identity: tuple[int, int] | None = None
        self._pruned = 0.0
        self._file_written = 0
        self._transactions = 0
        self._checkpoints = 0

    @property
    def transactions(self) -> int:
        """Transactions committed so far."""
        return self._transactions

    @property
    def fsyncs(self) -> int:
        """How often writes waited for the disk: once for each commit, and for each checkpoint."""
        return self._transactions + _CHECKPOINT_SYNCS * self._checkpoints

    def run(self, group: list[Job]) -> None:
        """Give every job its result or its error. Nothing of a job with an error is stored."""
        with self._lock:
            try:
                connection = self._begin()
                transaction = SqlTransaction(connection)
                with self._surrounding(transaction, group):
                    known = self._known_results(connection, group)
                    for job in group:
                        self._run_one(connection, transaction, job, known)
                    now = int(time.time())
                    connection.executemany(
                        "INSERT INTO requests VALUES (?, ?, ?)",
                        [(id, now, result) for id, result in transaction.results.items()],
                    )
                connection.execute("COMMIT")
            except BaseException as error:
                self._drop()
                for job in group:
                    if job.error is None:
                        job.error = self._failure(error)
                if not isinstance(error, (sqlite3.Error, OSError, MemorusError)):
                    raise
            else:
                self._count()

    def close(self, *, for_good: bool) -> None:
        """Close the connection; unless `for_good`, the next group opens a new one."""
        with self._lock:
            self._closed = self._closed or for_good
            self._drop()

    def _surrounding(self, transaction: SqlTransaction, group: list[Job]) -> AbstractContextManager[None]:
        if self._around is None or all(job.local for job in group):
            return nullcontext()
        return self._around(transaction)

    def _run_one(
        self, connection: sqlite3.Connection, transaction: SqlTransaction, job: Job, known: dict[str, bytes]
    ) -> None:
        connection.execute("SAVEPOINT job")
        try:
            if job.cancelled():
                raise Cancelled("the write was cancelled before it began, and nothing was changed")
            if job.request_id is None:
                job.result = job.work(transaction)
            else:
                if job.request_id not in known:
                    packed = pack(job.work(transaction))
                    known[job.request_id] = transaction.results[job.request_id] = packed
                # Unpacked the first time too, so that a repeated answer looks the same.
                job.result = unpack(known[job.request_id])
            connection.execute("RELEASE job")
        except Exception as error:
            job.error = store_error(error, self._path) if isinstance(error, sqlite3.Error) else error
            if not connection.in_transaction:
                # On a full disk, for example, SQLite has undone the work of the other jobs too.
                raise self._failure(error) from error
            connection.execute("ROLLBACK TO job")
            connection.execute("RELEASE job")
            transaction.after_rollback()

    @staticmethod
    def _known_results(connection: sqlite3.Connection, group: list[Job]) -> dict[str, bytes]:
        """Return the packed results of those requests that were committed before."""
        requested = [job.request_id for job in group if job.request_id is not None]
        return dict(
            connection.execute(
                f"SELECT request_id, result FROM requests WHERE request_id {IN_IDS}",
                (ids_parameter(requested),),
            ).fetchall()
        )

    def _begin(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreError(
                f"the store {self._path} is closed", remedy="open it again", data={"reason": "io"}
            )
        self._check_in_place()
        if self._connection is None:
            self._connection = connect(self._path, writer=True)
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                break
            except sqlite3.OperationalError as error:
                if "is locked" not in str(error) or time.monotonic() > end:
                    raise
            time.sleep(random.uniform(*_PAUSE))
        now = time.time()
        if now - self._pruned > _PRUNE_EVERY:
            self._connection.execute("DELETE FROM requests WHERE at < ?", (int(now) - _DAY,))
            self._pruned = now
        return self._connection

    def _check_in_place(self) -> None:
        """Refuse to write to a file that was removed or replaced, because the change would be lost."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            status = None
        identity = status and (status.st_dev, status.st_ino)
        if self._identity is None:
            self._identity = identity
        if identity is None or identity != self._identity:
            raise StoreError(
                f"the store {self._path} was removed or replaced while it was open",
                remedy="put it back, or restart the processes that use it (memorusctl daemon stop)",
                data={"reason": "io", "path": str(self._path)},
            )

    def _count(self) -> None:
        self._transactions += 1
        # In WAL mode only a checkpoint writes to the file itself.
        try:
            written = self._path.stat().st_mtime_ns
        except OSError:  # the next write will report it; this one is done
            return
        if self._file_written and written != self._file_written:
            self._checkpoints += 1
        self._file_written = written

    def _failure(self, error: BaseException) -> MemorusError:
        """Return a new error for each caller: one exception must not be raised in two threads."""
        if isinstance(error, (sqlite3.Error, OSError)):
            return store_error(error, self._path)
        if isinstance(error, StoreError):
            return StoreError(error.message, remedy=error.remedy, data=error.data, retryable=error.retryable)
        return StoreError(
            f"a write to {self._path} was interrupted ({type(error).__name__})",
            remedy="try again",
            data={"reason": "io"},
            retryable=True,
        )

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
