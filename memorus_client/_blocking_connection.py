"""One blocking connection to a daemon: hello, then one call at a time."""

from __future__ import annotations

from memorus_proto.errors import DaemonUnavailable, ProtocolError, from_wire
from memorus_proto.frames import Decoder, encode
from memorus_proto.messages import NOTIFICATION, RESPONSE, check, request

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any

__all__ = ["BlockingConnection"]

_CHUNK = 65_536
"""Bytes read at once."""


class BlockingConnection:
    """Not thread-safe. After any exception but a MemorusError from the daemon, close it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.hello: dict[str, Any] = {}
        """The daemon's first message (SPEC.md, hello); empty before `read_hello`."""
        self._decoder = Decoder()
        self._received: list[list[Any]] = []
        self._id = 0

    def read_hello(self, timeout: float) -> dict[str, Any]:
        """The daemon's first message, for which it has `timeout` seconds.

        Raises:
            EOFError: the daemon closed the connection instead.
            DaemonUnavailable: it said nothing in time.
            ProtocolError: its first message is something else.
        """
        self.sock.settimeout(timeout)
        try:
            message = self._read_message()
        except TimeoutError:
            raise DaemonUnavailable(
                f"the daemon accepted the connection but said nothing for {timeout:g} s",
                remedy="look at its log: memorusctl daemon logs",
            ) from None
        self.sock.settimeout(None)
        if message[0] != NOTIFICATION or message[1] != "hello":
            raise ProtocolError(f"the daemon's first message is not a hello: {message!r:.120}")
        self.hello = message[2]
        return self.hello

    def call(self, method: str, params: dict[str, Any]) -> Any:
        """Send one request and wait for its reply, however long it takes.

        Raises:
            MemorusError: the daemon replied with it, or the arguments cannot be sent.
            EOFError, OSError: the connection is lost; whether the call took effect is unknown.
        """
        self._id = (self._id + 1) % 2**32
        frame = encode(request(self._id, method, params))
        self.sock.sendall(frame)
        while True:
            message = self._read_message()
            if message[0] == RESPONSE and message[1] == self._id:
                if message[2] is not None:
                    raise from_wire(message[2])
                return message[3]
            if message[0] == RESPONSE:
                raise ProtocolError(f"the daemon replied to request {message[1]}, which was never sent")

    def wait_closed(self) -> None:
        """Block until the daemon has closed its side."""
        while self.sock.recv(_CHUNK):
            pass

    def close(self) -> None:
        """Close this process's end. A parent's or child's copy of it stays open."""
        self.sock.close()

    def _read_message(self) -> list[Any]:
        while not self._received:
            data = self.sock.recv(_CHUNK)
            if not data:
                raise EOFError("the daemon closed the connection")
            self._received.extend(check(value) for value in self._decoder.feed(data))
        return self._received.pop(0)
