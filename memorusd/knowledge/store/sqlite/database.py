"""One process's hold on a store file: the claim to it, its connections, and letting go of both."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from memorus_proto.errors import StoreError

from . import schema
from .commit import GroupCommit, Job
from .connections import Readers, RowStream, connect
from .database_file import claim
from .failure import store_error
from .fork import operation, watch
from .inbox import Worker
from .sql import LAST_SEQ, checked_id
from .writer import AroundGroup, Writer

__all__ = ["Database", "never"]

_PATIENCE = 60.0  # seconds that a purge waits for readers of what was removed


def never() -> bool:
    """Return False; a write that nobody cancels."""
    return False


class Database:
    """Runs queries and writes on one store file. Thread-safe; call `open` before anything else."""

    def __init__(self, path: Path, around: AroundGroup | None = None) -> None:
        """Prepare to use the file at `path`; see writer.AroundGroup for `around`."""
        self.path = path
        self.store_id = ""
        self._readers = Readers(path)
        self._writer = Writer(path, around)
        self._commits = GroupCommit(self._writer.run)
        self._watcher: sqlite3.Connection | None = None
        self._seen = (-1, 0)  # the watcher's data_version, and the journal's seq at that version
        self._lock = threading.Lock()  # guards the watcher, the claim and closing
        self._claim: int | None = None
        self._worker: Worker | None = None
        self._closed = False
        self._working = _Working(path, self._attach)

    def open(self) -> None:
        """Claim the file, creating it if there is none. Raises StoreError, see database_file.claim."""
        if sqlite3.sqlite_version_info < (3, 37):
            raise StoreError(
                f"SQLite {sqlite3.sqlite_version} is too old for the store",
                remedy="use a Python that comes with SQLite 3.37 or newer",
                data={"reason": "io"},
            )
        with self._working:
            watch(self)

    @property
    def fsyncs(self) -> int:
        """How often writes waited for the disk so far."""
        return self._writer.fsyncs

    @property
    def transactions(self) -> int:
        """Transactions committed so far."""
        return self._writer.transactions

    def submit(
        self,
        work: Callable[[Any], Any],
        request_id: str | None = None,
        cancelled: Callable[[], bool] = never,
        *,
        local: bool = False,
    ) -> Any:
        """Run `work` in a write transaction; see Store.write, and Job.local for `local`."""
        if request_id is not None:
            checked_id(request_id, "request id")
        with self._working:
            return self._commits.submit(Job(work, request_id, cancelled, local))

    def select(self, statement: str, *parameters: Any) -> list[Any]:
        """Return all rows of a query."""
        with self.reading() as connection:
            return connection.execute(statement, parameters).fetchall()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection for reading."""
        with self._working, self._readers.reading() as connection:
            yield connection

    def stream(
        self, first: str, statement: str, parameters: tuple[Any, ...]
    ) -> tuple[tuple[Any, ...], RowStream]:
        """Return (the one row that `first` selects, the rows of `statement`), both as of one instant."""
        with self._working:
            return self._readers.stream(first, statement, parameters)

    def last_seq(self) -> int:
        """Return the last `seq` of the journal; cheap when nothing has been committed since the last call."""
        with self._working, self._lock:
            if self._watcher is None:
                self._check_open()
                self._watcher = connect(self.path)
                self._seen = (-1, 0)
            version = self._watcher.execute("PRAGMA data_version").fetchone()[0]
            if version != self._seen[0]:
                # The version is read first, so a commit in between is noticed by the next call.
                self._seen = (version, self._watcher.execute(f"SELECT {LAST_SEQ}").fetchone()[0])
            return self._seen[1]

    def inbox_worker(self) -> Worker:
        """Return this process's mark at the inbox. Only the thread that is writing may call it."""
        if self._worker is None:
            self._worker = Worker(self.path)
        return self._worker

    def purge(self) -> None:
        """Leave no trace of what was removed, neither in the log nor in the copies that migrations made."""
        with self._working:
            self._readers.close(for_good=False)  # their streams go on from memory
            self._clear_log()
            for copy in schema.backups(self.path):
                _shred(copy)

    def close(self) -> None:
        """Close every connection and give up the claim. Safe to call twice."""
        with operation():
            with self._lock:
                self._closed = True
                descriptor, self._claim = self._claim, None
                worker, self._worker = self._worker, None
            self._close_connections(for_good=True)
            if worker is not None:
                worker.close()
            if descriptor is not None:
                os.close(descriptor)

    def before_fork(self) -> None:
        """See fork.ForkAware."""
        self._close_connections(for_good=False)

    def after_fork_in_child(self) -> None:
        """See fork.ForkAware."""
        # Closing the child's descriptor leaves the parent's lock; a child that uses the store takes its own.
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None
        if self._worker is not None:
            self._worker.abandon()
            self._worker = None

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(
                f"the store {self.path} is closed", remedy="open it again", data={"reason": "io"}
            )

    def _attach(self) -> None:
        """Claim the file unless that is done: at first, and again in a forked child."""
        if self._claim is not None:
            return
        with self._lock:
            self._check_open()
            if self._claim is not None:
                return
            descriptor = claim(self.path)
            try:
                with self._readers.reading() as connection:
                    (store_id,) = connection.execute(
                        "SELECT value FROM meta WHERE key = 'store_id'"
                    ).fetchone()
                if store_id != (self.store_id or store_id):
                    raise StoreError(
                        f"the store {self.path} was replaced by another one",
                        remedy="open it again",
                        data={"reason": "io", "path": str(self.path)},
                    )
            except BaseException:
                os.close(descriptor)
                raise
            self.store_id, self._claim = store_id, descriptor

    def _close_connections(self, *, for_good: bool) -> None:
        self._writer.close(for_good=for_good)
        self._readers.close(for_good=for_good)
        with self._lock:
            watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.close()

    def _clear_log(self) -> None:
        """Copy what was overwritten into the file, and empty the log, which still holds the old pages."""
        end = time.monotonic() + _PATIENCE
        with closing(connect(self.path)) as connection:
            connection.execute("PRAGMA busy_timeout = 100")  # writers wait meanwhile: let them in between
            while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() > end:
                    raise StoreError(
                        f"everything was removed from {self.path}, but its log still holds the old data, "
                        "because another process is still reading it",
                        remedy="stop that process and reset again",
                        data={"reason": "locked", "path": str(self.path)},
                        retryable=True,
                    )
                time.sleep(0.01)


class _Working(operation):
    """An operation on one store: its file is claimed, and SQLite's errors are raised as StoreErrors."""

    __slots__ = ("_attach", "_path")

    def __init__(self, path: Path, attach: Callable[[], None]) -> None:
        self._path = path
        self._attach = attach

    def __enter__(self) -> None:
        super().__enter__()
        try:
            self._attach()
        except BaseException as error:
            self.__exit__(type(error), error)
            raise

    def __exit__(self, *raised: object) -> None:
        super().__exit__()
        error = raised[1]
        if isinstance(error, sqlite3.Error):
            raise store_error(error, self._path) from error


def _shred(file: Path) -> None:
    with file.open("r+b") as handle:
        for _ in range(0, file.stat().st_size, 1 << 20):
            handle.write(bytes(1 << 20))
        handle.flush()
        os.fsync(handle.fileno())
    file.unlink()
