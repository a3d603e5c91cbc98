"""The listening socket: made here, or handed over by systemd.

Binding and listening are two steps: the name is taken early, while the process has one thread and
the umask is safe to change; connections are accepted only once there is an engine to serve them.
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
    """A socket and, unless systemd owns it, the name in the file system that leads to it."""

    def __init__(self, sock: socket.socket, path: Path, identity: tuple[int, int] | None) -> None:
        self.socket = sock
        self.path = path
        self._identity = identity
        sock.setblocking(False)

    @property
    def activated(self) -> bool:
        """Whether the socket is the service manager's, to keep when we go."""
        return self._identity is None

    @classmethod
    def bind(cls, path: Path) -> Listener:
        """Take the name `path`, mode 0600. Call it with the instance lock held and a single thread.

        Raises:
            DaemonUnavailable: the path is too long, its directory is not ours alone, or something
                that is not a stale socket stands there.
        """
        if len(os.fsencode(path)) > MAX_SOCKET_PATH:
            raise DaemonUnavailable(
                f"the socket's path {path} is over {MAX_SOCKET_PATH} bytes; use a shorter MEMORUS_RUNTIME_DIR"
            )
        private_directory(path.parent)
        _remove_stale(path)
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # A chmod after the bind would leave the socket open to others in between.
        mask = os.umask(0o177)
        try:
            sock.bind(os.fspath(path))
            found = path.lstat()
        except OSError as error:
            sock.close()
            raise DaemonUnavailable(
                f"cannot bind {path}: {error.strerror}; see that it can be written"
            ) from None
        finally:
            os.umask(mask)
        return cls(sock, path, (found.st_dev, found.st_ino))

    @classmethod
    def inherit(cls) -> Listener | None:
        """The socket that systemd passed to this very process, or None.

        Raises:
            ConfigError: what was passed is not one listening Unix stream socket.
        """
        pid, count = os.environ.pop("LISTEN_PID", None), os.environ.pop("LISTEN_FDS", None)
        os.environ.pop("LISTEN_FDNAMES", None)
        if pid != str(os.getpid()) or count is None:
            return None
        if count != "1":
            raise ConfigError(f"LISTEN_FDS is {count!r}; give memorusd one socket (see memorusd.socket)")
        try:
            os.set_inheritable(_FIRST_FD, False)
            sock = socket.socket(fileno=_FIRST_FD)
        except OSError as error:
            raise ConfigError(f"the socket passed as fd 3 cannot be used: {error.strerror}") from None
        listening = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        if sock.family != socket.AF_UNIX or sock.type != socket.SOCK_STREAM or not listening:
            sock.detach()
            raise ConfigError("fd 3 is no listening Unix stream socket; see memorusd.socket")
        return cls(sock, Path(os.fsdecode(sock.getsockname())), None)

    def start(self) -> None:
        """Let connections in."""
        if not self.activated:
            self.socket.listen(BACKLOG)

    def stands(self) -> bool:
        """Whether the name still leads to this socket; a cleaner of /tmp or a log-out may have taken it."""
        if self._identity is None:
            return True
        try:
            found = self.path.lstat()
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._identity

    def unlink(self) -> None:
        """Take the name away, if it is still ours."""
        if not self.activated and self.stands():
            self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Stop listening; who waits in the backlog of an own socket is refused."""
        self.socket.close()


def accepts(path: Path) -> bool:
    """Whether somebody accepts connections at `path`. A full backlog is a sign of life."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(os.fspath(path))
        except OSError as error:
            return error.errno in (errno.EAGAIN, errno.EINPROGRESS)
    return True


def _remove_stale(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise DaemonUnavailable(f"{path} is no socket, so it is not ours to replace; move it away")
    if accepts(path):
        raise DaemonUnavailable(f"another program accepts on {path}; stop it, or set MEMORUS_RUNTIME_DIR")
    path.unlink(missing_ok=True)
