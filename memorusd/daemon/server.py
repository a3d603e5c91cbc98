"""All connections together: accepting, greeting, counting, draining. Runs on the event loop alone."""

from __future__ import annotations

import errno
import os
import socket
import time
import uuid
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import TaskGroup

from memorus_proto.frames import encode
from memorus_proto.messages import PROTOCOL_MAX, PROTOCOL_MIN, notification
from memorus_proto.paths import Paths
from memorus_proto.peer import peer_uid

from .. import __version__
from ..requests import Request
from .connection import Connection, Inline
from .limits import Limits
from .listener import Listener
from .logs import describe, log

if TYPE_CHECKING:
    from ..service import Service
    from ..settings.config import Settings

__all__ = ["Server"]


class Server:
    """Serves `service` on `listener` until `stop`."""

    def __init__(
        self,
        service: Service,
        listener: Listener,
        paths: Paths,
        settings: Settings,
        limits: Limits | None = None,
    ) -> None:
        self.service = service
        self.settings = settings
        self._config = settings.fingerprint()
        self.limits = limits or Limits()
        self.threads = anyio.CapacityLimiter(self.limits.threads)
        self.slow = anyio.CapacityLimiter(self.limits.slow_threads)
        self.waiting = anyio.CapacityLimiter(self.limits.waiting_threads)
        self.inline: dict[str, Inline] = {
            "daemon.status": self._status,
            "daemon.shutdown": lambda params: {"ok": True},
        }
        self.stopping = anyio.Event()
        """Set when the drain begins."""
        self.in_flight = 0
        self.held = 0
        """Bytes of unfinished frames and of requests in flight."""
        self.last_active = time.monotonic()
        self.changed = anyio.Event()
        """Set when there is nothing left to do, or the settings changed; replaced after that."""
        self._listener = listener
        self._paths = paths
        self._instance = uuid.uuid4().hex
        self._started = time.monotonic()
        self._connections: set[Connection] = set()
        self._accepted = 0
        self._accepting = anyio.CancelScope()
        self._finished = anyio.Event()

    @property
    def quiet(self) -> bool:
        """Whether there is no connection and no call in flight."""
        return not self._connections and not self.in_flight

    @property
    def draining(self) -> bool:
        """Whether `stop` was called."""
        return self.stopping.is_set()

    def stop(self, reason: str) -> None:
        """Begin to drain. Does nothing the second time."""
        if not self.draining:
            log.info("draining: %s; %d in flight", reason, self.in_flight)
            self.stopping.set()
            self._accepting.cancel()

    def settings_changed(self, settings: Settings) -> None:
        """Use `settings` from now on."""
        self.settings = settings
        self._config = settings.fingerprint()
        self._wake()

    async def serve(self) -> bool:
        """Accept and serve until `stop`, then drain; whether everything in flight was finished."""
        async with anyio.create_task_group() as tasks:
            with self._accepting:
                await self._accept(tasks)
            self._listener.unlink()
            if not self._listener.activated:  # systemd keeps its backlog for the next instance
                self._accept_waiting(tasks)
            self._listener.close()
            with anyio.move_on_after(self.limits.drain_seconds) as drain:
                while self.in_flight:
                    self._finished = anyio.Event()
                    await self._finished.wait()
                # Each request that was sent before this is still answered, if only with a refusal.
                for connection in self._connections:
                    connection.stop_reading()
                while self._connections:
                    self._finished = anyio.Event()
                    await self._finished.wait()
            if drain.cancelled_caught:
                log.error("%d still in flight after the drain", self.in_flight)
                for connection in self._connections:
                    connection.cancel_calls()
                tasks.cancel_scope.cancel()
        return not drain.cancelled_caught

    def begin(self, size: int) -> None:
        """Count an engine call in."""
        self.in_flight += 1
        self.held += size

    def end(self, size: int) -> None:
        """Count it out."""
        self.in_flight -= 1
        self.held -= size
        self._maybe_quiet()

    def _maybe_quiet(self) -> None:
        self.last_active = time.monotonic()
        if not self.in_flight:
            self._finished.set()
            if not self._connections:
                self._wake()

    def _wake(self) -> None:
        self.changed.set()
        self.changed = anyio.Event()

    async def _accept(self, tasks: TaskGroup) -> None:
        while True:
            await anyio.wait_readable(self._listener.socket)
            if not self._accept_waiting(tasks):
                await anyio.sleep(0.5)

    def _accept_waiting(self, tasks: TaskGroup) -> bool:
        """Accept all that wait; False if the system refuses for now."""
        while True:
            try:
                sock, _ = self._listener.socket.accept()
            except BlockingIOError:
                return True
            except ConnectionAbortedError:
                continue
            except OSError as error:
                log.error("cannot accept: %s", os.strerror(error.errno or errno.EIO))
                return False
            self._greet(sock, tasks)

    def _greet(self, sock: socket.socket, tasks: TaskGroup) -> None:
        # An end before the hello tells the client that nothing was asked, so it may try again.
        uid = peer_uid(sock)
        if uid != os.getuid():
            log.warning("connection refused: the peer is user %s, this daemon is user %d", uid, os.getuid())
            sock.close()
            return
        if len(self._connections) >= self.limits.connections:
            log.warning("connection refused: %d are open", len(self._connections))
            sock.close()
            return
        sock.setblocking(False)
        try:
            sock.send(self._hello())
        except OSError:  # a probe that is gone again
            sock.close()
            return
        self._accepted += 1
        connection = Connection(self, sock, self._accepted)
        self._connections.add(connection)
        tasks.start_soon(self._serve, connection)

    async def _serve(self, connection: Connection) -> None:
        try:
            await connection.serve()
        except Exception as error:  # a fault of one connection is not the others'
            log.error("a connection failed\n%s", describe(error))
        finally:
            self._connections.discard(connection)
            self._maybe_quiet()

    def _hello(self) -> bytes:
        return encode(
            notification(
                "hello",
                {
                    "protocol": [PROTOCOL_MIN, PROTOCOL_MAX],
                    "version": __version__,
                    "pid": os.getpid(),
                    "instance": self._instance,
                    "store": self.service.store_id,
                    "config": self._config,
                    "state": self._state(),
                },
            )
        )

    def _state(self) -> str:
        return "draining" if self.draining else "ready"

    def _status(self, request: Request) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "version": __version__,
            "protocol": [PROTOCOL_MIN, PROTOCOL_MAX],
            "instance": self._instance,
            "store": self.service.store_id,
            "config": self._config,
            "state": self._state(),
            "socket": os.fspath(self._listener.path),
            "home": os.fspath(self._paths.home),
            "log": os.fspath(self._paths.log),
            "uptime": round(time.monotonic() - self._started, 3),
            "connections": len(self._connections),
            "in_flight": self.in_flight,
            "idle_timeout": self.settings.daemon.idle_timeout,
            "activated": self._listener.activated,
        }
