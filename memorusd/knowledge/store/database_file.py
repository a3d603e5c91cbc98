"""The store's files: who uses them, whether they are sound, and where a damaged one goes.

Two locks, both flock, so that they end with the process that holds them. The directory's is held
while a store is being opened: one process at a time looks, mends and sets aside. The one on
`<name>.lock` is held shared for as long as a store is open: only who finds nobody else there
may check, migrate or move the files. (Locks on the database itself are SQLite's: no other file
descriptor may be opened on it, for closing that would drop them.)
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

__all__ = ["claim", "opening", "sync_directory", "try_lock"]

_PATIENCE = 60.0  # seconds to wait while another process opens the store


def claim(path: Path) -> int:
    """See to it that a sound store of today's schema stands at `path`, and hold it.

    Returns the file descriptor that marks it as used; closing that lets go.

    Raises:
        StoreError: it cannot be had. A damaged one has been set aside by then: the next call
            makes a new, empty one.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with opening(path):
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
        found, today = schema.version(connection), len(schema.STEPS)
        if found < today and not alone:
            raise StoreError(
                f"the store {path} has schema {found} and must become {today}, but another process is "
                "using it; stop that one (memorusctl daemon stop) and try again",
                data={"reason": "locked", "path": str(path)},
                retryable=True,
            )
        if found < today:
            if connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
                raise OSError(f"the file system of {path.parent} cannot share memory, which WAL needs")
            schema.migrate(connection, path)


def _refuse_damage(path: Path) -> None:
    """Look without writing. Raises StoreError if this is no store that can be used."""
    log = path.with_name(path.name + "-wal")
    if not path.exists() or not path.stat().st_size:
        if log.exists() and log.stat().st_size:
            # SQLite would throw the log away: it holds memories that were not yet in the file.
            raise _set_aside(path, "the file is gone, only its log is there")
        return
    try:
        with closing(connect(path, read_only=True)) as connection:
            found = schema.version(connection)
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
            if tables and application != schema.APPLICATION_ID:
                raise StoreError(
                    f"{path} is a database of another program (application id {application}); "
                    "move it away, or set MEMORUS_HOME to another directory",
                    data={"reason": "corrupt", "path": str(path)},
                )
            if found > len(schema.STEPS):
                raise StoreError(
                    f"the store {path} has schema {found}, made by a newer Memorus; this one knows "
                    f"{len(schema.STEPS)}; upgrade it (pip install -U memorus)",
                    data={"reason": "too_new", "path": str(path), "schema": found},
                )
            complaints = [line for (line,) in connection.execute("PRAGMA quick_check(3)")]
    except sqlite3.DatabaseError as error:
        if reason_of(error, path) != "corrupt":
            raise
        complaints = [str(error)]
    if complaints != ["ok"]:
        raise _set_aside(path, "; ".join(complaints))


def _set_aside(path: Path, complaint: str) -> StoreError:
    """Rename the file with its log, and return the error that says so."""
    while True:
        stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")
        aside = path.with_name(f"{path.name}.corrupt-{stamp}")
        if not any(path.parent.glob(aside.name + "*")):
            break
    # The database goes last: without it a log that stayed behind would seem to be a new store's.
    for suffix in ("-wal", "-shm", ""):
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.rename(aside.with_name(aside.name + suffix))
    sync_directory(path.parent)
    return StoreError(
        f"the store {path} was damaged ({complaint:.300}) and has been set aside as {aside}; "
        "try again to begin with an empty store, and restore the old one from a backup if you have one",
        data={"reason": "corrupt", "path": str(path), "set_aside": str(aside)},
    )


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """One process (and thread) at a time."""
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        end = time.monotonic() + _PATIENCE
        while not try_lock(directory, fcntl.LOCK_EX):
            if time.monotonic() > end:
                raise StoreError(
                    f"another process has been opening the store {path} for {_PATIENCE:.0f} s; "
                    "try again, or stop that process",
                    data={"reason": "locked", "path": str(path)},
                    retryable=True,
                )
            time.sleep(0.005)
        yield
    finally:
        os.close(directory)


def try_lock(descriptor: int, kind: int) -> bool:
    """Take a lock (flock) at once, or not."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sync_directory(directory: Path) -> None:
    """Names that were given or taken in it stay so over a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
