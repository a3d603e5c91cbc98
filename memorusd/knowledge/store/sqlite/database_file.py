"""The store's files: who uses them, whether they are sound, and where a damaged one goes.

There are two locks, both flock, so that they end with the process that holds them. The lock on the
directory is held while a store is being opened: one process at a time checks, migrates and sets aside.
The lock on `<name>.lock` is held shared for as long as a store is open: only a process that finds no
other holder may check, migrate or move the files. (Locks on the database itself belong to SQLite. No
other file descriptor may be opened on it, because closing that one would drop them.)
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path

from memorus_proto.errors import StoreError

from . import schema
from .connections import connect
from .failure import reason_of, store_error

__all__ = ["claim", "exclusive_opening", "sync_directory", "try_lock"]

_PATIENCE = 60.0  # seconds to wait while another process opens the store


def claim(path: Path) -> int:
    """Make sure that a sound store with the current schema is at `path`, and mark it as used.

    Returns the file descriptor that marks it; close that to release the store.

    Raises:
        StoreError: the store cannot be used. A damaged one has been set aside by then, so that the next
            call creates an empty one.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with exclusive_opening(path):
            lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                alone = try_lock(lock, fcntl.LOCK_EX)
                _make_ready(path, alone)
                fcntl.flock(lock, fcntl.LOCK_SH)
            except BaseException:
                os.close(lock)
                raise
            return lock
    except (OSError, sqlite3.Error) as error:
        raise store_error(error, path) from error


def _make_ready(path: Path, alone: bool) -> None:
    if alone:
        _refuse_damage(path)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        sync_directory(path.parent)
    mode = path.stat().st_mode
    if mode & 0o077:
        path.chmod(mode & 0o700)
    if not os.access(path, os.W_OK):
        raise PermissionError(13, os.strerror(13), str(path))
    with closing(connect(path)) as connection:
        version, current = schema.version(connection), len(schema.STEPS)
        if version < current and not alone:
            raise StoreError(
                f"the store {path} has schema {version} and must be migrated to {current}, but another "
                "process is using it",
                remedy="stop that process (memorusctl daemon stop) and try again",
                data={"reason": "locked", "path": str(path)},
                retryable=True,
            )
        if version < current:
            if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
                raise OSError(
                    f"the file system of {path.parent} does not support the shared memory that WAL needs"
                )
            schema.migrate(connection, path)


def _refuse_damage(path: Path) -> None:
    """Check the file without writing to it. Raises StoreError if it is not a usable store."""
    log = path.with_name(path.name + "-wal")
    if not path.exists() or not path.stat().st_size:
        if log.exists() and log.stat().st_size:
            # SQLite would delete the log, which holds memories that were not yet in the file.
            raise _set_aside(path, "the file is gone and only its log is left")
        return
    try:
        with closing(connect(path, read_only=True)) as connection:
            version = schema.version(connection)
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
            if tables and application != schema.APPLICATION_ID:
                raise StoreError(
                    f"{path} is a database of another program (application id {application})",
                    remedy="move it away, or set MEMORUS_HOME to another directory",
                    data={"reason": "corrupt", "path": str(path)},
                )
            schema.refuse_newer(version, path)
            complaints = [line for (line,) in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.DatabaseError as error:
        if reason_of(error, path) != "corrupt":
            raise
        complaints = [str(error)]
    if complaints != ["ok"]:
        raise _set_aside(path, "; ".join(complaints))


def _set_aside(path: Path, complaint: str) -> StoreError:
    """Rename the file and its log, and return the error that reports it."""
    while True:
        stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")
        aside = path.with_name(f"{path.name}.corrupt-{stamp}")
        if not any(path.parent.glob(aside.name + "*")):
            break
    # The database goes last: a log left behind without it would be taken for that of a new store.
    for suffix in ("-wal", "-shm", ""):
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.rename(aside.with_name(aside.name + suffix))
    sync_directory(path.parent)
    return StoreError(
        f"the store {path} was damaged ({complaint:.300}) and has been set aside as {aside}",
        remedy="try again to begin with an empty store, and restore the old one from a backup if you have "
        "one",
        data={"reason": "corrupt", "path": str(path), "set_aside": str(aside)},
    )


@contextmanager
def exclusive_opening(path: Path) -> Iterator[None]:
    """Let one process (and thread) at a time open the store at `path`."""
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        end = time.monotonic() + _PATIENCE
        while not try_lock(directory, fcntl.LOCK_EX):
            if time.monotonic() > end:
                raise StoreError(
                    f"another process has been opening the store {path} for {_PATIENCE:.0f} s",
                    remedy="try again, or stop that process",
                    data={"reason": "locked", "path": str(path)},
                    retryable=True,
                )
            time.sleep(0.005)
        yield
    finally:
        os.close(directory)


def try_lock(descriptor: int, kind: int) -> bool:
    """Take a lock (flock) without waiting; return whether that worked."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sync_directory(directory: Path) -> None:
    """Make changes of names in a directory survive a power failure."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
