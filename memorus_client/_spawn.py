"""Starts the daemon: one client at a time, settings over stdin, and one line back when it is ready."""

from __future__ import annotations

import fcntl
import json
import os
import pathlib  # noqa: F401 - `Paths` imports it later, and a fork must not find it half imported
import subprocess
import sys

from memorus_proto.errors import DaemonUnavailable, from_wire
from memorus_proto.paths import private_directory

from ._fork_guard import fork_guard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from memorus_proto.paths import Paths

__all__ = ["spawn_daemon"]

_TAIL = 2_000
"""Bytes of the log that are shown when the daemon dies before it is ready."""
_started: set[int] = set()


def spawn_daemon(paths: Paths, settings: dict[str, Any], still_absent: Callable[[], bool]) -> None:
    """Start a daemon, unless another client just has, and return when it accepts connections.

    Raises:
        DaemonUnavailable: it cannot be started, or died before it was ready.
        MemorusError: it refused to start, for this reason (a bad setting, a corrupt store, …).
    """
    private_directory(paths.runtime)
    try:
        lock = os.open(paths.spawn_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DaemonUnavailable(
            f"cannot write {paths.spawn_lock}: {error.strerror}",
            remedy="make its directory writable for you, or set MEMORUS_RUNTIME_DIR to another",
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if still_absent():
            _start(paths, settings)
    finally:
        # Closing it is not enough: a child that another thread has just forked would keep it locked.
        fcntl.flock(lock, fcntl.LOCK_UN)
        os.close(lock)


def _start(paths: Paths, settings: dict[str, Any]) -> None:
    _reap()
    try:
        private_directory(paths.home)
        private_directory(paths.log.parent)
        log = os.open(paths.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DaemonUnavailable(
            f"cannot write {paths.log}: {error.strerror}", remedy="make its directory writable for you"
        ) from None
    try:
        start = os.fstat(log).st_size
        # A child forked by another thread meanwhile would keep our pipes open, and we would wait for their
        # end while it waits for us.
        with fork_guard:
            daemon = subprocess.Popen(
                [sys.executable, "-m", "memorusd", "--spawned"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                # Not the caller's directory, whose files could shadow the daemon's modules.
                cwd="/",
                start_new_session=True,
            )
            # It outlives us, so Popen must not warn that nobody waited for it.
            daemon.returncode = 0
            _started.add(daemon.pid)
            assert daemon.stdin is not None
            assert daemon.stdout is not None
            try:
                with daemon.stdin:
                    daemon.stdin.write(json.dumps({"settings": settings}).encode() + b"\n")
            except BrokenPipeError:
                pass  # it died at once, and will send no line
    except OSError as error:
        raise DaemonUnavailable(f"cannot run {sys.executable}: {error.strerror}") from None
    finally:
        os.close(log)
    with daemon.stdout:
        # No time limit: slow is not dead, and a dead daemon closes the pipe.
        line = daemon.stdout.readline()
    _raise_unless_ready(line, paths, start)


def _reap() -> None:
    """Remove the daemons that we started, and that have ended, from the process table."""
    for pid in list(_started):
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                _started.discard(pid)
        except ChildProcessError:
            _started.discard(pid)  # our parent's, or somebody else waited for it


def _raise_unless_ready(line: bytes, paths: Paths, log_start: int) -> None:
    try:
        report = json.loads(line)
        state = report["state"]
    except (ValueError, KeyError, TypeError):
        raise DaemonUnavailable(
            f"the daemon died before it was ready; the end of {paths.log}:\n{_log_tail(paths, log_start)}"
        ) from None
    if state == "failed":
        raise from_wire(report.get("error"))


def _log_tail(paths: Paths, start: int) -> str:
    try:
        with open(paths.log, "rb") as log:  # noqa: PTH123
            size = log.seek(0, os.SEEK_END)
            log.seek(max(start, size - _TAIL))
            return log.read().decode(errors="replace").strip() or "(nothing was logged)"
    except OSError as error:
        return f"(cannot be read: {error.strerror})"
