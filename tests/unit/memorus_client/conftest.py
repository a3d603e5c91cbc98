"""Daemons that misbehave on purpose, on real sockets; and the real one, cleaned up after each test."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_client.daemon import daemon_status
from memorus_proto.errors import MemorusError, to_wire
from memorus_proto.frames import Decoder, encode
from memorus_proto.messages import notification, response
from memorus_proto.paths import Paths


class Peer:
    """The daemon's end of one connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock
        self._decoder = Decoder()
        self._waiting: list[Any] = []

    def hello(self, **changes: Any) -> None:
        hello = {"protocol": [1, 1], "version": "fake", "pid": 1, "instance": "i", "store": "s"}
        hello |= {"config": "c", "state": "ready", **changes}
        self.socket.sendall(encode(notification("hello", hello)))

    def read(self) -> list[Any]:
        """The next message; EOFError when the client has hung up."""
        while not self._waiting:
            data = self.socket.recv(65536)
            if not data:
                raise EOFError
            self._waiting += self._decoder.feed(data)
        message: list[Any] = self._waiting.pop(0)
        return message

    def answer(self, id: int, result: Any) -> None:
        self.socket.sendall(encode(response(id, None, result)))

    def refuse(self, id: int, error: MemorusError) -> None:
        self.socket.sendall(encode(response(id, to_wire(error), None)))


class FakeDaemon:
    """Listens at a path and gives each connection to `serve(peer, number)`, in a thread of its own."""

    def __init__(self, path: Path, serve: Callable[[Peer, int], None]) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.accepted = 0
        self.errors: list[BaseException] = []
        self._serve = serve
        self._peers: list[Peer] = []
        self._threads: list[threading.Thread] = []
        self._path = path
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.accepted += 1
            peer = Peer(sock)
            self._peers.append(peer)
            thread = threading.Thread(target=self._run, args=(peer, self.accepted))
            self._threads.append(thread)
            thread.start()

    def _run(self, peer: Peer, number: int) -> None:
        try:
            self._serve(peer, number)
        except (EOFError, OSError):
            pass
        except BaseException as error:
            self.errors.append(error)
        finally:
            peer.socket.close()

    def stop_listening(self) -> None:
        """As a daemon that exits: the name goes, and nobody is accepted any more."""
        self._path.unlink(missing_ok=True)
        try:
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        except OSError:
            pass
        self._accepting.join(10)
        self._listener.close()

    def close(self) -> None:
        self.stop_listening()
        for peer in self._peers:
            try:
                peer.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()
        assert self.errors == []


@pytest.fixture
def paths(home: Path) -> Paths:
    return Paths.from_environ()


@pytest.fixture
def fake(paths: Paths) -> Iterator[Callable[..., FakeDaemon]]:
    """Start a fake daemon at the socket of this test's home, or at `path`."""
    running: list[FakeDaemon] = []

    def start(serve: Callable[[Peer, int], None], path: Path | None = None) -> FakeDaemon:
        running.append(FakeDaemon(path or paths.socket, serve))
        return running[-1]

    yield start
    for daemon in running:
        daemon.close()


def _kill() -> int | None:
    """kill -9 the daemon of this home, if there is one; its process id."""
    status = daemon_status()
    if status is None:
        return None
    pid: int = status["pid"]
    os.kill(pid, signal.SIGKILL)
    _gone(pid)
    return pid


def _gone(pid: int) -> None:
    """Wait until a process has ended; it is a child of ours or of init."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
        except ChildProcessError:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
        time.sleep(0.005)
    raise AssertionError(f"process {pid} is still there")


@pytest.fixture
def kill_daemon() -> Callable[[], int | None]:
    return _kill


@pytest.fixture
def gone() -> Callable[[int], None]:
    return _gone


@pytest.fixture
def own_daemon(home: Path) -> Iterator[None]:
    """For tests that start a real daemon in a home of their own."""
    yield
    _kill()


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("shared") / "home"
    yield path
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEMORUS_HOME", str(path))
        patch.delenv("XDG_RUNTIME_DIR", raising=False)
        _kill()


@pytest.fixture
def shared(home: Path, module_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home, and so a real daemon, that the tests of a module share."""
    monkeypatch.setenv("MEMORUS_HOME", str(module_home))
    return module_home


@pytest.fixture
def broken_daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From now on, a daemon that is started runs the given code instead of ours."""

    def shadow(code: str) -> None:
        package = tmp_path / "shadow" / "memorusd"
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
        (package / "__main__.py").write_text(code)
        monkeypatch.setenv("PYTHONPATH", str(package.parent))

    return shadow
