"""Frames without I/O: 4-byte big-endian length, then one msgpack value.

The owner of the socket feeds bytes in and takes values out, so the blocking client, the async client and the
daemon can share this module.
"""

from __future__ import annotations

import msgpack

from .errors import InvalidRequest, ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = ["MAX_FRAME", "Decoder", "encode", "pack", "unpack"]

MAX_FRAME = 16 * 1024 * 1024
"""Largest payload of a frame in bytes, without its header."""

HEADER = 4


def pack(value: object) -> bytes:
    """`value` as msgpack.

    Lone surrogates are packed as they are, so that validation refuses them on every transport alike.

    Raises:
        InvalidRequest: `value` contains something that msgpack cannot represent.
    """
    try:
        packed: bytes = msgpack.packb(value, unicode_errors="surrogatepass")
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidRequest(
            f"an argument cannot be sent: {error}",
            remedy="use str, int (64 bit), float, bool, None, list and dict with str keys",
        ) from None
    return packed


def unpack(payload: bytes | memoryview) -> Any:
    """The one value that `payload` consists of.

    Raises:
        ProtocolError: `payload` is not exactly one msgpack value.
    """
    try:
        return msgpack.unpackb(payload, unicode_errors="surrogatepass", strict_map_key=True)
    # msgpack's own errors are ValueErrors, but deep nesting and bad map keys raise others.
    except (ValueError, TypeError, RecursionError, msgpack.UnpackException) as error:
        raise ProtocolError(f"a frame of {len(payload)} bytes is not one msgpack value: {error}") from None


def encode(value: object, limit: int = MAX_FRAME) -> bytes:
    """One whole frame.

    Raises:
        InvalidRequest: the value cannot be packed, or its frame would be over `limit` bytes.
    """
    payload = pack(value)
    if len(payload) > limit:
        raise InvalidRequest(
            f"a message of {len(payload)} bytes is over the limit of {limit}",
            remedy="send less in one call",
            data={"bytes": len(payload), "limit": limit},
        )
    return len(payload).to_bytes(HEADER, "big") + payload


class Decoder:
    """Splits a byte stream into values. Holds at most one unfinished frame."""

    def __init__(self, limit: int = MAX_FRAME) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self.size = 0
        """Payload bytes of the value that `feed` yielded last."""

    @property
    def partial(self) -> bool:
        """Whether bytes of an unfinished frame are held."""
        return bool(self._buffer)

    @property
    def held(self) -> int:
        """Bytes of the unfinished frame that are held, header included; 0 between frames."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[Any]:
        """Take in `data` and yield every value that is now complete. Exhaust it before the next call.

        Raises:
            ProtocolError: a length is over the limit (nothing was allocated for it), or a payload is not
                one msgpack value. The stream cannot be read any further: close it.
        """
        buffer = self._buffer
        buffer += data
        start = 0
        try:
            while len(buffer) - start >= HEADER:
                size = int.from_bytes(buffer[start : start + HEADER], "big")
                if size > self._limit:
                    raise ProtocolError(f"a frame of {size} bytes is over the limit of {self._limit}")
                end = start + HEADER + size
                if len(buffer) < end:
                    break
                # A view saves a copy of up to 16 MiB; it must be released before the buffer shrinks.
                with memoryview(buffer)[start + HEADER : end] as payload:
                    value = unpack(payload)
                start, self.size = end, size
                yield value
        finally:
            del buffer[:start]
