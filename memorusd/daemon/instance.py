"""One daemon for each store: it holds a lock beside the store as long as it lives.

The kernel releases the lock when the process ends, so unlike a PID file it cannot become stale.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from memorus_proto.errors import DaemonUnavailable
from memorus_proto.paths import Paths

from .listener import accepts

__all__ = ["Instance", "claim"]

PATIENCE = 60.0
"""Seconds to wait for a daemon that holds the lock but does not answer: it is starting or stopping."""


class Instance:
    """The lock, while this process holds it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def try_lock(cls, path: Path) -> Instance | None:
        """Take the lock at `path`; None if another process has it."""
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return None
            held = cls(path, descriptor)
            if held.in_place():
                return held
            held.release()  # the file was replaced between open and flock: lock the new one

    def in_place(self) -> bool:
        """Whether the file at the lock's path is still the one that is locked."""
        try:
            current, own = os.lstat(self._path), os.fstat(self._descriptor)
        except OSError:
            return False
        return (current.st_dev, current.st_ino) == (own.st_dev, own.st_ino)

    def release(self) -> None:
        """Release the lock. The file stays, because with a new file there could be two holders."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def claim(paths: Paths, *, activated: bool, patience: float = PATIENCE) -> Instance | None:
    """Become the store's daemon; None if another process is, and accepts connections.

    A holder that does not accept connections is starting or draining, and is waited for. `activated` says
    that the service manager owns the socket. It then accepts connections whether a daemon runs or not.

    Raises:
        DaemonUnavailable: the lock cannot be opened, or was not free for `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            instance = Instance.try_lock(paths.instance_lock)
        except OSError as error:
            raise DaemonUnavailable(
                f"cannot lock {paths.instance_lock}: {error.strerror}", remedy="make it writable for you"
            ) from None
        if instance is not None:
            return instance
        if not activated and accepts(paths.socket):
            return None
        if time.monotonic() > deadline:
            raise DaemonUnavailable(
                f"another daemon has held {paths.instance_lock} for {patience:.0f} s without answering "
                f"on {paths.socket}",
                remedy=f"look in {paths.log}, and stop that daemon if it hangs",
            )
        time.sleep(0.02)
