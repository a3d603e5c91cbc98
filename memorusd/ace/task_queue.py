"""What is in the inbox and waits: interactions nobody waits for, and those a dead process has left."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from memorus_proto.errors import MemorusError

__all__ = ["TaskQueue"]

logger = logging.getLogger(__name__)

_AGAIN = 2.0  # seconds before another try


class TaskQueue:
    """Runs pieces of work one after the other in a thread that is there only while there are any."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._left = 0
        self._stop = threading.Event()

    def put(self, work: Callable[[], object]) -> None:
        """Have `work` done soon, tried again for as long as its errors are of the passing kind.

        Other errors are logged: what it was about stays in the inbox.
        """
        with self._lock:
            self._waiting.put(work)
            self._left += 1
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="backlog", daemon=True)
                self._thread.start()

    def __len__(self) -> int:
        return self._left

    def stop(self) -> None:
        """Finish the piece under way; the rest stays in the inbox for the next start."""
        with self._lock:
            self._stop.set()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._lock:
                if self._stop.is_set() or self._waiting.empty():
                    self._thread = None
                    return
                work = self._waiting.get()
            try:
                self._do(work)
            except MemorusError as error:
                # Its message may quote the interaction, so only its code is told.
                logger.error("an interaction stays in the inbox until the next start: %s", error.code)
            except Exception as error:
                logger.error("an interaction stays in the inbox: %s", type(error).__name__)
            finally:
                self._left -= 1

    def _do(self, work: Callable[[], object]) -> None:
        while True:
            try:
                work()
                return
            except MemorusError as error:
                if not error.retryable or self._stop.wait(_AGAIN):
                    raise
                logger.info("an interaction is tried again after %s", error.code)
