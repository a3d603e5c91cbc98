"""Messages: msgpack-rpc arrays, built and checked in one place.

request `[0, id, method, params]`, response `[1, id, error, result]`, notification `[2, method, params]`.
"""

from __future__ import annotations

from .errors import ProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "NOTIFICATION",
    "PROTOCOL_MAX",
    "PROTOCOL_MIN",
    "REQUEST",
    "RESPONSE",
    "check",
    "common_protocol",
    "hello_range",
    "notification",
    "request",
    "response",
]

PROTOCOL_MIN = 1
PROTOCOL_MAX = 1

REQUEST, RESPONSE, NOTIFICATION = 0, 1, 2

_MAX_ID = 2**32 - 1


def request(id: int, method: str, params: dict[str, Any]) -> list[Any]:
    """A call, which gets exactly one response with the same id (0 to 2**32 - 1)."""
    return [REQUEST, id, method, params]


def response(id: int, error: dict[str, Any] | None, result: object) -> list[Any]:
    """The response to request `id`. Either `error` (see errors.to_wire) or `result` is None."""
    return [RESPONSE, id, error, result]


def notification(method: str, params: dict[str, Any]) -> list[Any]:
    """A message that gets no response."""
    return [NOTIFICATION, method, params]


def check(value: object) -> list[Any]:
    """`value`, if it is a message.

    Raises:
        ProtocolError: it is not. The error shows its shape but never its content, so it may be logged.
    """
    # `type(x) is int`, because True is an int for isinstance and for a match statement.
    if type(value) is list and value and type(value[0]) is int:
        match value:
            case [0, id, str(), dict()] if type(id) is int and 0 <= id <= _MAX_ID:
                return value
            case [1, id, dict() | None, _] if type(id) is int and 0 <= id <= _MAX_ID:
                return value
            case [2, str(), dict()]:
                return value
    raise ProtocolError(f"not a message: {_shape(value)}")


def _shape(value: object) -> str:
    if not isinstance(value, list):
        return type(value).__name__
    return "[" + ", ".join([type(v).__name__ for v in value[:6]] + ["..."] * (len(value) > 6)) + "]"


def common_protocol(hello: dict[str, Any]) -> int | None:
    """The highest protocol version that this side and the sender of `hello` both speak, or None."""
    low, high = hello_range(hello)
    best = min(PROTOCOL_MAX, high)
    return best if best >= max(PROTOCOL_MIN, low) else None


def hello_range(hello: dict[str, Any]) -> tuple[int, int]:
    """The `protocol` range of a hello, both ends inclusive.

    Raises:
        ProtocolError: the field is missing or is not a range.
    """
    match hello.get("protocol"):
        case [int(low), int(high)] if low <= high:
            return low, high
        case other:
            raise ProtocolError(f"hello without a protocol range: {other!r:.80}")
