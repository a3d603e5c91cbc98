"""When a call is repeated, and after how long: both clients follow the same rules."""

from __future__ import annotations

from memorus_proto.errors import Busy, DaemonUnavailable, MemorusError

from ._connect import connect_or_spawn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._blocking_connection import BlockingConnection
    from ._calls import ClientOptions

__all__ = ["RETRIES", "NoDaemon", "daemon_lost", "reconnect", "retry_pause"]

RETRIES = 8
"""How often a call is repeated after a lost connection, or when the daemon is leaving or busy."""
_LONGEST_PAUSE = 4.0
"""Seconds."""


class NoDaemon(DaemonUnavailable):
    """The daemon is lost and no other can be had, so the engine has to run in this process."""

    retryable = False


def retry_pause(error: Exception, tries: int) -> float | None:
    """Seconds to wait before the call is repeated; None if repeating cannot help.

    Every write carries a request id, so any call may be repeated after a lost connection.
    """
    if tries >= RETRIES:
        return None
    if isinstance(error, Busy):
        retry_after = error.data.get("retry_after", 0.1)
        # Longer each time: the more callers there are, the longer it takes until one of them is served.
        return min(float(retry_after) * 2.0**tries, _LONGEST_PAUSE)
    if isinstance(error, DaemonUnavailable) and error.retryable:
        return 0.02
    if isinstance(error, (OSError, EOFError)) and not isinstance(error, MemorusError):
        return 0.0 if tries == 0 else 0.02 * 2**tries
    return None


def daemon_lost(method: str, tries: int, options: ClientOptions) -> DaemonUnavailable:
    """The error of a call that was repeated `tries` times in vain."""
    return DaemonUnavailable(
        f"the daemon was lost {tries + 1} times during {method}", remedy=f"see its log {options.paths.log}"
    )


def reconnect(options: ClientOptions) -> BlockingConnection:
    """A new connection after the first one. Starts a daemon if need be.

    Raises:
        NoDaemon: none can be had.
    """
    try:
        return connect_or_spawn(options.paths, options.settings_of_daemon)
    except DaemonUnavailable as error:
        raise NoDaemon(error.message, remedy=error.remedy) from error
