"""Async calls over one shared connection: replies come out of order, and no background task reads them.

Whoever waits for a reply and finds nobody reading reads for all. When its own reply has come, or
it is cancelled, it wakes one of the others to read on.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
from anyio.abc import UNIXSocketStream
from anyio.lowlevel import current_token

from memorus_proto.errors import DaemonUnavailable, MemorusError, ProtocolError, from_wire
from memorus_proto.frames import Decoder, encode
from memorus_proto.messages import RESPONSE, check, notification, request

from ._connect import connect
from ._transports import NoDaemon, lost, retry_pause

if TYPE_CHECKING:
    from ._calls import Options
    from ._link import Link

__all__ = ["AsyncLink", "AsyncSocketDoor"]


class _Waiter:
    """A call that waits: woken when its reply is there, or when it is its turn to read."""

    __slots__ = ("reply", "wake")

    def __init__(self) -> None:
        self.wake = anyio.Event()
        self.reply: list[Any] | None = None


class AsyncLink:
    """One connection, many calls at once, all in one event loop."""

    def __init__(self, stream: UNIXSocketStream) -> None:
        self._stream = stream
        self._decoder = Decoder()
        self._waiters: dict[int, _Waiter] = {}
        self._reading = False
        self._sending = anyio.Lock()
        self._lost: Exception | None = None
        self._id = 0
        self._home = _here()

    @classmethod
    async def over(cls, link: Link) -> AsyncLink:
        """Go on with a blocking link that has had its hello."""
        link.sock.setblocking(False)
        return cls(await UNIXSocketStream.from_socket(link.sock))

    @property
    def usable(self) -> bool:
        """Whether calls can go over it, here: not lost, same process, same event loop."""
        return self._lost is None and self._home == _here()

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        """Send one request and wait for its answer. Raises as Link.call does."""
        self._id = id = (self._id + 1) % 2**32
        frame = encode(request(id, method, params))
        waiter = self._waiters[id] = _Waiter()
        sent = False
        try:
            await self._send(frame)
            sent = True
            reply = await self._wait(waiter)
        finally:
            del self._waiters[id]
            self._pass_on()
            if waiter.reply is None and sent and self._lost is None:
                # Cancelled: tell the daemon, which may still prevent it. Its reply is then ignored.
                with anyio.CancelScope(shield=True), anyio.move_on_after(1):
                    await self._send(encode(notification("$/cancel", {"id": id})))
        if reply[2] is not None:
            raise from_wire(reply[2])
        return reply[3]

    async def close(self) -> None:
        """Hang up."""
        self._lost = self._lost or EOFError("closed")
        if self._home == _here():
            await self._stream.aclose()

    async def _send(self, frame: bytes) -> None:
        async with self._sending:
            if self._lost is not None:
                raise self._lost
            whole = False
            try:
                await self._stream.send(frame)
                whole = True
            except (anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
                self._lose(EOFError("the daemon closed the connection"))
                raise EOFError("the daemon closed the connection") from error
            finally:
                if not whole:
                    # Half a frame may be out: nothing sensible can follow it.
                    self._lose(EOFError("a request was cut off"))

    async def _wait(self, waiter: _Waiter) -> list[Any]:
        while waiter.reply is None:
            if self._lost is not None:
                raise self._lost
            if self._reading:
                await waiter.wake.wait()
                waiter.wake = anyio.Event()
                continue
            self._reading = True
            try:
                data = await self._stream.receive()
                self._take(data)
            except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
                self._lose(EOFError("the daemon closed the connection"))
            except ProtocolError as error:
                self._lose(error)
            finally:
                self._reading = False
        return waiter.reply

    def _take(self, data: bytes) -> None:
        for value in self._decoder.feed(data):
            message = check(value)
            if message[0] == RESPONSE and (waiter := self._waiters.get(message[1])):
                waiter.reply = message
                waiter.wake.set()

    def _pass_on(self) -> None:
        if not self._reading:
            for waiter in self._waiters.values():
                if waiter.reply is None:
                    waiter.wake.set()
                    return

    def _lose(self, error: Exception) -> None:
        self._lost = self._lost or error
        for waiter in self._waiters.values():
            waiter.wake.set()


class AsyncSocketDoor:
    """Calls through the daemon; reconnects after its exit, a fork, or in another event loop."""

    def __init__(self, options: Options, first: Link) -> None:
        self._options = options
        self._first: Link | None = first
        self._link: AsyncLink | None = None
        self._connecting = anyio.Lock()

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        """As SocketTransport.call."""
        tries = 0
        while True:
            used: AsyncLink | None = None
            try:
                used = await self._current()
                return await used.call(method, params)
            except (MemorusError, OSError, EOFError) as error:
                pause = retry_pause(error, tries)
                if pause is None:
                    if isinstance(error, MemorusError):
                        raise
                    raise lost(method, tries, self._options) from error
                if isinstance(error, DaemonUnavailable) and used is not None:
                    await used.close()  # it is leaving
                tries += 1
                await anyio.sleep(pause)

    async def close(self) -> None:
        """Close the connection."""
        link, self._link = self._link, None
        if link is not None:
            await link.close()
        if self._first is not None:
            self._first.close()
            self._first = None

    def _connect(self) -> Link:
        try:
            return connect(self._options.paths, self._options.asked)
        except DaemonUnavailable as error:
            raise NoDaemon(error.message) from error

    async def _current(self) -> AsyncLink:
        if self._link is not None and self._link.usable:
            return self._link
        async with self._connecting:
            if self._link is None or not self._link.usable:
                if self._link is not None:
                    await self._link.close()
                first, self._first = self._first, None
                if first is None:
                    first = await anyio.to_thread.run_sync(self._connect)
                self._link = await AsyncLink.over(first)
            return self._link


def _here() -> tuple[int, object]:
    """This process and this event loop: a connection belongs to both."""
    return os.getpid(), current_token()
