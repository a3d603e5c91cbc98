"""`memorusctl service …`: run the daemon as a service of this user: systemd on Linux, launchd on macOS.

systemd listens on the socket from login on, starts the daemon at the first connection, and the daemon exits
when it is idle. launchd keeps the daemon running, because it hands over sockets in a way of its own.
"""

from __future__ import annotations

import os
import sys

from ..definitions import OUTPUT, Command
from ..formatting import fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from memorus_proto.paths import Paths

    from ..definitions import Args, Result
    from ..formatting import Table

__all__ = ["COMMANDS", "files", "manager"]

LABEL = "org.memorus.memorusd"


def install(args: Args) -> Result:
    from memorus_client.daemon import stop_daemon

    chosen = manager()
    written = files()
    for file, content in written.items():
        _write(file, content)
    stop_daemon()  # the service manager's socket replaces the daemon's own
    if chosen == "systemd":
        _run("systemctl", "--user", "daemon-reload")
        _run("systemctl", "--user", "enable", "--now", "memorusd.socket")
    else:
        _run("launchctl", "bootstrap", f"gui/{os.getuid()}", *map(os.fspath, written))
    return {"manager": chosen, "files": [os.fspath(file) for file in written]}


def uninstall(args: Args) -> Result:
    chosen = manager()
    existing = [file for file in files() if file.exists()]
    if existing and chosen == "systemd":
        _run("systemctl", "--user", "disable", "--now", "memorusd.socket", "memorusd.service")
    elif existing:
        _run("launchctl", "bootout", f"gui/{os.getuid()}/{LABEL}")
    for file in existing:
        file.unlink()
    if existing and chosen == "systemd":
        _run("systemctl", "--user", "daemon-reload")
    return {"manager": chosen, "removed": [os.fspath(file) for file in existing]}


def status(args: Args) -> Result:
    chosen = manager()
    result: Result = {
        "manager": chosen,
        "installed": all(file.exists() for file in files()),
        "files": [os.fspath(file) for file in files()],
    }
    if chosen == "systemd":
        for unit in ("socket", "service"):
            result[unit] = _query("systemctl", "--user", "is-active", f"memorusd.{unit}")
        result["enabled"] = _query("systemctl", "--user", "is-enabled", "memorusd.socket")
    else:
        result["loaded"] = bool(_query("launchctl", "print", f"gui/{os.getuid()}/{LABEL}"))
    return result


def manager(platform: str = sys.platform) -> str:
    """ "systemd" or "launchd". Raises InvalidRequest on a system with neither."""
    from memorus_proto.errors import InvalidRequest

    if platform == "darwin":
        return "launchd"
    if platform.startswith("linux"):
        return "systemd"
    raise InvalidRequest(f"there is no service manager for {platform}", remedy="use memorusctl daemon start")


def files(platform: str = sys.platform) -> dict[Path, str]:
    """The files of the service: path and content."""
    from pathlib import Path

    from memorus_proto.paths import Paths

    paths = Paths.from_environ()
    program = Path(sys.executable).with_name("memorusd")
    if manager(platform) == "launchd":
        return {Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist": _plist(program, paths)}
    folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"
    return {folder / f"memorusd.{unit}": _unit(unit, program, paths) for unit in ("socket", "service")}


def _unit(unit: str, program: Path, paths: Paths) -> str:
    """The unit that we ship, adapted to this installation and this home."""
    lines = []
    for line in _shipped(f"memorusd.{unit}").splitlines():
        name, _, _ = line.partition("=")
        if name == "ExecStart":
            line = f"ExecStart={_quoted(os.fspath(program))}"
        elif name == "ListenStream":
            # Where clients of this home look. The shipped path is right unless something was moved.
            moved = {"MEMORUS_HOME", "MEMORUS_RUNTIME_DIR"} & _environment().keys()
            line = f"ListenStream={paths.address.replace('%', '%%')}" if moved else line
        lines.append(line)
        if line == "[Service]":
            lines += [f"Environment={_quoted(f'{name}={value}')}" for name, value in _environment().items()]
    return "\n".join(lines) + "\n"


def _environment() -> dict[str, str]:
    """The variables that say where and how to run: the service needs them too."""
    from pathlib import Path

    from memorus_proto.config_layers import NOT_SETTINGS

    present = {name: os.environ[name] for name in sorted(NOT_SETTINGS) if os.environ.get(name)}
    return {
        name: value if name == "MEMORUS_OFFLINE" else os.fspath(Path(value).expanduser().absolute())
        for name, value in present.items()
    }


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'


def _shipped(name: str) -> str:
    from importlib.metadata import files as distributed
    from pathlib import Path

    from memorus_proto.errors import NotFound

    wanted = f"share/memorus/systemd/{name}"
    candidates = [Path(str(f.locate())) for f in distributed("memorus") or () if str(f).endswith(wanted)]
    for file in (*candidates, Path(sys.prefix) / wanted):
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise NotFound(
        f"{wanted} is missing from this installation", remedy="run: pip install --force-reinstall memorus"
    )


def _plist(program: Path, paths: Paths) -> str:
    import plistlib

    agent = {
        "Label": LABEL,
        "ProgramArguments": [os.fspath(program), "--idle-timeout", "0"],
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "Umask": 0o077,
        "ProcessType": "Background",
        "StandardErrorPath": os.fspath(paths.log.with_name("launchd.log")),
        "EnvironmentVariables": _environment(),
    }
    return plistlib.dumps(agent).decode()


def _write(file: Path, content: str) -> None:
    from memorus_proto.errors import InvalidRequest

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    except OSError as error:
        raise InvalidRequest(
            f"cannot write {file}: {error.strerror}", remedy="make its directory writable"
        ) from None


def _run(*command: str) -> None:
    """Raises DaemonUnavailable with the service manager's message."""
    from memorus_proto.errors import DaemonUnavailable

    done = _call(*command)
    if done.returncode:
        message = done.stderr.strip().replace("\n", " ") or f"exit status {done.returncode}"
        raise DaemonUnavailable(
            f"{' '.join(command)} failed: {message}",
            remedy="if your session has no service manager, use memorusctl daemon start",
        )


def _query(*command: str) -> str | None:
    output: str = _call(*command).stdout.strip()
    return output or None


def _call(*command: str) -> Any:
    import subprocess

    from memorus_proto.errors import DaemonUnavailable

    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise DaemonUnavailable(
            f"there is no {command[0]} here", remedy="use memorusctl daemon start instead of a service"
        ) from None


def _show_install(result: Result) -> Iterator[str]:
    yield from (f"written: {file}" for file in result["files"])
    yield "the first use starts the daemon" if result["manager"] == "systemd" else "the daemon is running"


def _show_uninstall(result: Result) -> Iterator[str]:
    yield from (f"removed: {file}" for file in result["removed"])
    if not result["removed"]:
        yield "no service was installed"


def _show_status(result: Result) -> list[str | Table]:
    return fields(result)


COMMANDS = (
    Command("install", "Let systemd or launchd start the daemon.", OUTPUT, install, _show_install),
    Command("uninstall", "Undo install; the memories stay.", OUTPUT, uninstall, _show_uninstall),
    Command("status", "Show whether the service is installed and running.", OUTPUT, status, _show_status),
)
