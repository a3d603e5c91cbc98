"""What a call costs on its way: 200 bytes in, 4 KB out, against a bare blocking echo of the same sizes.

    python benchmarks/rpc.py

The server is the daemon's own, in a process of its own, in front of a service that does nothing.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from report import heading, interleave, row

from memorus_proto.frames import Decoder, encode
from memorus_proto.messages import request
from memorus_proto.paths import Paths, private_directory

RUNS = 3_000
ANSWER = {"data": "x" * 4_000}
PADDING = {"data": "x" * 150}


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="memorus-bench-") as scratch:
        paths = Paths(Path(scratch), Path(scratch) / "run", Path(scratch) / "run" / "s")
        private_directory(paths.runtime)
        children = [start("--serve", scratch), start("--echo", scratch)]
        try:
            measure(paths, [child.pid for child in children])
        finally:
            for child in children:
                child.kill()
                child.communicate()


def measure(paths: Paths, servers: list[int]) -> None:
    """Time the echo and the calls in turn."""
    question = encode(request(1, "memory.status", {"settings": PADDING}))
    answer = len(encode([1, 1, None, ANSWER]))
    heading(f"round trip, {len(question)} bytes in, {answer} bytes out / bare blocking socket echo")
    echo = echoing(paths, question, answer)
    inline = calling(paths, "memory.status", {"settings": PADDING})
    thread = calling(paths, "memory.get", {"memory_id": "x", "settings": PADDING})
    # Where the scheduler puts the two processes changes the floor fivefold, so both ways are shown.
    for place, core in placements():
        pin([os.getpid()], core[0])
        pin(servers, core[1])
        for what, call, goal in (("on the event loop", inline, "<= 8"), ("by a worker thread", thread, "-")):
            floor, time = interleave([echo, call], RUNS, warmup=100)
            row(f"answered {what}, {place}", time, floor, goal)


def placements() -> list[tuple[str, tuple[int | None, int | None]]]:
    """Names of placements, and the core of the client and of the servers."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(cores) < 2:
        return [("as it comes", (None, None))]
    return [("on two cores", (cores[0], cores[1])), ("on one core", (cores[0], cores[0]))]


def pin(processes: list[int], core: int | None) -> None:
    """Keep each of the processes, threads that are still to come included, on one core."""
    if core is not None:
        for process in processes:
            for thread in Path(f"/proc/{process}/task").iterdir():
                os.sched_setaffinity(int(thread.name), {core})


def echoing(paths: Paths, question: bytes, answer: int) -> Callable[[], object]:
    """A call to the bare echo."""
    sock = connected(f"{paths.socket}.echo")

    def call() -> None:
        sock.sendall(question)
        left = answer
        while left:
            left -= len(sock.recv(left))

    return call


def calling(paths: Paths, method: str, params: dict[str, Any]) -> Callable[[], object]:
    """A call to the daemon's server, coded and decoded as a client does."""
    sock, decoder = connected(str(paths.socket)), Decoder()

    def read() -> Any:
        while True:
            for message in decoder.feed(sock.recv(65_536)):
                return message

    def call() -> None:
        sock.sendall(encode(request(1, method, params)))
        _, _, error, result = read()
        assert error is None
        assert result == ANSWER

    assert read()[1] == "hello"
    return call


def connected(path: str) -> socket.socket:
    """A blocking connection."""
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(path)
    return sock


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """This file in another process; returns when that one listens."""
    child = subprocess.Popen([sys.executable, __file__, *arguments], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    return child


def serve(paths: Paths) -> None:
    """The daemon's server. `memory.status` is answered on the loop, the others by worker threads."""
    import anyio

    from memorusd.daemon.listener import Listener
    from memorusd.daemon.server import Server
    from memorusd.settings.config import Settings

    class Nothing:
        store_id = "none"

        def call(self, method: str, params: dict[str, Any], cancelled: Callable[[], bool]) -> Any:
            return ANSWER

    async def run() -> None:
        listener = Listener.bind(paths.socket)
        server = Server(Nothing(), listener, paths, Settings())  # type: ignore[arg-type]
        server.inline["memory.status"] = lambda params: ANSWER
        listener.start()
        print("listening", flush=True)
        await server.serve()

    anyio.run(run)


def echo(path: str, answer: bytes) -> None:
    """The least that two processes can do: read until a question is whole, send the answer."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    print("listening", flush=True)
    sock, _ = listener.accept()
    while sock.recv(65_536):
        sock.sendall(answer)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        home = Path(sys.argv[2])
        places = Paths(home, home / "run", home / "run" / "s")
        if sys.argv[1] == "--serve":
            serve(places)
        else:
            echo(f"{places.socket}.echo", encode([1, 1, None, ANSWER]))
    else:
        main()
