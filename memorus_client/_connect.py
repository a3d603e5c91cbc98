"""Connect or spawn: an attempt to connect has one of five outcomes, and one `match` acts on it."""

from __future__ import annotations

import os
import socket
import time
from enum import Enum, auto

from memorus_proto.errors import DaemonUnavailable, ProtocolError, VersionMismatch
from memorus_proto.messages import PROTOCOL_MAX, PROTOCOL_MIN, common_protocol, hello_range
from memorus_proto.peer import peer_uid

from ._blocking_connection import BlockingConnection
from ._fork_guard import fork_guard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from memorus_proto.paths import Paths

__all__ = ["Outcome", "connect_or_spawn", "probe", "try_connect"]

HELLO_TIMEOUT = 10.0
"""Seconds that a daemon has for its hello."""
_PAUSE = 0.02
"""Seconds between two attempts while a daemon is going away,"""
_PATIENCE = 60.0
"""and for how many seconds they go on."""


class Outcome(Enum):
    """How one attempt to connect ended."""

    CONNECTED = auto()
    ABSENT = auto()
    """Nobody listens: no socket, or one left behind."""
    GONE = auto()
    """It closed before its hello, or is draining: it is on its way out, and trying again is safe."""
    OLDER = auto()
    """It speaks only protocol versions below ours."""
    NEWER = auto()
    """It speaks only protocol versions above ours."""


class _Socket(socket.socket):
    """Closes without a ResourceWarning: a Memory that is never closed is everyday use."""

    def __del__(self) -> None:
        self.close()


def try_connect(paths: Paths) -> tuple[Outcome, BlockingConnection | None]:
    """Try once, and start nothing. There is a connection with CONNECTED, OLDER and NEWER.

    Raises:
        DaemonUnavailable: the socket is another user's, cannot be reached, or stays silent.
        ProtocolError: what answers is not a Memorus daemon.
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
    connection = BlockingConnection(sock)
    try:
        owner = peer_uid(sock)
        if owner is not None and owner != os.getuid():
            raise DaemonUnavailable(
                f"the process behind {paths.socket} runs as user {owner}, not as you ({os.getuid()})",
                remedy="set MEMORUS_RUNTIME_DIR to a directory of yours",
            )
        hello = connection.read_hello(HELLO_TIMEOUT)
        if owner is None:
            raise DaemonUnavailable(f"cannot find out which user the process behind {paths.socket} runs as")
    except (ConnectionError, EOFError):
        connection.close()
        return Outcome.GONE, None
    except BaseException:
        connection.close()
        raise
    if hello.get("state") == "draining":
        connection.close()
        return Outcome.GONE, None
    if common_protocol(hello) is not None:
        return Outcome.CONNECTED, connection
    return (Outcome.OLDER if hello_range(hello)[1] < PROTOCOL_MAX else Outcome.NEWER), connection


def connect_or_spawn(paths: Paths, settings: dict[str, Any]) -> BlockingConnection:
    """A connection to the daemon of `paths`. Starts a daemon if none runs, and replaces one that is too old.

    Raises:
        DaemonUnavailable: no daemon could be had.
        VersionMismatch: the daemon is newer than this client, or too old and could not be replaced.
        MemorusError: the daemon refused to start, for this reason.
    """
    replaced = False
    deadline = time.monotonic() + _PATIENCE
    while True:
        outcome, connection = try_connect(paths)
        match outcome:
            case Outcome.CONNECTED:
                assert connection is not None
                return connection
            case Outcome.ABSENT:
                # Most clients find a daemon and never need this. A child that is forked amid the import would
                # wait for ever for a lock that a thread of its parent holds.
                with fork_guard:
                    from ._spawn import spawn_daemon

                spawn_daemon(paths, settings, lambda: _absent(paths))
            case Outcome.GONE:
                time.sleep(_PAUSE)
            case Outcome.OLDER if not replaced and connection is not None:
                _shut_down(connection)
                replaced = True
            case Outcome.OLDER | Outcome.NEWER:
                assert connection is not None
                connection.close()
                raise _version_mismatch(connection.hello, outcome)
        if time.monotonic() > deadline:
            raise DaemonUnavailable(
                f"the daemon behind {paths.socket} keeps going away", remedy=f"see its log {paths.log}"
            )


def probe(paths: Paths) -> bool:
    """Whether a daemon that this client can talk to answers right now."""
    try:
        outcome, connection = try_connect(paths)
    except (DaemonUnavailable, ProtocolError):
        return False
    if connection is not None:
        connection.close()
    return outcome is Outcome.CONNECTED


def _absent(paths: Paths) -> bool:
    """Whether nobody listens. Any other answer is for `connect_or_spawn` to judge."""
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


def _version_mismatch(hello: dict[str, Any], outcome: Outcome) -> VersionMismatch:
    version, protocol = hello.get("version"), hello_range(hello)
    older = outcome is Outcome.OLDER
    return VersionMismatch(
        f"the running daemon is version {version} with protocol {protocol}, "
        f"this client speaks {(PROTOCOL_MIN, PROTOCOL_MAX)}",
        remedy="stop it: memorusctl daemon stop" if older else "upgrade memorus in this environment",
        data={"version": version, "protocol": list(protocol)},
    )


def _shut_down(connection: BlockingConnection) -> None:
    """Ask an older daemon to drain and leave, and wait until it has closed the connection."""
    try:
        connection.call("daemon.shutdown", {})
        connection.wait_closed()
    except (OSError, EOFError, ProtocolError):
        pass  # it is gone, or going; the next attempt will tell
    finally:
        connection.close()
