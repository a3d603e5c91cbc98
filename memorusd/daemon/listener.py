"""The listening socket, which the daemon binds itself or inherits from systemd.

Binding and listening are separate steps. The socket is bound early, while the process has one thread and may
change the umask. It listens once there is an engine to serve the connections.
"""

from __future__ import annotations

import errno
import os
import socket
import stat
from pathlib import Path

from memorus_proto.errors import ConfigError, DaemonUnavailable
from memorus_proto.paths import MAX_SOCKET_PATH, private_directory

__all__ = ["BACKLOG", "Listener", "accepts"]

BACKLOG = 1024
_FIRST_FD = 3


class Listener:
    """A socket, and its path unless systemd owns it."""

    def __init__(self, sock: socket.socket, path: Path, identity: tuple[int, int] | None) -> None:
        self.socket = sock
        self.path = path
        self._identity = identity
        sock.setblocking(False)

    @property
    def activated(self) -> bool:
        """Whether the socket belongs to the service manager, which keeps it when the daemon exits."""
        return self._identity is None

    @classmethod
    def bind(cls, path: Path) -> Listener:
        """Bind a socket to `path`, with mode 0600. Hold the instance lock, and have one thread only.

        Raises:
            DaemonUnavailable: the path is too long, other users have access to its directory, or something
                other than a stale socket is there.
        """
        if len(os.fsencode(path)) > MAX_SOCKET_PATH:
            raise DaemonUnavailable(
                f"the socket's path {path} is longer than {MAX_SOCKET_PATH} bytes",
                remedy="use a shorter MEMORUS_RUNTIME_DIR",
            )
        private_directory(path.parent)
        _remove_stale(path)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # With a chmod after the bind, others could connect in between.
        mask = os.umask(0o177)
        try:
            sock.bind(os.fspath(path))
            status = path.lstat()
        except OSError as error:
            sock.close()
            raise DaemonUnavailable(
                f"cannot bind {path}: {error.strerror}", remedy="make its directory writable for you"
            ) from None
        finally:
            os.umask(mask)
        return cls(sock, path, (status.st_dev, status.st_ino))

    @classmethod
    def inherit(cls) -> Listener | None:
        """The socket that systemd passed to this process, or None.

        Raises:
            ConfigError: systemd passed something other than one listening Unix stream socket.
        """
        pid, count = os.environ.pop("LISTEN_PID", None), os.environ.pop("LISTEN_FDS", None)
        os.environ.pop("LISTEN_FDNAMES", None)
        if pid != str(os.getpid()) or count is None:
            return None
        if count != "1":
            raise ConfigError(
                f"LISTEN_FDS is {count!r}", remedy="pass one socket to memorusd, as in memorusd.socket"
            )
        try:
            os.set_inheritable(_FIRST_FD, False)
            sock = socket.socket(fileno=_FIRST_FD)
        except OSError as error:
            raise ConfigError(
                f"the socket passed as fd 3 cannot be used: {error.strerror}",
                remedy="pass a listening Unix stream socket, as in memorusd.socket",
            ) from None
        listening = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        if sock.family != socket.AF_UNIX or sock.type != socket.SOCK_STREAM or not listening:
            sock.detach()
            raise ConfigError(
                "fd 3 is not a listening Unix stream socket", remedy="pass one, as in memorusd.socket"
            )
        return cls(sock, Path(os.fsdecode(sock.getsockname())), None)

    def start(self) -> None:
        """Listen, so that clients can connect."""
        if not self.activated:
            self.socket.listen(BACKLOG)

    def in_place(self) -> bool:
        """Whether the path still leads to this socket. A log-out or a clean-up may have removed it."""
        if self._identity is None:
            return True
        try:
            status = self.path.lstat()
        except OSError:
            return False
        return (status.st_dev, status.st_ino) == self._identity

    def unlink(self) -> None:
        """Remove the path, if it still leads to this socket."""
        if not self.activated and self.in_place():
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop listening. Clients in the backlog are refused, unless systemd owns the socket."""
        self.socket.close()


def accepts(path: Path) -> bool:
    """Whether a process accepts connections at `path`. One with a full backlog does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(os.fspath(path))
        except OSError as error:
            return error.errno in (errno.EAGAIN, errno.EINPROGRESS)
    return True


def _remove_stale(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise DaemonUnavailable(f"{path} is not a socket, so it is not replaced", remedy="move it away")
    if accepts(path):
        raise DaemonUnavailable(
            f"another program accepts connections on {path}", remedy="stop it, or set MEMORUS_RUNTIME_DIR"
        )
    path.unlink(missing_ok=True)
