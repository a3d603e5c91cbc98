"""Answers given a moment ago, for agents that ask the same again and again.

They hold as long as nothing was written, by any process. What fades with time alone (decay, recency,
"yesterday") moves too little in LIFETIME to show.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Any

import msgpack

from ..knowledge.bullet import utc_now

__all__ = ["LIFETIME", "Recent"]

LIFETIME = timedelta(minutes=1)
"""How long an answer holds."""
_MOST = 256


class Recent:
    """Thread-safe. Answers are kept packed, so that nobody can change them in passing."""

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._seq = -1
        self._since = clock()
        self._answers: dict[Hashable, bytes] = {}

    def get(self, key: Hashable, seq: int) -> Any:
        """The answer to `key` as of the journal's `seq`, or None."""
        with self._lock:
            if seq != self._seq or abs(self._clock() - self._since) > LIFETIME:
                self._answers.clear()
                self._seq, self._since = seq, self._clock()
            packed = self._answers.get(key)
        return None if packed is None else msgpack.unpackb(packed)

    def put(self, key: Hashable, seq: int, answer: Any) -> None:
        """Keep an answer that includes everything up to `seq`, which was asked for before it was made."""
        packed = msgpack.packb(answer)
        with self._lock:
            if seq == self._seq and len(self._answers) < _MOST:
                self._answers[key] = packed
