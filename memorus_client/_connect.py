"""Connect or spawn: one status for each way an attempt can end, one match that decides."""

from __future__ import annotations

import os
import socket
import time
from enum import Enum, auto

from memorus_proto.errors import DaemonUnavailable, ProtocolError, VersionMismatch
from memorus_proto.messages import PROTOCOL_MAX, PROTOCOL_MIN, common_protocol, hello_range
from memorus_proto.peer import peer_uid

from ._link import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from memorus_proto.paths import Paths

__all__ = ["Outcome", "attempt", "connect", "probe"]

HELLO_TIMEOUT = 10.0
"""Seconds that a daemon has for its hello."""
_PAUSE = 0.02
_PATIENCE = 60.0
"""Seconds during which a daemon that is going away is waited for."""


class Outcome(Enum):
    """How one attempt to connect ended."""

    CONNECTED = auto()
    ABSENT = auto()
    """Nobody listens: no socket, or one left behind."""
    GONE = auto()
    """Accepted, then closed before hello (or draining): it is on its way out. Always safe to try again."""
    OLDER = auto()
    """It speaks only protocol versions below ours."""
    NEWER = auto()
    """It speaks only protocol versions above ours."""


class _Socket(socket.socket):
    """Closes without a ResourceWarning: a Memory that is never closed is everyday use."""

    def __del__(self) -> None:
        self.close()


def attempt(paths: Paths) -> tuple[Outcome, Link | None]:
    """Try once; never starts anything. The link is given with CONNECTED, OLDER and NEWER.

    Raises:
        DaemonUnavailable: the socket is another user's, cannot be reached, or stays silent.
        ProtocolError: what answers is no Memorus daemon.
    """
    sock = _Socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # Blocking on purpose: with a time limit, a full backlog is refused instead of waited for.
        sock.connect(paths.address)
    except (FileNotFoundError, ConnectionRefusedError):
        sock.close()
        return Outcome.ABSENT, None
    except OSError as error:
        sock.close()
        raise DaemonUnavailable(f"cannot connect to {paths.socket}: {error.strerror}") from None
    link = Link(sock)
    try:
        owner = peer_uid(sock)
        if owner is not None and owner != os.getuid():
            raise DaemonUnavailable(
                f"the process behind {paths.socket} runs as user {owner}, not as you ({os.getuid()}); "
                "set MEMORUS_RUNTIME_DIR to a directory of yours"
            )
        hello = link.read_hello(HELLO_TIMEOUT)
        if owner is None:
            raise DaemonUnavailable(f"cannot find out which user the process behind {paths.socket} runs as")
    except (ConnectionError, EOFError):
        link.close()
        return Outcome.GONE, None
    except BaseException:
        link.close()
        raise
    if hello.get("state") == "draining":
        link.close()
        return Outcome.GONE, None
    if common_protocol(hello) is not None:
        return Outcome.CONNECTED, link
    return (Outcome.OLDER if hello_range(hello)[1] < PROTOCOL_MAX else Outcome.NEWER), link


def connect(paths: Paths, settings: dict[str, Any]) -> Link:
    """A link to the daemon of `paths`, which is started, or replaced if it is too old, when needed.

    Raises:
        DaemonUnavailable: none could be had.
        VersionMismatch: the daemon is newer than this client, or too old and could not be replaced.
        MemorusError: the daemon refused to start; this is its own error.
    """
    replaced = False
    deadline = time.monotonic() + _PATIENCE
    while True:
        outcome, link = attempt(paths)
        match outcome:
            case Outcome.CONNECTED:
                assert link is not None
                return link
            case Outcome.ABSENT:
                from ._spawn import spawn  # most clients find a daemon and need none of it

                spawn(paths, settings, lambda: _absent(paths))
            case Outcome.GONE:
                time.sleep(_PAUSE)
            case Outcome.OLDER if not replaced and link is not None:
                _replace(link)
                replaced = True
            case Outcome.OLDER | Outcome.NEWER:
                assert link is not None
                link.close()
                version, older = link.hello.get("version"), outcome is Outcome.OLDER
                remedy = "stop it: memorusctl daemon stop" if older else "upgrade memorus in this environment"
                raise VersionMismatch(
                    f"the running daemon is version {version} with protocol {hello_range(link.hello)}, "
                    f"this client speaks {(PROTOCOL_MIN, PROTOCOL_MAX)}; {remedy}",
                    data={"version": version, "protocol": list(hello_range(link.hello))},
                )
        if time.monotonic() > deadline:
            raise DaemonUnavailable(
                f"the daemon behind {paths.socket} keeps going away; see its log {paths.log}"
            )


def probe(paths: Paths) -> bool:
    """Whether a daemon that this client can talk to answers right now."""
    try:
        outcome, link = attempt(paths)
    except (DaemonUnavailable, ProtocolError):
        return False
    if link is not None:
        link.close()
    return outcome is Outcome.CONNECTED


def _absent(paths: Paths) -> bool:
    """Whether nobody listens. What answers in any other way is for `connect` to judge."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.connect(paths.address)
    except (FileNotFoundError, ConnectionRefusedError):
        return True
    except OSError:
        return False
    finally:
        sock.close()
    return False


def _replace(link: Link) -> None:
    """Ask an older daemon to drain and leave, and wait until it has closed."""
    try:
        link.call("daemon.shutdown", {})
        link.wait_closed()
    except (OSError, EOFError, ProtocolError):
        pass  # it is gone, or going; the next attempt sees
    finally:
        link.close()
