"""The paths of one installation. Both sides derive them from the same environment, so they agree.

MEMORUS_HOME         the store, logs, models and config.toml (default: ~/.memorus)
MEMORUS_RUNTIME_DIR  the socket and the spawn lock           (default: XDG_RUNTIME_DIR/memorus, else home/run)
"""

from __future__ import annotations

import os
import stat
import sys

from .errors import ConfigError, DaemonUnavailable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["MAX_SOCKET_PATH", "Paths", "private_directory"]

MAX_SOCKET_PATH = 103 if sys.platform == "darwin" else 107
"""The longest path of a Unix socket in bytes, without the final NUL."""


class Paths:
    """Every path of one Memorus home.

    They are kept as strings and become a Path when one is read, because a short-lived client needs only the
    socket's address, and importing pathlib takes nearly half as long as starting Python.
    """

    __slots__ = ("_home", "_runtime", "address")

    def __init__(self, home: Path | str, runtime: Path | str, socket: Path | str) -> None:
        self._home = os.fspath(home)
        self._runtime = os.fspath(runtime)
        self.address = os.fspath(socket)
        """The socket's path as connect() wants it."""

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Paths:
        """Derive the paths from `environ`, by default os.environ. Touches no file.

        Raises:
            ConfigError: neither MEMORUS_HOME nor a home directory is known.
        """
        env = os.environ if environ is None else environ
        default_home = _default_home(env)
        home = _absolute(env["MEMORUS_HOME"]) if env.get("MEMORUS_HOME") else default_home
        if home is None:
            raise ConfigError(
                "no home directory is known", remedy="set HOME or MEMORUS_HOME to a directory of yours"
            )
        if env.get("MEMORUS_RUNTIME_DIR"):
            runtime = _absolute(env["MEMORUS_RUNTIME_DIR"])
        elif env.get("XDG_RUNTIME_DIR"):
            runtime = os.path.join(_absolute(env["XDG_RUNTIME_DIR"]), "memorus")
        else:
            runtime = os.path.join(home, "run")
        # Homes that share a runtime directory must not share a socket.
        own = home == default_home or os.path.dirname(runtime) == home
        socket = os.path.join(runtime, "memorusd.sock" if own else f"memorusd-{_digest(home)}.sock")
        if len(os.fsencode(socket)) > MAX_SOCKET_PATH:
            runtime = f"/tmp/memorus-{os.getuid()}"
            socket = os.path.join(runtime, f"{_digest(socket)}.sock")
        return cls(home, runtime, socket)

    @property
    def home(self) -> Path:
        """The directory of everything that is kept."""
        return _path(self._home)

    @property
    def runtime(self) -> Path:
        """The directory of the socket and the spawn lock."""
        return _path(self._runtime)

    @property
    def socket(self) -> Path:
        """The daemon's socket."""
        return _path(self.address)

    @property
    def store(self) -> Path:
        """The embedded store's database file."""
        return self.home / "memorus.db"

    @property
    def mirrors(self) -> Path:
        """The mirrors of server stores, one database file each."""
        return self.home / "mirrors"

    @property
    def instance_lock(self) -> Path:
        """Held (flock) by the one daemon of the store, for its lifetime."""
        return self.home / "memorusd.lock"

    @property
    def spawn_lock(self) -> Path:
        """Held (flock) by the client that is starting the daemon."""
        return self.socket.with_suffix(".spawn")

    @property
    def log(self) -> Path:
        """The daemon's log; older ones are beside it as .1, .2, …"""
        return self.home / "logs" / "memorusd.log"

    @property
    def models(self) -> Path:
        """Model files, one directory for each model."""
        return self.home / "models"

    @property
    def config(self) -> Path:
        """The settings file, which may not exist."""
        return _path(self.config_file)

    @property
    def config_file(self) -> str:
        """The settings file as open() wants it."""
        return os.path.join(self._home, "config.toml")


def private_directory(path: Path) -> Path:
    """Make `path` and missing parents with mode 0700, and return it.

    Raises:
        DaemonUnavailable: it cannot be made, or it exists but is not a directory, belongs to another user or
            is open to others. It is not repaired: others may already have written to it.
    """
    try:
        # mkdir(parents=True) would ignore the mode for parents, and one of them may be the home itself.
        for directory in (*reversed(path.parents), path):
            if not directory.exists():
                directory.mkdir(mode=0o700, exist_ok=True)
        status = path.lstat()
    except OSError as error:
        raise DaemonUnavailable(
            f"cannot make {path}: {error.strerror}", remedy="make it yourself, with mode 0700"
        ) from None
    if not stat.S_ISDIR(status.st_mode):
        raise DaemonUnavailable(f"{path} is not a directory", remedy="remove it")
    if status.st_uid != os.getuid():
        raise DaemonUnavailable(
            f"{path} belongs to user {status.st_uid}, not to you ({os.getuid()})",
            remedy="set MEMORUS_RUNTIME_DIR to a directory of yours",
        )
    if status.st_mode & 0o077:
        raise DaemonUnavailable(
            f"{path} has mode {stat.S_IMODE(status.st_mode):04o}, so others may reach into it",
            remedy=f"run: chmod 700 {path}",
        )
    return path


def _default_home(env: Mapping[str, str]) -> str | None:
    base = env.get("HOME") or os.path.expanduser("~")
    return None if base.startswith("~") else os.path.join(_absolute(base), ".memorus")


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))


def _path(path: str) -> Path:
    from pathlib import Path

    return Path(path)


def _digest(path: str) -> str:
    import hashlib  # imported only for homes other than the default, to keep the usual client light

    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
