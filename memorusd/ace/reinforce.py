"""Reinforcement: counts the days on which a bullet was recalled, in batches after the searches.

Days are counted rather than searches, so that a loop that asks the same question all day does not make a
bullet permanent. The counts may lag behind by a few seconds; `flush` writes what is pending.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import date, datetime

from memorus_proto.errors import StoreError

from ..knowledge.store import Store, Transaction

__all__ = ["Reinforcement"]

logger = logging.getLogger(__name__)

_DELAY = 2.0
"""Seconds from the first recall to the batch that counts it."""


class Reinforcement:
    """Thread-safe. `clock` gives the time in UTC."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._pending: dict[str, None] = {}
        self._day: date | None = None
        self._counted: set[str] = set()
        self._timer: threading.Timer | None = None

    def recalled(self, bullet_ids: Iterable[str]) -> None:
        """Note that these bullets were results of a search. Returns at once."""
        with self._lock:
            today = self._clock().date()
            if today != self._day:
                self._day, self._counted = today, set()
            new = [id for id in bullet_ids if id not in self._counted]
            self._counted.update(new)
            self._pending.update(dict.fromkeys(new))
            if new and self._timer is None:
                self._timer = threading.Timer(_DELAY, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def flush(self) -> None:
        """Write the pending counts. A store that refuses is only logged: a count is not worth an error."""
        with self._lock:
            ids, self._pending, timer, self._timer = list(self._pending), {}, self._timer, None
            at = self._clock()
        if timer is not None:
            timer.cancel()
        if not ids:
            return

        def work(transaction: Transaction) -> int:
            return transaction.count_recalls(ids, at)

        try:
            self._store.write(work)
        except StoreError as error:
            logger.warning("%d recalls were not counted: %s", len(ids), error.data.get("reason"))
