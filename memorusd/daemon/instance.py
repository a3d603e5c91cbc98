"""One daemon a store: a lock held for life, beside the store. No PID file, so nothing to go stale."""

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
"""Seconds to wait for a daemon that is on its way out (or in), but does not answer."""


class Instance:
    """The lock, held. The kernel frees it however this process ends."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    @classmethod
    def try_lock(cls, path: Path) -> Instance | None:
        """Take the lock at `path`, or None while another process has it."""
        while True:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return None
            held = cls(path, descriptor)
            if held.stands():
                return held
            held.release()  # The file was replaced between open and flock: lock the one others see.

    def stands(self) -> bool:
        """Whether the lock file is still the one that others find at its path."""
        try:
            found, own = os.lstat(self._path), os.fstat(self._descriptor)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == (own.st_dev, own.st_ino)

    def release(self) -> None:
        """Let the next daemon in. The file stays: removing it would make two locks of one."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def claim(paths: Paths, *, activated: bool, patience: float = PATIENCE) -> Instance | None:
    """Become the store's daemon; None if another one is, and accepts connections.

    A holder that does not accept is starting or draining: wait for it. `activated` says that the
    service manager holds the socket, so that it accepts whoever owns the store.

    Raises:
        DaemonUnavailable: the lock was not to be had for `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            instance = Instance.try_lock(paths.instance_lock)
        except OSError as error:
            raise DaemonUnavailable(
                f"cannot lock {paths.instance_lock}: {error.strerror}; make it writable for you"
            ) from None
        if instance is not None:
            return instance
        if not activated and accepts(paths.socket):
            return None
        if time.monotonic() > deadline:
            raise DaemonUnavailable(
                f"another daemon has held {paths.instance_lock} for {patience:.0f} s without answering "
                f"on {paths.socket}; see {paths.log}, and stop it if it hangs"
            )
        time.sleep(0.02)
