"""Backups of a store: made while others use it, restored only when nobody does."""

from __future__ import annotations

import fcntl
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path

from memorus_proto.errors import StoreError

from .check import FileReport, check_is_store, read_snapshot, verify
from .connections import connect
from .database_file import exclusive_opening, sync_directory, try_lock
from .failure import store_error

__all__ = ["restore_backup", "write_backup"]


def write_backup(store: Path, target: Path) -> FileReport:
    """Write the store's current state to `target` (mode 0600): complete and verified, or not at all.

    Raises:
        StoreError: the store cannot be read, or the copy cannot be written.
    """
    unfinished = target.with_name(target.name + ".part")
    try:
        verified = _copy(store, unfinished)
        unfinished.replace(target)
        sync_directory(target.absolute().parent)
    except OSError as error:
        raise store_error(error, target) from error
    finally:
        unfinished.unlink(missing_ok=True)
    return verified


def restore_backup(backup: Path, store: Path) -> tuple[FileReport, Path | None]:
    """Replace the store by a copy of `backup`; return (what it holds, the old store's new path, if any).

    The copy is verified before anything is touched, and replaces the store in one rename. A process that
    opens the store meanwhile waits and gets the new one.

    Raises:
        StoreError: the backup is not a sound store, or another process still uses the old one (`locked`).
    """
    unfinished = store.with_name(store.name + ".restoring")
    try:
        store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        verified = _copy(backup, unfinished)
        with closing(connect(unfinished)) as fresh:
            fresh.execute("PRAGMA journal_mode = WAL")
        if verified.problems:
            raise StoreError(
                f"{backup} is not sound: {'; '.join(verified.problems)}",
                remedy="restore another backup",
                data={"reason": "corrupt", "path": str(backup)},
            )
        with exclusive_opening(store):
            name = store.with_name(store.name + ".lock")
            lock = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                if not try_lock(lock, fcntl.LOCK_EX):
                    raise StoreError(
                        f"another process uses {store}",
                        remedy="stop it (memorusctl daemon stop) and try again",
                        data={"reason": "locked", "path": str(store)},
                        retryable=True,
                    )
                with _signals_blocked():
                    return verified, _replace(unfinished, store)
            finally:
                os.close(lock)
    except OSError as error:
        raise store_error(error, store) from error
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """Delay SIGINT and SIGTERM until all files have their names."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _copy(source: Path, target: Path) -> FileReport:
    """Copy the current state of `source`, its log included, into one file; synced and verified."""
    if not source.is_file():
        raise StoreError(
            f"there is no file {source}", remedy="name a store or a backup", data={"reason": "io"}
        )
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with read_snapshot(source) as original, closing(sqlite3.connect(target, isolation_level=None)) as copy:
        check_is_store(original, source)
        try:
            copy.execute("PRAGMA synchronous = FULL")
            original.backup(copy)
            # Without a log, the file can be read even from a disk that cannot be written.
            copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise store_error(error, target) from error
    return verify(target)


def _replace(new: Path, store: Path) -> Path | None:
    """Rename both files. Nobody else may use the store; at every instant a complete one has its name."""
    if not store.exists():
        new.replace(store)
        sync_directory(store.parent)
        return None
    stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")
    aside = store.with_name(f"{store.name}.before-restore-{stamp}")
    try:
        # Closing the last connection copies the log into the file.
        with closing(connect(store)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        pass  # a damaged store keeps its log
    for suffix in ("-wal", "-shm"):
        log = store.with_name(store.name + suffix)
        if log.exists():
            log.rename(aside.with_name(aside.name + suffix))
    os.link(store, aside)
    new.replace(store)
    sync_directory(store.parent)
    return aside
