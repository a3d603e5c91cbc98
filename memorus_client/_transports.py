"""The two doors to the one service: through the daemon's socket, or in this process."""

from __future__ import annotations

import os
import threading
import time

from memorus_proto.errors import Busy, DaemonUnavailable, MemorusError
from memorus_proto.frames import encode, pack, unpack

from ._connect import connect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._calls import Options
    from ._link import Link

__all__ = ["RETRIES", "InProcessTransport", "NoDaemon", "SocketTransport", "lost", "retry_pause"]

RETRIES = 8
"""How often a call is repeated over a lost connection, a leaving daemon or a busy one."""
_LONGEST_PAUSE = 4.0


class NoDaemon(DaemonUnavailable):
    """The daemon is lost and no other can be had, so the engine has to run here."""

    retryable = False


def retry_pause(error: Exception, tries: int) -> float | None:
    """Seconds to wait before the call is repeated; None if repeating cannot help.

    Every write carries a request id, so any call may be repeated after a lost connection.
    """
    if tries >= RETRIES:
        return None
    if isinstance(error, Busy):
        asked = error.data.get("retry_after", 0.1)
        # Longer each time: the more callers there are, the longer it takes until one of them is served.
        return min(float(asked) * 2.0**tries, _LONGEST_PAUSE)
    if isinstance(error, DaemonUnavailable) and error.retryable:
        return 0.02
    if isinstance(error, (OSError, EOFError)) and not isinstance(error, MemorusError):
        return 0.0 if tries == 0 else 0.02 * 2**tries
    return None


def lost(method: str, tries: int, options: Options) -> DaemonUnavailable:
    """What both doors to a daemon say when `tries` repeats of a call were in vain."""
    return DaemonUnavailable(
        f"the daemon was lost {tries + 1} times during {method}; see {options.paths.log}"
    )


class SocketTransport:
    """Calls over connections that are kept and reused, one for each call under way."""

    def __init__(self, options: Options, first: Link) -> None:
        self._options = options
        self._idle: list[Link] = [first]
        self._pid = os.getpid()

    def call(self, method: str, params: dict[str, Any]) -> Any:
        """Raises MemorusError; a lost daemon is replaced and the call repeated.

        Raises:
            NoDaemon: there is no other.
        """
        tries = 0
        while True:
            try:
                return self._once(method, params)
            except (MemorusError, OSError, EOFError) as error:
                pause = retry_pause(error, tries)
                if pause is None:
                    if isinstance(error, MemorusError):
                        raise
                    raise lost(method, tries, self._options) from error
                tries += 1
                time.sleep(pause)

    def close(self) -> None:
        """Close every kept connection."""
        kept, self._idle = self._idle, []
        for link in kept:
            link.close()

    def _once(self, method: str, params: dict[str, Any]) -> Any:
        link = self._take()
        try:
            result = link.call(method, params)
        except MemorusError as error:
            # An answer leaves the connection in order, unless the daemon is leaving or talks nonsense.
            if error.code in ("DAEMON_UNAVAILABLE", "PROTOCOL_ERROR"):
                link.close()
            else:
                self._idle.append(link)
            raise
        except (OSError, EOFError):
            link.close()
            self.close()  # the kept ones lead to the same lost daemon
            raise
        except BaseException:
            link.close()
            raise
        self._idle.append(link)
        return result

    def _take(self) -> Link:
        if self._pid != os.getpid():
            # After a fork the connections are the parent's: drop our copies, talk on our own.
            self.close()
            self._pid = os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            pass
        try:
            return connect(self._options.paths, self._options.asked)
        except DaemonUnavailable as error:
            raise NoDaemon(error.message) from error


class InProcessTransport:
    """The very same service, in this process, on the same store."""

    _abandoned: list[Any] = []  # noqa: RUF012
    """Engines of a parent process: never touched again, and never finalised, in a child."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._pid = os.getpid()
        self._reopening = threading.Lock()  # taken in a child alone, so no fork can find it held by a parent
        self._service = self._open()

    def call(self, method: str, params: dict[str, Any]) -> Any:
        """Raises MemorusError."""
        if self._pid != os.getpid():
            with self._reopening:
                if self._pid != os.getpid():
                    self._abandoned.append(self._service)
                    self._service = self._open()
                    self._pid = os.getpid()
        # Through the same encoding as over the socket, so that both doors take and give the same.
        call = unpack(encode([method, params])[4:])
        return unpack(pack(self._service.call(method, call[1])))

    def close(self) -> None:
        """Close the engine."""
        if self._pid == os.getpid():
            self._service.close()

    def _open(self) -> Any:
        from memorusd.service import open_service
        from memorusd.settings.config import load_settings

        paths = self._options.paths
        return open_service(paths, load_settings(paths, self._options.asked))
