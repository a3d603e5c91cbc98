"""The real daemon with the real engine: what it keeps, and that nothing blocks its event loop."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import from_wire
from memorus_proto.frames import Decoder, encode
from memorus_proto.messages import request
from memorus_proto.paths import Paths

# Two detectors. The one that cannot err: every method of engine, store and embedder writes its name
# down when it runs in the loop's thread. And asyncio's own, for what we did not think of; its limit
# is generous, because a busy machine may take the processor away for a while.
DETECTOR = """
import asyncio, functools, inspect, logging, sys, threading
from memorusd import __main__
from memorusd.daemon import server
from memorusd.ace.engine import Engine
from memorusd.knowledge.embed.onnx import OnnxEmbedder
from memorusd.knowledge.store.sqlite import SqliteStore

found = logging.FileHandler(sys.argv[1])
loop_thread = None

def watch(cls):
    for name, method in inspect.getmembers(cls, inspect.isfunction):
        if name.startswith("__") or (cls, name) == (Engine, "busy"):
            continue
        def watched(*args, _name=name, _method=method, **kwargs):
            if threading.get_ident() == loop_thread:
                found.emit(logging.makeLogRecord({"msg": cls.__name__ + "." + _name}))
            return _method(*args, **kwargs)
        setattr(cls, name, functools.wraps(method)(watched))

for cls in (Engine, OnnxEmbedder, SqliteStore):
    watch(cls)

original = server.Server.serve

async def watched_serve(self):
    global loop_thread
    loop_thread = threading.get_ident()
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    loop.slow_callback_duration = 0.5
    logging.getLogger("asyncio").addHandler(found)
    try:
        return await original(self)
    finally:
        loop_thread = None

server.Server.serve = watched_serve
sys.exit(__main__.main(["--spawned"]))
"""


class Wire:
    """Speaks the protocol by hand."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(str(path))
        self._decoder = Decoder()
        self._waiting: list[Any] = []
        self.hello = self._read()[2]

    def _read(self) -> Any:
        while not self._waiting:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self._waiting += self._decoder.feed(data)
        return self._waiting.pop(0)

    def call(self, method: str, **params: Any) -> Any:
        self.socket.sendall(encode(request(1, method, params)))
        _, _, error, result = self._read()
        if error:
            raise from_wire(error)
        return result

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *exc: object) -> None:
        self.socket.close()


Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    """Start a daemon with the given arguments to Python; the process."""
    running: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, settings: dict[str, Any] | None = None) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, *(arguments or ("-m", "memorusd", "--spawned"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            start_new_session=True,
        )
        running.append(process)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"settings": settings or {}}).encode())
        process.stdin.close()
        assert json.loads(process.stdout.readline())["state"] == "ready"
        return process

    yield start
    for process in running:
        process.kill()
        process.wait(20)
        process.stdout.close()  # type: ignore[union-attr]


@pytest.fixture
def paths(home: Path) -> Paths:
    return Paths.from_environ()


def test_what_was_kept_is_there_after_a_drain_and_after_a_kill(start: Start, paths: Paths) -> None:
    first = start()
    with Wire(paths.socket) as wire:
        assert len(wire.hello["store"]) > 8
        store = wire.hello["store"]
        wire.call("memory.add", messages="I drink green tea in the morning", user_id="u", infer=False)
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0
    second = start()
    with Wire(paths.socket) as wire:
        assert wire.hello["store"] == store
        wire.call("memory.add", messages="The build runs on the second disk", user_id="u", infer=False)
    second.kill()
    second.wait(20)
    start()
    with Wire(paths.socket) as wire:
        found = wire.call("memory.search", query="a warm drink", user_id="u")["results"]
        assert found[0]["memory"].split()[0] == "I"
        kept = wire.call("memory.get_all", user_id="u")["results"]
        assert {memory["memory"].split()[0] for memory in kept} == {"I", "The"}


def test_the_log_of_a_working_daemon_has_no_texts(start: Start, paths: Paths) -> None:
    start(settings={"daemon": {"log_level": "debug"}})
    with Wire(paths.socket) as wire:
        wire.call("memory.add", messages="confidential words", user_id="confidential", infer=False)
        wire.call("memory.search", query="confidential words", user_id="confidential")
        for method, params in (
            ("memory.get", {"memory_id": 5}),
            ("memory.delete", {"memory_id": "confidential"}),
            ("memory.search", {"query": "confidential\0", "limit": -1}),
            ("memory.add", {"messages": [{"role": "confidential"}]}),
        ):
            with pytest.raises(ValueError, match=r"."):
                wire.call(method, **params)
    log = paths.log.read_text()
    assert "memory.search took" in log
    assert "confidential" not in log


def test_nothing_blocks_the_event_loop(start: Start, paths: Paths, tmp_path: Path) -> None:
    found = tmp_path / "blocked"
    start("-c", DETECTOR, str(found))
    failures: list[BaseException] = []

    def client(number: int) -> None:
        try:
            with Wire(paths.socket) as wire:
                for i in range(6):
                    text = f"Fact {i} of team {number}: " + "a somewhat longer explanation of it, " * 20
                    wire.call("memory.add", messages=text, user_id=f"u{number}", infer=False)
                    assert wire.call("memory.search", query=f"team {number} {i}", user_id=f"u{number}")[
                        "results"
                    ]
                    wire.call("daemon.status")
                wire.call("memory.get_all", user_id=f"u{number}")
                wire.call("memory.delete_all", user_id=f"u{number}")
        except BaseException as error:
            failures.append(error)

    clients = [threading.Thread(target=client, args=(n,)) for n in range(8)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    assert failures == []
    assert found.read_text() == ""


@pytest.mark.parametrize(
    ("mistake", "name"),
    [
        ("server.Server._status = lambda self, params: time.sleep(0.7)", "took 0."),
        ("server.Server._status = lambda self, _: self.service.call('memory.status', {})", "Engine.status"),
    ],
    ids=["slow", "in the wrong thread"],
)
def test_the_detectors_detect(start: Start, paths: Paths, tmp_path: Path, mistake: str, name: str) -> None:
    found = tmp_path / "blocked"
    start("-c", DETECTOR.replace("original =", f"import time\n{mistake}\noriginal ="), str(found))
    with Wire(paths.socket) as wire:
        wire.call("daemon.status")
        wire.call("daemon.status")
    assert name in found.read_text()
