"""Takes secrets out of the parameters of a call before anything reads them. It cannot be switched off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memorus_proto.errors import MemorusError

from .redactor import Redactor

__all__ = ["sanitise"]

_TEXTS = ("messages", "text", "query", "metadata", "filters", "memory", "distilled_rule", "data", "prompt")
"""Parameters that hold the caller's words (the last two are those of mem0's methods). Ids, owners and scopes
are names, and stay as they are."""
_LISTS = ("tags", "tools", "entities")


def sanitise(params: Mapping[str, Any], redactor: Redactor) -> tuple[dict[str, Any], int]:
    """The parameters of a call without their secrets, and how many secrets there were.

    Raises:
        MemorusError: a text could not be examined. Nothing of the call may be kept then.
    """
    clean, count = dict(params), 0
    for name in _TEXTS:
        if clean.get(name) is not None:
            clean[name], found = _redacted(name, clean[name], redactor)
            count += found
    for name in _LISTS:
        if clean.get(name):
            words, found = _redacted(name, list(clean[name]), redactor)
            clean[name], count = tuple(words), count + found
    return clean, count


def _redacted(name: str, value: Any, redactor: Redactor) -> tuple[Any, int]:
    try:
        return redactor.redact_value(value)
    except MemorusError:
        raise
    except Exception as error:
        # Not chained: a traceback may carry the very text that must not leave here.
        raise MemorusError(
            f"{name} could not be examined for secrets ({type(error).__name__}), so nothing was kept",
            remedy="please report this",
        ) from None
