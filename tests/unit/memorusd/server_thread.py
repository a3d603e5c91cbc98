"""A raw client, and a server in a thread on a real socket, whose service the test controls."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.from_thread

from memorus_proto.errors import Cancelled
from memorus_proto.frames import Decoder, encode
from memorus_proto.messages import notification, request
from memorus_proto.paths import Paths
from memorusd.daemon.limits import Limits
from memorusd.daemon.listener import Listener
from memorusd.daemon.server import Server
from memorusd.settings.config import Settings

__all__ = ["HandService", "Serving", "Wire"]


class Wire:
    """Speaks the protocol by hand, one blocking socket."""

    def __init__(self, path: Path, *, hello: bool = True) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(str(path))
        self._decoder = Decoder()
        self._waiting: list[Any] = []
        self._id = 0
        try:
            self.hello: dict[str, Any] = self.read()[2] if hello else {}
        except EOFError:
            self.close()
            raise

    def read(self) -> Any:
        """The next message; EOFError at the end of the stream."""
        while not self._waiting:
            try:
                data = self.socket.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                raise EOFError
            self._waiting += self._decoder.feed(data)
        return self._waiting.pop(0)

    def ask(self, method: str, params: dict[str, Any] | None = None, id: int | None = None) -> int:
        """Send a request and return its id."""
        self._id = self._id + 1 if id is None else id
        self.socket.sendall(encode(request(self._id, method, params or {})))
        return self._id

    def call(self, method: str, params: dict[str, Any] | None = None) -> Any:
        """Send a request and return the response; its id must match."""
        asked = self.ask(method, params)
        answer = self.read()
        assert answer[:2] == [1, asked]
        return answer

    def tell(self, method: str, params: dict[str, Any]) -> None:
        self.socket.sendall(encode(notification(method, params)))

    def close(self) -> None:
        self.socket.close()


class HandService:
    """Does what the query says: `hold` until released, `big N`, fails as `errors` says; else echoes."""

    store_id = "a-store"

    def __init__(self) -> None:
        self.release = threading.Event()
        self.entered = threading.Semaphore(0)
        self.outcomes: list[str] = []
        self.errors: dict[str, Exception] = {}
        self.results: dict[str, object] = {}
        self.asked: list[str] = []

    def call(self, method: str, params: dict[str, Any], cancelled: Callable[[], bool]) -> Any:
        query = params.get("query", "")
        self.asked.append(query)
        if query == "hold":
            self.entered.release()
            while not self.release.wait(0.005):
                if cancelled():
                    self.outcomes.append("cancelled")
                    raise Cancelled("cancelled; nothing was changed")
            self.outcomes.append("done")
        elif query in self.errors:
            raise self.errors[query]
        elif query.startswith("big "):
            return "x" * int(query[4:])
        return self.results.get(query, {"echo": query})

    def busy(self) -> bool:
        return False


class Serving:
    """A Server running in a thread of its own."""

    def __init__(self, paths: Paths, limits: Limits) -> None:
        self.paths = paths
        self.service = HandService()
        self.listener = Listener.bind(paths.socket)
        self.listener.start()
        self.drained: bool | None = None
        self.server: Server
        self._limits = limits
        self._wires: list[Wire] = []
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: anyio.run(self._main))
        self._thread.start()
        assert self._started.wait(10)

    async def _main(self) -> None:
        self.server = Server(self.service, self.listener, self.paths, Settings(), self._limits)  # type: ignore[arg-type]
        async with anyio.from_thread.BlockingPortal() as portal:
            self._portal = portal
            self._started.set()
            self.drained = await self.server.serve()

    def connect(self, *, hello: bool = True) -> Wire:
        wire = Wire(self.paths.socket, hello=hello)
        self._wires.append(wire)
        return wire

    def stop(self) -> None:
        """Begin to drain, from the loop's own thread."""
        self._portal.call(self.server.admission.stop, "the test says so")

    def finish(self) -> None:
        self.service.release.set()
        if self._thread.is_alive():
            try:
                self.stop()
            except RuntimeError:
                pass  # it had ended by itself
        self._thread.join(30)
        assert not self._thread.is_alive()
        for wire in self._wires:
            wire.close()

    def wait(self) -> None:
        """Until the server has ended by itself."""
        self._thread.join(30)
        assert not self._thread.is_alive()
