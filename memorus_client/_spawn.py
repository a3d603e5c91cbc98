"""Starts the daemon: one starter at a time, settings over stdin, one line back when it is ready."""

from __future__ import annotations

import json
import os
import sys
from _thread import allocate_lock  # threading would cost the light client an import

from memorus_proto.errors import DaemonUnavailable, from_wire
from memorus_proto.paths import private_directory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from memorus_proto.paths import Paths

__all__ = ["spawn"]

_TAIL = 2_000
"""Bytes of the log that are shown when the daemon dies before it is ready."""
_started: set[int] = set()
_starting = allocate_lock()
# A child forked by another thread while we start a process would keep our pipes open, and we would
# wait for their end while it waits for us. So a fork waits until that is done.
os.register_at_fork(
    before=_starting.acquire, after_in_parent=_starting.release, after_in_child=_starting.release
)


def spawn(paths: Paths, settings: dict[str, Any], still_absent: Callable[[], bool]) -> None:
    """Start a daemon and return when it accepts, unless another client has done so meanwhile.

    Raises:
        DaemonUnavailable: it cannot be started, or died before it was ready.
        MemorusError: it says itself why it does not start (a bad setting, a corrupt store, …).
    """
    with _starting:
        import fcntl  # POSIX only, and only here
        import pathlib  # noqa: F401 - paths are made of it: a fork must not meet it half imported
        import subprocess  # noqa: F401 - used below; a client that finds a daemon never pays for it

    private_directory(paths.runtime)
    try:
        lock = os.open(paths.spawn_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DaemonUnavailable(
            f"cannot write {paths.spawn_lock}: {error.strerror}; make its directory writable for you, "
            "or set MEMORUS_RUNTIME_DIR to another"
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if still_absent():
            _start(paths, settings)
    finally:
        # Closing alone would leave it locked by a child that another thread has forked meanwhile.
        fcntl.flock(lock, fcntl.LOCK_UN)
        os.close(lock)


def _start(paths: Paths, settings: dict[str, Any]) -> None:
    import subprocess

    _reap()
    try:
        private_directory(paths.home)
        private_directory(paths.log.parent)
        log = os.open(paths.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DaemonUnavailable(
            f"cannot write {paths.log}: {error.strerror}; make its directory writable for you"
        ) from None
    try:
        start = os.fstat(log).st_size
        with _starting:
            daemon = subprocess.Popen(
                [sys.executable, "-m", "memorusd", "--spawned"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                # Not the caller's directory: its files must not shadow the daemon's modules.
                cwd="/",
                start_new_session=True,
            )
            # It lives on by itself: nobody is to wait for it, so Popen must not warn that we did not.
            daemon.returncode = 0
            _started.add(daemon.pid)
            assert daemon.stdin is not None
            assert daemon.stdout is not None
            try:
                with daemon.stdin:
                    daemon.stdin.write(json.dumps({"settings": settings}).encode() + b"\n")
            except BrokenPipeError:
                pass  # it died at once; the missing line below tells
    except OSError as error:
        raise DaemonUnavailable(f"cannot run {sys.executable}: {error.strerror}") from None
    finally:
        os.close(log)
    with daemon.stdout:
        # No time limit: slow is not dead, and a dead daemon closes the pipe.
        line = daemon.stdout.readline()
    _check(line, paths, start)


def _reap() -> None:
    """Let daemons that we started and that have ended leave the process table."""
    for pid in list(_started):
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                _started.discard(pid)
        except ChildProcessError:
            _started.discard(pid)  # a parent's, or waited for by somebody else


def _check(line: bytes, paths: Paths, log_start: int) -> None:
    try:
        answer = json.loads(line)
        state = answer["state"]
    except (ValueError, KeyError, TypeError):
        raise DaemonUnavailable(
            f"the daemon died before it was ready; the end of {paths.log}:\n{_log_tail(paths, log_start)}"
        ) from None
    if state == "failed":
        raise from_wire(answer.get("error"))


def _log_tail(paths: Paths, start: int) -> str:
    try:
        with open(paths.log, "rb") as log:  # noqa: PTH123
            size = log.seek(0, os.SEEK_END)
            log.seek(max(start, size - _TAIL))
            return log.read().decode(errors="replace").strip() or "(nothing was logged)"
    except OSError as error:
        return f"(cannot be read: {error.strerror})"
