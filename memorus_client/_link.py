"""One blocking connection to a daemon: hello, then one call at a time."""

from __future__ import annotations

from memorus_proto.errors import DaemonUnavailable, ProtocolError, from_wire
from memorus_proto.frames import Decoder, encode
from memorus_proto.messages import NOTIFICATION, RESPONSE, check, request

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any

__all__ = ["Link"]

_CHUNK = 65_536


class Link:
    """Not thread-safe. After any exception but a MemorusError from the daemon, close it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.hello: dict[str, Any] = {}
        self._decoder = Decoder()
        self._waiting: list[list[Any]] = []
        self._id = 0

    def read_hello(self, timeout: float) -> dict[str, Any]:
        """The daemon's first message. Raises EOFError when it hangs up before."""
        self.sock.settimeout(timeout)
        try:
            message = self._read()
        except TimeoutError:
            raise DaemonUnavailable(
                f"the daemon accepted but said nothing for {timeout:g} s; look at: memorusctl daemon logs"
            ) from None
        self.sock.settimeout(None)
        if message[0] != NOTIFICATION or message[1] != "hello":
            raise ProtocolError(f"the daemon's first message is no hello: {message!r:.120}")
        self.hello = message[2]
        return self.hello

    def call(self, method: str, params: dict[str, Any]) -> Any:
        """Send one request and wait for its answer, as long as it takes.

        Raises:
            MemorusError: the daemon's own answer, or arguments that cannot be sent.
            EOFError, OSError: the connection is lost; whether the call took effect is not known.
        """
        self._id = (self._id + 1) % 2**32
        frame = encode(request(self._id, method, params))
        self.sock.sendall(frame)
        while True:
            message = self._read()
            if message[0] == RESPONSE and message[1] == self._id:
                if message[2] is not None:
                    raise from_wire(message[2])
                return message[3]
            if message[0] == RESPONSE:
                raise ProtocolError(f"an answer to request {message[1]}, which was not asked")

    def wait_closed(self) -> None:
        """Block until the daemon has closed its side."""
        while self.sock.recv(_CHUNK):
            pass

    def close(self) -> None:
        """Close this process's end. A parent's or child's copy of it stays open."""
        self.sock.close()

    def _read(self) -> list[Any]:
        while not self._waiting:
            data = self.sock.recv(_CHUNK)
            if not data:
                raise EOFError("the daemon closed the connection")
            self._waiting.extend(check(value) for value in self._decoder.feed(data))
        return self._waiting.pop(0)
