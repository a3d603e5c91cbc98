"""Answers given a moment ago, for agents that ask the same question again and again.

They are valid as long as nothing was written, by any process. What changes with time alone (decay, recency,
"yesterday") changes too little within LIFETIME to matter.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta

import msgpack

from ..knowledge.bullet import utc_now
from ..requests import Json

__all__ = ["LIFETIME", "QueryCache"]

LIFETIME = timedelta(minutes=1)
"""How long an answer is valid."""
_MAX_ANSWERS = 256


class QueryCache:
    """Thread-safe. Answers are kept packed, so a caller may change the one it was given."""

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seq = -1
        self._since = clock()
        self._answers: dict[Hashable, bytes] = {}

    def get(self, key: Hashable, seq: int) -> Json | None:
        """The answer to `key` as of the journal's `seq`, or None."""
        with self._lock:
            if seq != self._seq or abs(self._clock() - self._since) > LIFETIME:
                self._answers.clear()
                self._seq, self._since = seq, self._clock()
            packed = self._answers.get(key)
        if packed is None:
            return None
        answer: Json = msgpack.unpackb(packed)
        return answer

    def put(self, key: Hashable, seq: int, answer: Json) -> None:
        """Keep an answer. `seq` was read from the journal before the answer was made."""
        packed = msgpack.packb(answer)
        with self._lock:
            if seq == self._seq and len(self._answers) < _MAX_ANSWERS:
                self._answers[key] = packed
