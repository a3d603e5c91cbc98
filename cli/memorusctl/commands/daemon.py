"""`memorusctl daemon …`: start, stop and watch the daemon."""

from __future__ import annotations

import os
import sys

from ..definitions import OUTPUT, Command, Param
from ..formatting import fields, one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..definitions import Args, Result
    from ..formatting import Table

__all__ = ["COMMANDS"]


def start(args: Args) -> Result:
    from memorus_client.daemon import daemon_status, start_daemon

    running = daemon_status()
    return {"started": running is None, **(running or start_daemon())}


def stop(args: Args) -> Result:
    from memorus_client.daemon import stop_daemon

    return {"stopped": stop_daemon()}


def restart(args: Args) -> Result:
    from memorus_client.daemon import start_daemon, stop_daemon

    return {"stopped": stop_daemon(), **start_daemon()}


def status(args: Args) -> Result:
    from memorus_client.daemon import daemon_status

    running = daemon_status()
    if running is None:
        from memorus_proto.errors import DaemonUnavailable
        from memorus_proto.paths import Paths

        socket = str(Paths.from_environ().socket)
        raise DaemonUnavailable(
            f"no daemon answers at {socket}",
            remedy="memorusctl daemon start starts it, and so does any other use",
            data={"socket": socket},
        )
    return running


def run(args: Args) -> Result:
    # The daemon replaces this process, so that it gets the signals and the terminal.
    os.execv(sys.executable, [sys.executable, "-m", "memorusd"])


def logs(args: Args) -> Result:
    from memorus_proto.errors import InvalidRequest, NotFound
    from memorus_proto.paths import Paths

    path = Paths.from_environ().log
    count = args["lines"]
    if count < 0:
        raise InvalidRequest(f"--lines is {count}", remedy="give 0 or more")
    if args["follow"] and args["json"]:
        raise InvalidRequest("--follow never ends, and --json is one object", remedy="leave out one of them")
    try:
        position, last = _tail(path, count)
    except FileNotFoundError:
        raise NotFound(
            f"there is no log at {path} yet",
            remedy="start the daemon, which writes it: memorusctl daemon start",
            data={"path": str(path)},
        ) from None
    return {"path": str(path), "lines": _follow(path, position, last) if args["follow"] else last}


def _tail(path: Path, count: int) -> tuple[int, list[str]]:
    """The position after the last whole line in bytes, and the last `count` whole lines."""
    from collections import deque

    last: deque[bytes] = deque(maxlen=count)
    position = 0
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                last.append(line)
                position += len(line)
    return position, [_decoded(line) for line in last]


def _follow(path: Path, position: int, first: list[str]) -> Iterator[str]:
    """The lines of `first`, then those written after `position`, through rotations. Never ends."""
    import time

    yield from first
    file = path.open("rb")
    file.seek(position)
    rest = b""
    while True:
        *whole, rest = (rest + file.read(1 << 20)).split(b"\n")
        yield from map(_decoded, whole)
        if whole:
            continue
        try:
            rotated = path.stat().st_ino != os.fstat(file.fileno()).st_ino
        except FileNotFoundError:  # between two renames of a rotation
            rotated = False
        if rotated and not (tail := file.read(1 << 20)):
            file.close()
            file = path.open("rb")
        elif rotated:
            rest += tail
        else:
            time.sleep(0.2)


def _decoded(line: bytes) -> str:
    return line.decode(errors="backslashreplace").rstrip("\r\n")


def _show_logs(result: Result) -> Iterator[str]:
    yield from map(one_line, result["lines"])


def _show_start(result: Result) -> Iterator[str | Table]:
    yield "started" if result["started"] else "it was already running"
    yield from fields({name: value for name, value in result.items() if name != "started"})


def _show_restart(result: Result) -> Iterator[str | Table]:
    yield "restarted" if result["stopped"] else "started; none was running"
    yield from fields({name: value for name, value in result.items() if name != "stopped"})


def _show_stop(result: Result) -> Iterator[str]:
    yield "stopped" if result["stopped"] else "no daemon was running"


COMMANDS = (
    Command("start", "Start the daemon, unless it is running.", OUTPUT, start, _show_start),
    Command("stop", "Let the daemon finish its work, then stop it.", OUTPUT, stop, _show_stop),
    Command("restart", "Stop the daemon and start it again.", OUTPUT, restart, _show_restart),
    Command("status", "Show the running daemon. Exit status 4 if none is running.", OUTPUT, status, fields),
    Command(
        "logs",
        "Print the end of the daemon's log.",
        (
            Param("lines", "number", "The number of lines.", "-n", default=20),
            Param("follow", "flag", "Keep printing lines as they are written.", "-f"),
            *OUTPUT,
        ),
        logs,
        _show_logs,
    ),
    Command("run", "Run the daemon in the foreground.", OUTPUT, run, fields),
)
