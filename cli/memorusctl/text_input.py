"""Texts that commands read: from standard input, or from a file."""

from __future__ import annotations

import sys

__all__ = ["read_standard_input", "read_text"]


def read_standard_input() -> str:
    """All of standard input.

    Raises:
        InvalidRequest: it is not text in the terminal's encoding.
    """
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        from memorus_proto.errors import InvalidRequest

        raise InvalidRequest(
            f"standard input is not {error.encoding} at byte {error.start}",
            remedy="send text in that encoding",
        ) from None


def read_text(path: str, expected: str) -> str:
    """The text of a file, or of standard input if `path` is "-".

    Raises:
        InvalidRequest: it cannot be read; the remedy is to name `expected`.
    """
    from pathlib import Path

    from memorus_proto.errors import InvalidRequest

    if path == "-":
        return read_standard_input()
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InvalidRequest(f"cannot read {path}: {reason}", remedy=f"name {expected}") from None
