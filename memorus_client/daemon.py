"""The daemon itself, from a client's side: is it there, start it, stop it."""

from __future__ import annotations

import os
import time

from memorus_proto.errors import DaemonUnavailable

from ._calls import Options
from ._connect import Outcome, attempt, connect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["daemon_status", "start_daemon", "stop_daemon"]


def daemon_status() -> dict[str, Any] | None:
    """What the running daemon says of itself (SPEC.md, daemon.status); None if none runs. Starts none."""
    _, link = attempt(Options(None).paths)
    if link is None:
        return None
    try:
        status: dict[str, Any] = link.call("daemon.status", {})
    except (OSError, EOFError):
        return None  # it left between hello and answer
    finally:
        link.close()
    return status


def start_daemon(config: dict[str, Any] | None = None) -> dict[str, Any]:
    """The status of the daemon, which is started if none runs.

    Raises:
        DaemonUnavailable: none can be had.
        MemorusError: it refused to start; its own error.
    """
    options = Options(config)
    link = connect(options.paths, options.asked)
    try:
        status: dict[str, Any] = link.call("daemon.status", {})
    except (OSError, EOFError) as error:
        raise DaemonUnavailable(f"the daemon left again at once; see {options.paths.log}") from error
    finally:
        link.close()
    return status


def stop_daemon(timeout: float = 30.0) -> bool:
    """Ask the daemon to drain and leave; True once it is gone, False if none ran.

    Raises:
        DaemonUnavailable: it is still there after `timeout` seconds. It is never killed.
    """
    paths = Options(None).paths
    outcome, link = attempt(paths)
    if outcome is Outcome.ABSENT:
        return False
    if link is not None:
        link.sock.settimeout(timeout)
        try:
            link.call("daemon.shutdown", {})
            link.wait_closed()
        except TimeoutError:
            raise DaemonUnavailable(
                f"the daemon is still finishing work after {timeout:g} s; try again later"
            ) from None
        except (OSError, EOFError):
            pass  # gone
        finally:
            link.close()
    return _wait_unlocked(paths.instance_lock, timeout)


def _wait_unlocked(lock: Any, timeout: float) -> bool:
    """Wait until the daemon has let go of its store; its lock says so."""
    import fcntl

    if not os.path.exists(lock):  # noqa: PTH110
        return True  # a daemon without one
    deadline = time.monotonic() + timeout
    with open(lock, "rb") as file:  # noqa: PTH123
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > deadline:
                    raise DaemonUnavailable(
                        f"the daemon still holds {lock} after {timeout:g} s; try again later"
                    ) from None
                time.sleep(0.02)
            else:
                return True
