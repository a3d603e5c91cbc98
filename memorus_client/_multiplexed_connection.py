"""One connection shared by many async calls: replies arrive in any order, and no background task reads them.

A call that waits while nobody reads becomes the reader, and hands replies to the other calls. When
its own reply has arrived, or it is cancelled, it wakes another call to read on.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import anyio
from anyio.abc import UNIXSocketStream
from anyio.lowlevel import current_token

from memorus_proto.errors import ProtocolError, from_wire
from memorus_proto.frames import Decoder, encode
from memorus_proto.messages import RESPONSE, check, notification, request

if TYPE_CHECKING:
    from ._blocking_connection import BlockingConnection

__all__ = ["MultiplexedConnection"]


class _PendingCall:
    """A call that waits. It is woken when its reply is there, or when it is its turn to read."""

    __slots__ = ("reply", "wake")

    def __init__(self) -> None:
        self.wake = anyio.Event()
        self.reply: list[Any] | None = None


class MultiplexedConnection:
    """Carries many calls at once, all of one event loop."""

    def __init__(self, stream: UNIXSocketStream) -> None:
        self._stream = stream
        self._decoder = Decoder()
        self._pending: dict[int, _PendingCall] = {}
        self._reading = False
        self._sending = anyio.Lock()
        self._lost: Exception | None = None
        self._id = 0
        self._home = _process_and_loop()

    @classmethod
    async def take_over(cls, connection: BlockingConnection) -> MultiplexedConnection:
        """Continue on the socket of a blocking connection that has read its hello."""
        connection.sock.setblocking(False)
        return cls(await UNIXSocketStream.from_socket(connection.sock))

    @property
    def usable(self) -> bool:
        """Whether a call can use it: it is not lost, and belongs to this process and event loop."""
        return self._lost is None and self._home == _process_and_loop()

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        """Send one request and wait for its reply. Raises what `BlockingConnection.call` raises."""
        self._id = id = (self._id + 1) % 2**32
        frame = encode(request(id, method, params))
        pending = self._pending[id] = _PendingCall()
        sent = False
        try:
            await self._send(frame)
            sent = True
            reply = await self._wait_for_reply(pending)
        finally:
            del self._pending[id]
            self._wake_next_reader()
            if pending.reply is None and sent and self._lost is None:
                # Cancelled. The daemon may still prevent it; its reply is then ignored.
                with anyio.CancelScope(shield=True), anyio.move_on_after(1):
                    await self._send(encode(notification("$/cancel", {"id": id})))
        if reply[2] is not None:
            raise from_wire(reply[2])
        return reply[3]

    async def close(self) -> None:
        """Hang up. Calls under way fail with EOFError."""
        self._lost = self._lost or EOFError("closed")
        if self._home == _process_and_loop():
            await self._stream.aclose()

    async def _send(self, frame: bytes) -> None:
        async with self._sending:
            if self._lost is not None:
                raise self._lost
            complete = False
            try:
                await self._stream.send(frame)
                complete = True
            except (anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
                self._lose(EOFError("the daemon closed the connection"))
                raise EOFError("the daemon closed the connection") from error
            finally:
                if not complete:
                    # Half a frame may have been sent, and nothing sensible can follow it.
                    self._lose(EOFError("a request was cut off"))

    async def _wait_for_reply(self, pending: _PendingCall) -> list[Any]:
        while pending.reply is None:
            if self._lost is not None:
                raise self._lost
            if self._reading:
                await pending.wake.wait()
                pending.wake = anyio.Event()
                continue
            self._reading = True
            try:
                data = await self._stream.receive()
                self._hand_out(data)
            except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
                self._lose(EOFError("the daemon closed the connection"))
            except ProtocolError as error:
                self._lose(error)
            finally:
                self._reading = False
        return pending.reply

    def _hand_out(self, data: bytes) -> None:
        for value in self._decoder.feed(data):
            message = check(value)
            if message[0] == RESPONSE and (pending := self._pending.get(message[1])):
                pending.reply = message
                pending.wake.set()

    def _wake_next_reader(self) -> None:
        if not self._reading:
            for pending in self._pending.values():
                if pending.reply is None:
                    pending.wake.set()
                    return

    def _lose(self, error: Exception) -> None:
        self._lost = self._lost or error
        for pending in self._pending.values():
            pending.wake.set()


def _process_and_loop() -> tuple[int, object]:
    """This process and this event loop: a connection belongs to both."""
    return os.getpid(), current_token()
