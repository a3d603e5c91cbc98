"""One connection: reads frames, answers quick requests on the spot, and runs the others in worker threads.

One loop serves a connection, without a task for each request. Only a call to the engine gets a task, because
it may take long and must not hold up `$/cancel`, `daemon.status` or other answers.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import anyio
from anyio.abc import TaskGroup

from memorus_proto.errors import MemorusError, ProtocolError, to_wire
from memorus_proto.frames import Decoder, encode
from memorus_proto.messages import REQUEST, RESPONSE, check, notification
from memorus_proto.methods import METHODS

from ..requests import Request
from ..validation import validate_params
from .admission import Admission
from .logs import describe, log
from .replies import answer, failure
from .workers import Workers

__all__ = ["Connection", "InlineMethod"]

InlineMethod = Callable[[Request], Any]
"""Answers a method on the event loop, from its validated request."""

_CHUNK = 65_536
_HANG_UP_CHECK = 0.25
"""Seconds between checks whether the client is still there while nothing is read from it."""


class _EngineCall:
    """A request that the engine works on."""

    __slots__ = ("cancelled", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.cancelled = False


class Connection:
    """Serves one accepted socket, on which the hello has been sent."""

    def __init__(
        self,
        sock: socket.socket,
        number: int,
        admission: Admission,
        workers: Workers,
        inline: Mapping[str, InlineMethod],
    ) -> None:
        self._socket = sock
        self._number = number
        self._admission = admission
        self._limits = admission.limits
        self._workers = workers
        self._inline = inline
        self._calls: dict[int, _EngineCall] = {}
        self._room: anyio.Event | None = None
        self._writing = anyio.Lock(fast_acquire=True)
        self._lost = False
        self._unfinished = 0
        """Bytes of the frame that has not arrived completely."""

    async def serve(self) -> None:
        """Serve until either side ends the connection. No call of it runs any more when this returns."""
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
            self._count_unfinished(0)
            self._socket.close()

    def stop_reading(self) -> None:
        """Answer what has arrived, and nothing more: the client fails to send from now on."""
        try:
            self._socket.shutdown(socket.SHUT_RD)
        except OSError:
            pass

    def cancel_calls(self) -> None:
        """Ask every call that has not committed to give up."""
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
            had_part = decoder.partial
            for value in decoder.feed(data):
                had_part = False
                self._count_unfinished(0)  # the frame is complete, and counts as a call from here on
                await self._handle(check(value), decoder.size, tasks)
                if self._lost:  # do not begin what else it had sent
                    return
            if not decoder.partial:
                deadline = None
            elif not had_part:
                deadline = anyio.current_time() + self._limits.frame_seconds
            self._count_unfinished(decoder.held)

    async def _handle(self, message: list[Any], size: int, tasks: TaskGroup) -> None:
        if message[0] == REQUEST:
            _, id, method, params = message
            await self._handle_request(id, method, params, size, tasks)
        elif message[0] == RESPONSE:
            raise ProtocolError("a client sent a response, but the daemon sends no requests")
        elif message[1] == "$/cancel":
            if type(cancelled := message[2].get("id")) is not int:
                raise ProtocolError("$/cancel needs the id of a request")
            if cancelled in self._calls:  # otherwise its answer is on the way
                self._calls[cancelled].cancelled = True
        # A newer client may send other notifications. They expect no answer.

    async def _handle_request(
        self, id: int, method: str, params: dict[str, Any], size: int, tasks: TaskGroup
    ) -> None:
        if id in self._calls:
            raise ProtocolError(
                f"request id {id} is in flight already", remedy="use a new id for each request"
            )
        if (inline := self._inline.get(method)) is not None:
            work = partial(_call_inline, inline, method, params)
            await self._send(answer(id, method, work, self._limits.frame))
            if method == "daemon.shutdown" and not params:
                self._admission.stop("daemon.shutdown")
        elif method not in METHODS:
            # The name may be anything, so it is not logged.
            refuse = partial(validate_params, method, params)
            await self._send(answer(id, "an unknown method", refuse, self._limits.frame))
        elif await self._wait_for_room():
            try:
                self._admission.begin_call(size)
            except MemorusError as error:
                await self._send(failure(id, error))
                return
            call = self._calls[id] = _EngineCall(size)
            tasks.start_soon(self._run, id, call, method, params)

    async def _wait_for_room(self) -> bool:
        """Wait until this connection may have one more call in flight; false if the client left meanwhile."""
        while len(self._calls) >= self._limits.calls:
            self._room = anyio.Event()
            with anyio.move_on_after(_HANG_UP_CHECK):
                await self._room.wait()
            # Nothing is read here, so the end of the stream would go unnoticed.
            if self._lost or _hung_up(self._socket):
                self._drop()
                return False
        return True

    async def _run(self, id: int, call: _EngineCall, method: str, params: dict[str, Any]) -> None:
        try:
            await self._send(await self._workers.answer(id, method, params, lambda: call.cancelled))
        finally:
            del self._calls[id]
            self._admission.end_call(call.size)
            if self._room is not None:
                self._room.set()

    async def _send(self, frame: bytes) -> None:
        rest = memoryview(frame)
        if not self._writing.locked():
            # No frame is half sent, and nothing awaits before we hold the lock.
            rest = self._send_now(rest)
        if rest:
            async with self._writing:
                await self._send_rest(rest)

    def _send_now(self, frame: memoryview) -> memoryview:
        """Send what the socket takes at once, and return the rest; nothing if the client is gone."""
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
                "connection %d closed: it did not read its answer for %g s",
                self._number,
                self._limits.send_seconds,
            )
            self._drop()

    def _drop(self) -> None:
        """End the connection: cancel its calls, and wake whoever reads or writes."""
        self.cancel_calls()
        if not self._lost:
            self._lost = True
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _count_unfinished(self, size: int) -> None:
        before, self._unfinished = self._unfinished, size
        self._admission.resize_frame(before, size)


def _call_inline(inline: InlineMethod, method: str, params: dict[str, Any]) -> Any:
    return inline(validate_params(method, params))


def _hung_up(sock: socket.socket) -> bool:
    poll = select.poll()
    poll.register(sock, 0)  # POLLHUP and POLLERR are always reported
    return bool(poll.poll(0))
