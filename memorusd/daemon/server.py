"""Accepts and greets connections, and drains them at the end. Runs on the event loop alone."""

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
from .admission import Admission
from .connection import Connection, InlineMethod
from .limits import Limits
from .listener import Listener
from .logs import describe, log
from .workers import Workers

if TYPE_CHECKING:
    from ..service import Service
    from ..settings.config import Settings

__all__ = ["Server"]

_ACCEPT_PAUSE = 0.5
"""Seconds to wait when the system refuses to accept, for example because there are too many open files."""


class Server:
    """Serves `service` on `listener` until `admission.stop`."""

    def __init__(
        self,
        service: Service,
        listener: Listener,
        paths: Paths,
        settings: Settings,
        limits: Limits | None = None,
    ) -> None:
        self.service = service
        self.limits = limits or Limits()
        self.admission = Admission(self.limits)
        self.settings = settings
        self._config = settings.fingerprint()
        self._workers = Workers(service, self.admission)
        self._inline: dict[str, InlineMethod] = {
            "daemon.status": self._status,
            # The connection begins the drain when it has sent the answer.
            "daemon.shutdown": lambda request: {"ok": True},
        }
        self._listener = listener
        self._paths = paths
        self._instance = uuid.uuid4().hex
        self._started = time.monotonic()
        self._connections: set[Connection] = set()
        self._accepted = 0

    def use_settings(self, settings: Settings) -> None:
        """Report `settings` in the hello and in `daemon.status`, and wake the lifecycle to read them."""
        self.settings = settings
        self._config = settings.fingerprint()
        self.admission.wake()

    async def serve(self) -> bool:
        """Accept and serve until `admission.stop`, then drain; whether everything in flight was finished."""
        admission = self.admission
        async with anyio.create_task_group() as tasks:
            with admission.accepting:
                await self._accept(tasks)
            self._listener.unlink()
            if not self._listener.activated:  # systemd keeps its backlog for the next instance
                self._accept_waiting(tasks)
            self._listener.close()
            with anyio.move_on_after(self.limits.drain_seconds) as drain:
                await admission.wait_for_calls()
                # Each request that was sent before this is still answered, if only with a refusal.
                for connection in self._connections:
                    connection.stop_reading()
                await admission.wait_for_connections()
            if drain.cancelled_caught:
                log.error("%d still in flight after the drain", admission.calls)
                for connection in self._connections:
                    connection.cancel_calls()
                tasks.cancel_scope.cancel()
        return not drain.cancelled_caught

    async def _accept(self, tasks: TaskGroup) -> None:
        while True:
            await anyio.wait_readable(self._listener.socket)
            if not self._accept_waiting(tasks):
                await anyio.sleep(_ACCEPT_PAUSE)

    def _accept_waiting(self, tasks: TaskGroup) -> bool:
        """Accept all connections that wait; false if the system refuses for now."""
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
        # A client that sees the end of the stream before the hello knows that it may try again.
        uid = peer_uid(sock)
        if uid != os.getuid():
            log.warning("connection refused: the peer is user %s, this daemon is user %d", uid, os.getuid())
            sock.close()
            return
        if self.admission.full:
            log.warning("connection refused: %d are open", self.admission.connections)
            sock.close()
            return
        sock.setblocking(False)
        try:
            sock.send(self._hello())
        except OSError:  # the client only probed, and has left
            sock.close()
            return
        self._accepted += 1
        connection = Connection(sock, self._accepted, self.admission, self._workers, self._inline)
        self._connections.add(connection)
        self.admission.open_connection()
        tasks.start_soon(self._serve, connection)

    async def _serve(self, connection: Connection) -> None:
        try:
            await connection.serve()
        except Exception as error:  # the other connections go on
            log.error("a connection failed\n%s", describe(error))
        finally:
            self._connections.discard(connection)
            self.admission.close_connection()

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
        return "draining" if self.admission.draining else "ready"

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
            "connections": self.admission.connections,
            "in_flight": self.admission.calls,
            "idle_timeout": self.settings.daemon.idle_timeout,
            "activated": self._listener.activated,
        }
