"""Makes the one frame that answers a request from the result or the error of its work."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from typing import Any

from memorus_proto.errors import (
    EmbeddingError,
    InvalidRequest,
    LLMError,
    MemorusError,
    StoreError,
    to_wire,
)
from memorus_proto.frames import encode
from memorus_proto.messages import response

from .logs import describe, log

__all__ = ["answer", "failure"]

_ENVIRONMENT = (StoreError, EmbeddingError, LLMError)
"""Failures of disk, network or model. They are logged; errors of the caller are not."""


def answer(id: int, method: str, work: Callable[[], Any], limit: int) -> bytes:
    """The frame with the result of `work`, or with its error.

    `limit` is the largest payload in bytes. The log never holds what the caller sent.
    """
    start = time.perf_counter()
    try:
        frame = _success(id, method, work(), limit)
    except Exception as error:
        if isinstance(error, MemorusError) and error.code != "INTERNAL":
            level = logging.WARNING if isinstance(error, _ENVIRONMENT) else logging.DEBUG
            log.log(level, "%s failed: %s %s", method, error.code, error.data.get("reason", ""))
            return failure(id, error)
        error_id = secrets.token_hex(8)
        log.error("%s failed, error_id %s\n%s", method, error_id, describe(error))
        message = f"{method} failed because of a bug in Memorus"
        remedy = f"look in the daemon's log for {error_id}"
        return failure(id, MemorusError(message, remedy=remedy, error_id=error_id))
    log.debug("%s took %.1f ms", method, 1e3 * (time.perf_counter() - start))
    return frame


def failure(id: int, error: MemorusError) -> bytes:
    """The frame with `error`."""
    try:
        return encode(response(id, to_wire(error), None))
    except InvalidRequest:  # its data cannot be encoded
        return encode(response(id, {**to_wire(error), "data": {}}, None))


def _success(id: int, method: str, result: object, limit: int) -> bytes:
    try:
        return encode(response(id, None, result), limit)
    except InvalidRequest as error:
        if "bytes" not in error.data:
            raise TypeError(f"the result of {method} cannot be encoded") from error
        raise InvalidRequest(
            f"the answer has {error.data['bytes']} bytes, which is over the limit of {limit}",
            remedy="ask for less, with a lower limit or narrower filters",
            data=error.data,
        ) from None
