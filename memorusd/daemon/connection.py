"""One connection: read frames, answer what is quick on the spot, run the rest in worker threads.

Served by one loop without a task per request; a task is spawned only for a call to the engine,
which may take long and must not hold up `$/cancel`, status or another answer.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup

from memorus_proto.errors import Busy, Cancelled, DaemonUnavailable, MemorusError, ProtocolError, to_wire
from memorus_proto.frames import Decoder, encode
from memorus_proto.messages import REQUEST, RESPONSE, check, notification
from memorus_proto.methods import METHODS

from ..requests import Request
from ..validation import validate_params
from .limits import SLOW, WAITING
from .logs import describe, log
from .replies import answer, failure

if TYPE_CHECKING:
    from .server import Server

__all__ = ["Connection", "Inline"]

Inline = Callable[[Request], Any]
"""Answers a method on the event loop, from its validated request."""

_CHUNK = 65_536
_HANG_UP_CHECK = 0.25


class _Call:
    """A request that the engine works on."""

    __slots__ = ("cancelled", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.cancelled = False


class Connection:
    """Serves one accepted socket, whose hello is already sent."""

    def __init__(self, server: Server, sock: socket.socket, number: int) -> None:
        self._server = server
        self._limits = server.limits
        self._socket = sock
        self._number = number
        self._calls: dict[int, _Call] = {}
        self._room: anyio.Event | None = None
        self._writing = anyio.Lock(fast_acquire=True)
        self._lost = False
        self._held = 0

    async def serve(self) -> None:
        """Until either side goes. Returns when no call of this connection runs any more."""
        try:
            async with anyio.create_task_group() as tasks:
                try:
                    await self._read(tasks)
                except MemorusError as error:
                    log.warning("connection %d closed: %s: %s", self._number, error.code, error.message)
                    await self._send(encode(notification("error", to_wire(error))))
                except Exception as error:
                    log.error("connection %d failed\n%s", self._number, describe(error))
                finally:
                    self._drop()
        finally:
            self._count_held(0)
            self._socket.close()

    def stop_reading(self) -> None:
        """What has arrived is still read and answered; what is sent from now on fails at the sender."""
        try:
            self._socket.shutdown(socket.SHUT_RD)
        except OSError:
            pass

    def cancel_calls(self) -> None:
        """Ask every call that has not committed yet to give up."""
        for call in self._calls.values():
            call.cancelled = True

    async def _read(self, tasks: TaskGroup) -> None:
        decoder = Decoder(self._limits.frame)
        deadline: float | None = None
        while True:
            if deadline is None:
                await anyio.wait_readable(self._socket)
            else:
                with anyio.CancelScope(deadline=deadline) as waiting:
                    await anyio.wait_readable(self._socket)
                if waiting.cancelled_caught:
                    raise ProtocolError(
                        f"a frame was not complete {self._limits.frame_seconds:g} s after its first byte"
                    )
            try:
                data = self._socket.recv(_CHUNK)
            except (BlockingIOError, InterruptedError):
                continue
            except OSError:
                data = b""
            if not data:
                if decoder.partial and not self._lost:
                    log.info("connection %d ended inside a frame", self._number)
                return
            began = decoder.partial
            for value in decoder.feed(data):
                began = False
                self._count_held(0)  # it is whole now, and counts as a call from here on
                await self._handle(check(value), decoder.size, tasks)
                if self._lost:  # what else it had sent is not begun
                    return
            if not decoder.partial:
                deadline = None
            elif not began:
                deadline = anyio.current_time() + self._limits.frame_seconds
            self._count_held(decoder.held)

    async def _handle(self, message: list[Any], size: int, tasks: TaskGroup) -> None:
        if message[0] == REQUEST:
            _, id, method, params = message
            if id in self._calls:
                raise ProtocolError(f"request id {id} is in flight already; take a new one for each request")
            inline = self._server.inline.get(method)
            if inline is not None:
                work = partial(_validated, inline, method, params)
                await self._send(answer(id, method, work, self._limits.frame))
                if method == "daemon.shutdown" and not params:
                    self._server.stop("daemon.shutdown")
            elif method not in METHODS:
                # The method's name may be anything, so it stays out of the log.
                refuse = partial(validate_params, method, params)
                await self._send(answer(id, "an unknown method", refuse, self._limits.frame))
            else:
                await self._begin(id, method, params, size, tasks)
        elif message[0] == RESPONSE:
            raise ProtocolError("a client sent a response; the daemon asks nothing")
        elif message[1] == "$/cancel":
            if type(cancelled := message[2].get("id")) is not int:
                raise ProtocolError("$/cancel needs the id of a request")
            if cancelled in self._calls:  # else its answer is on the way
                self._calls[cancelled].cancelled = True
        # Other notifications may come from a newer client; they want no answer and get none.

    async def _begin(self, id: int, method: str, params: dict[str, Any], size: int, tasks: TaskGroup) -> None:
        while len(self._calls) >= self._limits.calls:
            self._room = anyio.Event()
            with anyio.move_on_after(_HANG_UP_CHECK):
                await self._room.wait()
            # A reader that pauses would not see the end of the stream.
            if self._lost or _hung_up(self._socket):
                self._drop()
                return
        server = self._server
        refusal: MemorusError | None = None
        if server.draining:
            refusal = DaemonUnavailable("the daemon is going away; connect again to reach the next one")
        elif server.in_flight >= self._limits.all_calls:
            refusal = self._busy(f"{server.in_flight} requests are in flight")
        elif server.held + size > self._limits.all_bytes:
            refusal = self._busy(f"{server.held} bytes of requests are in flight")
        if refusal is not None:
            await self._send(failure(id, refusal))
            return
        call = self._calls[id] = _Call(size)
        server.begin(size)
        tasks.start_soon(self._run, id, call, method, params)

    async def _run(self, id: int, call: _Call, method: str, params: dict[str, Any]) -> None:
        try:
            server = self._server
            service, waits = server.service, method in WAITING

            def unwanted() -> bool:
                return call.cancelled or (waits and server.draining)

            def work() -> Any:
                if call.cancelled:
                    raise Cancelled(f"{method} was cancelled before it began; nothing was changed")
                return service.call(method, params, unwanted)

            threads = server.waiting if waits else server.slow if method in SLOW else server.threads
            frame = await anyio.to_thread.run_sync(
                answer, id, method, work, self._limits.frame, limiter=threads
            )
            await self._send(frame)
        finally:
            del self._calls[id]
            self._server.end(call.size)
            if self._room is not None:
                self._room.set()

    async def _send(self, frame: bytes) -> None:
        rest = memoryview(frame)
        if not self._writing.locked():
            # Nobody is inside a frame, and nothing awaits before the lock is ours.
            rest = self._send_now(rest)
        if rest:
            async with self._writing:
                await self._send_rest(rest)

    def _send_now(self, frame: memoryview) -> memoryview:
        """What the socket does not take at once; nothing of it when the other side is gone."""
        if self._lost:
            return frame[:0]
        try:
            return frame[self._socket.send(frame) :]
        except BlockingIOError:
            return frame
        except OSError:
            self._drop()
            return frame[:0]

    async def _send_rest(self, rest: memoryview) -> None:
        with anyio.move_on_after(self._limits.send_seconds) as sending:
            while rest := self._send_now(rest):
                await anyio.wait_writable(self._socket)
        if sending.cancelled_caught:
            log.warning(
                "connection %d closed: it took no answer for %g s", self._number, self._limits.send_seconds
            )
            self._drop()

    def _drop(self) -> None:
        """The other side is gone, or shall be: wake the reader and the writers, and cancel the calls."""
        self.cancel_calls()
        if not self._lost:
            self._lost = True
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _count_held(self, held: int) -> None:
        self._server.held += held - self._held
        self._held = held
        if held and self._server.held > self._limits.all_bytes:
            raise self._busy(f"{self._server.held} bytes of unfinished requests are held")

    def _busy(self, why: str) -> Busy:
        seconds = self._limits.retry_after
        return Busy(f"the daemon is busy: {why}; try again in {seconds:g} s", data={"retry_after": seconds})


def _validated(inline: Inline, method: str, params: dict[str, Any]) -> Any:
    return inline(validate_params(method, params))


def _hung_up(sock: socket.socket) -> bool:
    poll = select.poll()
    poll.register(sock, 0)  # POLLHUP and POLLERR are always reported
    return bool(poll.poll(0))
