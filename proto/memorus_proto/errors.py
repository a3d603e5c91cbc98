"""The one exception tree, and how it crosses the wire.

MemorusError                     INTERNAL            a fault of Memorus; the log has the traceback
├── InvalidRequest (ValueError)  INVALID_REQUEST     the call is wrong; nothing was changed
├── NotFound (ValueError)        NOT_FOUND           no such memory
├── StoreError                   STORE_ERROR         the store refused: full, read-only, corrupt, too new
├── EmbeddingError               EMBEDDING_ERROR     no vector could be had
├── LLMError                     LLM_ERROR           the language model failed
├── DaemonUnavailable            DAEMON_UNAVAILABLE  no daemon, or it is shutting down
├── ProtocolError                PROTOCOL_ERROR      the other side broke the protocol
├── VersionMismatch              VERSION_MISMATCH    no protocol version in common
├── Busy                         BUSY                too much in flight; data["retry_after"] seconds
├── Cancelled                    CANCELLED           the caller cancelled the request; nothing was changed
└── ConfigError (ValueError)     CONFIG_ERROR        settings are wrong, or differ from the daemon's
"""

from __future__ import annotations

__all__ = [
    "CODES",
    "Busy",
    "Cancelled",
    "ConfigError",
    "DaemonUnavailable",
    "EmbeddingError",
    "InvalidRequest",
    "LLMError",
    "MemorusError",
    "NotFound",
    "ProtocolError",
    "StoreError",
    "VersionMismatch",
    "from_wire",
    "to_wire",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class MemorusError(Exception):
    """Base of every error that Memorus raises.

    `message` says what was wrong and with which value, `remedy` what to do about it; `str(error)` is both.
    `data` holds the same facts as plain values. `retryable` is true when the same call may succeed later.
    `error_id` identifies the traceback in the daemon's log.
    """

    code = "INTERNAL"
    retryable = False

    def __init__(
        self,
        message: str,
        *,
        remedy: str | None = None,
        data: dict[str, Any] | None = None,
        retryable: bool | None = None,
        error_id: str | None = None,
    ) -> None:
        super().__init__(f"{message}; {remedy}" if remedy else message)
        self.message = message
        self.remedy = remedy
        self.data = data or {}
        if retryable is not None:
            self.retryable = retryable
        self.error_id = error_id


class InvalidRequest(MemorusError, ValueError):
    """An argument has the wrong type or value. Nothing was changed."""

    code = "INVALID_REQUEST"


class NotFound(MemorusError, ValueError):
    """There is no memory with that id (a ValueError too, because mem0 raises that)."""

    code = "NOT_FOUND"


class StoreError(MemorusError):
    """The store refused, or could not do its work.

    `data["reason"]`: disk_full, read_only, corrupt, too_new, locked, unreachable (a server) or io.
    """

    code = "STORE_ERROR"


class EmbeddingError(MemorusError):
    """The embedder is missing or failed."""

    code = "EMBEDDING_ERROR"


class LLMError(MemorusError):
    """The language model could not be used."""

    code = "LLM_ERROR"


class DaemonUnavailable(MemorusError):
    """No daemon answers and none could be started, or it is shutting down."""

    code = "DAEMON_UNAVAILABLE"
    retryable = True


class ProtocolError(MemorusError):
    """The other side sent something that the protocol does not allow."""

    code = "PROTOCOL_ERROR"


class VersionMismatch(MemorusError):
    """Client and daemon have no protocol version in common."""

    code = "VERSION_MISMATCH"


class Busy(MemorusError):
    """The daemon has too much in flight. `data["retry_after"]` is in seconds."""

    code = "BUSY"
    retryable = True


class Cancelled(MemorusError):
    """The request was cancelled before it took effect."""

    code = "CANCELLED"


class ConfigError(MemorusError, ValueError):
    """A setting is unknown or invalid, or differs from what the running daemon uses."""

    code = "CONFIG_ERROR"


CODES: dict[str, type[MemorusError]] = {
    cls.code: cls
    for cls in (
        MemorusError,
        InvalidRequest,
        NotFound,
        StoreError,
        EmbeddingError,
        LLMError,
        DaemonUnavailable,
        ProtocolError,
        VersionMismatch,
        Busy,
        Cancelled,
        ConfigError,
    )
}


def to_wire(error: MemorusError) -> dict[str, Any]:
    """The `error` map of a response."""
    return {
        "code": error.code,
        "message": error.message,
        "remedy": error.remedy,
        "data": error.data,
        "retryable": error.retryable,
        "error_id": error.error_id,
    }


def from_wire(value: object) -> MemorusError:
    """The exception for an `error` map. An unknown code, from a newer daemon, becomes a MemorusError."""
    if not isinstance(value, dict) or not isinstance(value.get("code"), str):
        return ProtocolError(f"the daemon sent a malformed error: {value!r:.200}")
    data = value.get("data")
    return CODES.get(value["code"], MemorusError)(
        str(value.get("message") or value["code"]),
        remedy=value.get("remedy") if isinstance(value.get("remedy"), str) else None,
        data=data if isinstance(data, dict) else None,
        retryable=bool(value.get("retryable")),
        error_id=value.get("error_id"),
    )
