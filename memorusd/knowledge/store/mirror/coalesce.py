"""One request to the server for all callers that ask at the same time, begun after each of them asked."""

from __future__ import annotations

import threading
from collections.abc import Callable

__all__ = ["CoalescedCall"]


class CoalescedCall:
    """Runs `work` for every caller; callers that arrive while it runs share the next run."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._running = threading.Lock()
        self._mutex = threading.Lock()
        self._next = _Run()

    def __call__(self) -> None:
        """Return when a run that began after this call has ended; raise the error of that run."""
        with self._mutex:
            mine = self._next
        with self._running:
            if not mine.done:
                with self._mutex:
                    self._next = _Run()
                try:
                    self._work()
                except Exception as error:
                    mine.error = error
                finally:
                    mine.done = True
        if mine.error is not None:
            raise mine.error


class _Run:
    __slots__ = ("done", "error")

    def __init__(self) -> None:
        self.done = False
        self.error: Exception | None = None
