"""Copies of a store: made while others use it, and put in its place only when nobody does."""

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

from .check import Facts, reading, refuse_others, verify
from .connections import connect
from .database_file import opening, sync_directory, try_lock
from .failure import store_error

__all__ = ["back_up", "put_back"]


def back_up(store: Path, target: Path) -> Facts:
    """Write what the store is at this instant into `target` (mode 0600), whole and verified, or not at all.

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


def put_back(backup: Path, store: Path) -> tuple[Facts, Path | None]:
    """Put a copy of `backup` in the place of the store: (what it holds, where the old store is now, if any).

    The copy is verified before anything is touched, and the exchange is one rename. Whoever opens the store
    meanwhile waits and finds the new one.

    Raises:
        StoreError: the backup is no sound store, or somebody still uses the old one (`locked`).
    """
    unfinished = store.with_name(store.name + ".restoring")
    try:
        store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        verified = _copy(backup, unfinished)
        with closing(connect(unfinished)) as fresh:
            fresh.execute("PRAGMA journal_mode = WAL")
        if verified.problems:
            raise StoreError(
                f"{backup} is not sound: {'; '.join(verified.problems)}; restore another backup",
                data={"reason": "corrupt", "path": str(backup)},
            )
        with opening(store):
            name = store.with_name(store.name + ".lock")
            lock = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                if not try_lock(lock, fcntl.LOCK_EX):
                    raise StoreError(
                        f"another process uses {store}; stop it (memorusctl daemon stop) and try again",
                        data={"reason": "locked", "path": str(store)},
                        retryable=True,
                    )
                with _uninterrupted():
                    return verified, _exchange(unfinished, store)
            finally:
                os.close(lock)
    except OSError as error:
        raise store_error(error, store) from error
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits until the names are in order."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _copy(source: Path, target: Path) -> Facts:
    """A copy of what `source` is at this instant, its log included, in one file; synced and verified."""
    if not source.is_file():
        raise StoreError(f"there is no file {source}; name one that is a store", data={"reason": "io"})
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    with reading(source) as original, closing(sqlite3.connect(target, isolation_level=None)) as copy:
        refuse_others(original, source)
        try:
            copy.execute("PRAGMA synchronous = FULL")
            original.backup(copy)
            # One file without a log can be read from a disk that cannot be written, too.
            copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise store_error(error, target) from error
    return verify(target)


def _exchange(new: Path, store: Path) -> Path | None:
    """With the store to ourselves. At every instant a whole store, the old or the new one, has the name."""
    if not store.exists():
        new.replace(store)
        sync_directory(store.parent)
        return None
    stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")
    aside = store.with_name(f"{store.name}.before-restore-{stamp}")
    try:
        # The last one to close it brings its log into the file.
        with closing(connect(store)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        pass  # damaged: its log goes with it
    for suffix in ("-wal", "-shm"):
        log = store.with_name(store.name + suffix)
        if log.exists():
            log.rename(aside.with_name(aside.name + suffix))
    os.link(store, aside)
    new.replace(store)
    sync_directory(store.parent)
    return aside
