"""What the blocking client is made of: a lock, a pause, and connections for many threads.

`_async_io` offers the same names, with `Async` before the classes; so `_sync` can be generated from
`_async`.
"""

from __future__ import annotations

import os
from _thread import allocate_lock  # threading would cost the light client an import
from time import sleep

from memorus_proto.errors import MemorusError

from ._retries import reconnect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from ._blocking_connection import BlockingConnection
    from ._calls import ClientOptions

    T = TypeVar("T")

__all__ = ["Connections", "Lock", "run_blocking", "sleep"]


class Lock:
    """A lock for threads. A child process finds it free, even if a thread of its parent held it."""

    def __init__(self) -> None:
        self._by_pid = {os.getpid(): allocate_lock()}

    def locked(self) -> bool:
        """Whether a thread of this process holds it."""
        held: bool = self._of_this_process().locked()
        return held

    def __enter__(self) -> None:
        self._of_this_process().acquire()

    def __exit__(self, *exc_info: object) -> None:
        self._of_this_process().release()

    def _of_this_process(self) -> Any:
        return self._by_pid.setdefault(os.getpid(), allocate_lock())


def run_blocking(function: Callable[..., T], *args: Any) -> T:
    """Call a function that blocks."""
    return function(*args)


class Connections:
    """Connections that are kept and reused, one for each call under way. Usable after a fork."""

    def __init__(self, options: ClientOptions, first: BlockingConnection) -> None:
        self._options = options
        self._idle: list[BlockingConnection] = [first]
        self._pid = os.getpid()

    def call(self, method: str, params: dict[str, Any]) -> Any:
        """Make a call once. Raises what `BlockingConnection.call` raises.

        Raises:
            NoDaemon: a new connection is needed, and no daemon can be had.
        """
        connection = self._acquire()
        try:
            result = connection.call(method, params)
        except MemorusError as error:
            # The connection is still good, unless the daemon is leaving or talks nonsense.
            if error.code in ("DAEMON_UNAVAILABLE", "PROTOCOL_ERROR"):
                connection.close()
            else:
                self._idle.append(connection)
            raise
        except (OSError, EOFError):
            connection.close()
            self.close()  # the idle ones lead to the same lost daemon
            raise
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return result

    def close(self) -> None:
        """Close every idle connection."""
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _acquire(self) -> BlockingConnection:
        if self._pid != os.getpid():
            # After a fork the connections are the parent's: close our copies, and open our own.
            self.close()
            self._pid = os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return reconnect(self._options)
