"""Background work on the inbox: interactions no caller waits for, and those that a dead process left."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from memorus_proto.errors import MemorusError

__all__ = ["TaskQueue"]

logger = logging.getLogger(__name__)

_RETRY_DELAY = 2.0
"""Seconds before another attempt."""


class TaskQueue:
    """Runs tasks one after the other, in a thread that exists only while there are any."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._left = 0
        self._stop = threading.Event()

    def put(self, task: Callable[[], object]) -> None:
        """Run `task` soon, again and again while its error is retryable.

        Any other error is logged, and the interaction stays in the inbox.
        """
        with self._lock:
            self._waiting.put(task)
            self._left += 1
            if self._thread is None and not self._stop.is_set():
                self._thread = threading.Thread(target=self._run, name="task-queue", daemon=True)
                self._thread.start()

    def __len__(self) -> int:
        return self._left

    def stop(self) -> None:
        """Finish the task under way; the others stay in the inbox until the next start."""
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
                task = self._waiting.get()
            try:
                self._run_task(task)
            except MemorusError as error:
                # The message may quote the interaction, so only the code is logged.
                logger.error("an interaction stays in the inbox until the next start: %s", error.code)
            except Exception as error:
                logger.error("an interaction stays in the inbox: %s", type(error).__name__)
            finally:
                self._left -= 1

    def _run_task(self, task: Callable[[], object]) -> None:
        while True:
            try:
                task()
                return
            except MemorusError as error:
                if not error.retryable or self._stop.wait(_RETRY_DELAY):
                    raise
                logger.info("an interaction will be tried again after %s", error.code)
