"""One look at the server for all who ask at the same time, and never one that began before they asked."""

from __future__ import annotations

import threading
from collections.abc import Callable

__all__ = ["Shared"]


class Shared:
    """Runs `work` for whoever calls; callers that come while it runs share the next run."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._running = threading.Lock()
        self._mutex = threading.Lock()
        self._next = _Run()

    def __call__(self) -> None:
        """Returns when a run that began after this call has ended; raises what that run raised."""
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
