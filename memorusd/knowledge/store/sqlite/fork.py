"""No SQLite connection survives a fork.

SQLite remembers per process which file locks it holds. A child inherits that memory but not the locks,
and would then write unprotected, even through connections that it opens itself. So whoever has
connections open works inside `operation`; a fork waits until all operations have ended, and closes all
connections first. Parent and child open new ones when they need them.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from typing import Protocol

from memorus_proto.errors import StoreError

__all__ = ["ForkAware", "operation", "watch"]

_PATIENCE = 30.0  # seconds that a fork waits for operations to end


class ForkAware(Protocol):
    """An object that holds connections."""

    def before_fork(self) -> None:
        """Close every connection. No operation is running."""

    def after_fork_in_child(self) -> None:
        """Release what belongs to the parent."""


class _Inside(threading.local):
    depth = 0


_inside = _Inside()
_changed = threading.Condition()
_running = 0
_watched: weakref.WeakSet[ForkAware] = weakref.WeakSet()
_forking = False
_forked_inside = False


class operation:  # noqa: N801 - used like a function; a generator would cost each search 1 us
    """A context manager around work on connections: no fork begins meanwhile. May be nested.

    Raises:
        StoreError: this process was forked in the middle of an operation.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        global _running
        if not _inside.depth:
            with _changed:
                while _forking:
                    _changed.wait()
                if _forked_inside:
                    raise StoreError(
                        f"process {os.getpid()} was forked in the middle of a write, so its store is not "
                        "safe to use",
                        remedy="fork outside of writes, or start a new program instead",
                        data={"reason": "io"},
                    )
                _running += 1
        _inside.depth += 1

    def __exit__(self, *_: object) -> None:
        global _running
        _inside.depth -= 1
        if not _inside.depth:
            with _changed:
                _running -= 1
                if _forking and not _running:
                    _changed.notify_all()


def watch(holder: ForkAware) -> None:
    """Call the methods of `holder` at every fork, for as long as it lives."""
    with _changed:
        _watched.add(holder)


def _before() -> None:
    global _forking
    # Held during the fork, except while waiting; `_forking` keeps others out even then.
    _changed.acquire()
    while _forking:
        _changed.wait()
    _forking = True
    end = time.monotonic() + _PATIENCE
    while _running and not _inside.depth and time.monotonic() < end:
        _changed.wait(end - time.monotonic())
    _inside.depth += 1
    if not _running:
        for holder in list(_watched):
            holder.before_fork()


def _after_in_parent() -> None:
    global _forking
    _forking = False
    _inside.depth -= 1
    _changed.notify_all()
    _changed.release()


def _after_in_child() -> None:
    global _changed, _forking, _running, _forked_inside
    _forking = False
    _forked_inside = _forked_inside or _running > 0
    _changed = threading.Condition()
    _running = 0
    _inside.depth = 0
    for holder in list(_watched):
        holder.after_fork_in_child()


os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
