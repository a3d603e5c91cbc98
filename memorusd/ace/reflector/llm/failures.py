"""Explains in our own words why a call to a model failed, and whether it is worth another attempt."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from importlib import import_module

from memorus_proto.errors import LLMError

__all__ = ["explain_failure"]

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 20.0
_TRANSIENT = (408, 409, 425)  # worth another attempt, like 429 and everything from 500 on


def explain_failure(error: Exception, model: str, attempt: int) -> tuple[LLMError, float | None]:
    """The failure in our own words, and the seconds to wait before the next attempt; None if there is none.

    litellm turns many failures into a 500; what happened is in the chain of causes, as httpx saw it.
    """
    httpx = import_module("httpx")
    chain = list(_chain(error))
    answers = [link.response for link in chain if isinstance(link, httpx.HTTPStatusError)]
    status = answers[0].status_code if answers else getattr(error, "status_code", None)
    retry_after = _retry_after(answers[0].headers) if answers else None
    remedy = None
    if isinstance(error, TimeoutError) or any(isinstance(link, httpx.TimeoutException) for link in chain):
        problem, transient = "gave no whole answer in time (llm_timeout)", True
    elif any(isinstance(link, httpx.TransportError) for link in chain):
        problem, transient = "cannot be reached, or the connection broke", True
        remedy = "check llm_api_base and whether the server runs"
    elif status in (401, 403):
        problem, transient = f"refused the key ({status})", False
        remedy = "check llm_api_key or the provider's variable"
    elif status == 404:
        problem, transient = "is not known to its server (404)", False
        remedy = "check llm_model and llm_api_base"
    elif status == 429:
        problem, transient = "gets too many requests (429)", True
    elif answers or (isinstance(status, int) and status < 500):
        problem, transient = f"failed ({status})", status in _TRANSIENT or int(status or 0) >= 500
    else:
        problem, transient = f"gave no readable answer ({type(chain[-1]).__name__})", False
    pause = min(_FIRST_PAUSE * 2**attempt, _LONGEST_PAUSE / 2) * random.uniform(0.8, 1.2)
    if transient and retry_after is not None:
        pause = max(pause, retry_after)
        if pause > _LONGEST_PAUSE:  # an earlier attempt would only be refused again
            problem, transient = f"{problem} and asks to wait {retry_after:.0f} s", False
    return LLMError(f"{model} {problem}", remedy=remedy), pause if transient else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(10):
        if link is None:
            return
        yield link
        link = link.__cause__ or link.__context__


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait (RFC 9110, 10.2.3), given as a number or a date."""
    value = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(timezone.utc)).total_seconds())
    except (ValueError, TypeError):
        return None
