"""Group commit: writers that wait at the same time share one transaction, and so one fsync.

There is no writer thread. A caller that arrives while nobody writes becomes the leader: its thread runs
the jobs of all who have queued up, wakes them, and passes the lead to the first of those who came since.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

__all__ = ["MAX_GROUP", "GroupCommit", "Job"]

MAX_GROUP = 64
"""The most jobs in one transaction, which bounds how long one caller's thread works for others."""

_LINGER = 0.0001
"""Seconds that a leader waits after a shared commit, because the callers just answered may be about to
write again. Without it the callers fall into two halves that take turns, with twice the fsyncs."""


class Job:
    """One caller's work, and its result or error."""

    __slots__ = ("cancelled", "done", "error", "local", "request_id", "result", "wake", "work")

    def __init__(
        self,
        work: Callable[[Any], Any],
        request_id: str | None,
        cancelled: Callable[[], bool],
        local: bool = False,
    ) -> None:
        self.work = work
        self.request_id = request_id
        self.cancelled = cancelled
        self.local = local
        """Whether it touches no bullet, so that it concerns this file alone and no server."""
        self.result: Any = None
        self.error: BaseException | None = None
        self.done = False
        # A plain lock is the cheapest thing that another thread can release.
        self.wake = threading.Lock()
        self.wake.acquire()


class GroupCommit:
    """Runs jobs in groups. `run` must give every job of a group its result or error, whatever happens."""

    def __init__(self, run: Callable[[list[Job]], None]) -> None:
        self._run = run
        self._mutex = threading.Lock()
        self._waiting: deque[Job] = deque()
        self._leader: Job | None = None
        self._leading_thread: int | None = None
        self._last_group = 0

    def submit(self, job: Job) -> Any:
        """Run the job, perhaps together with others; return its result or raise its error."""
        if self._leading_thread == threading.get_ident():
            raise RuntimeError("a write began inside another write; do both in one transaction")
        with self._mutex:
            self._waiting.append(job)
            leads = self._leader is None
            if leads:
                self._leader = job
        try:
            if not leads:
                job.wake.acquire()
            if not job.done:
                self._lead()
        except BaseException:
            self._withdraw(job)
            raise
        if job.error is not None:
            raise job.error
        return job.result

    def _lead(self) -> None:
        if self._last_group > 1:
            time.sleep(_LINGER)
        with self._mutex:
            group = [self._waiting.popleft() for _ in range(min(MAX_GROUP, len(self._waiting)))]
        self._last_group = len(group)
        self._leading_thread = threading.get_ident()
        try:
            self._run(group)
        finally:
            self._leading_thread = None
            for job in group:
                job.done = True
                job.wake.release()
            self._hand_over()

    def _hand_over(self) -> None:
        with self._mutex:
            self._leader = self._waiting[0] if self._waiting else None
            if self._leader is not None:
                self._leader.wake.release()

    def _withdraw(self, job: Job) -> None:
        """Take the job of an interrupted caller out of the queue, so that nobody waits for it to lead."""
        with self._mutex:
            if job not in self._waiting:
                return
            self._waiting.remove(job)
        if self._leader is job:
            self._hand_over()
