"""The daemon as a client sees it: its status, starting it, stopping it."""

from __future__ import annotations

import os
import time

from memorus_proto.errors import DaemonUnavailable

from ._calls import ClientOptions
from ._connect import Outcome, connect_or_spawn, try_connect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["daemon_status", "start_daemon", "stop_daemon"]


def daemon_status() -> dict[str, Any] | None:
    """What the running daemon reports (SPEC.md, daemon.status), or None if none runs. Starts none."""
    _, connection = try_connect(ClientOptions(None).paths)
    if connection is None:
        return None
    try:
        status: dict[str, Any] = connection.call("daemon.status", {})
    except (OSError, EOFError):
        return None  # it left between hello and reply
    finally:
        connection.close()
    return status


def start_daemon(config: dict[str, Any] | None = None) -> dict[str, Any]:
    """Start a daemon if none runs. Returns the status of the one that runs now.

    Raises:
        DaemonUnavailable: no daemon can be had.
        MemorusError: it refused to start, for this reason.
    """
    options = ClientOptions(config)
    connection = connect_or_spawn(options.paths, options.settings_of_daemon)
    try:
        status: dict[str, Any] = connection.call("daemon.status", {})
    except (OSError, EOFError) as error:
        raise DaemonUnavailable(
            "the daemon left as soon as it had started", remedy=f"see its log {options.paths.log}"
        ) from error
    finally:
        connection.close()
    return status


def stop_daemon(timeout: float = 30.0) -> bool:
    """Ask the daemon to drain and leave. Returns True once it is gone, False if none ran.

    Raises:
        DaemonUnavailable: it is still there after `timeout` seconds. It is never killed.
    """
    paths = ClientOptions(None).paths
    outcome, connection = try_connect(paths)
    if outcome is Outcome.ABSENT:
        return False
    if connection is not None:
        connection.sock.settimeout(timeout)
        try:
            connection.call("daemon.shutdown", {})
            connection.wait_closed()
        except TimeoutError:
            raise DaemonUnavailable(
                f"the daemon is still finishing work after {timeout:g} s", remedy="try again later"
            ) from None
        except (OSError, EOFError):
            pass  # gone
        finally:
            connection.close()
    return _wait_unlocked(paths.instance_lock, timeout)


def _wait_unlocked(lock: Any, timeout: float) -> bool:
    """Wait until the daemon has released the lock of its store."""
    import fcntl

    if not os.path.exists(lock):  # noqa: PTH110
        return True  # this daemon has none
    deadline = time.monotonic() + timeout
    with open(lock, "rb") as file:  # noqa: PTH123
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > deadline:
                    raise DaemonUnavailable(
                        f"the daemon still holds {lock} after {timeout:g} s", remedy="try again later"
                    ) from None
                time.sleep(0.02)
            else:
                return True
