"""Runs engine calls in worker threads, in pools that cannot starve each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread

from memorus_proto.errors import Cancelled

from .admission import Admission
from .replies import answer

if TYPE_CHECKING:
    from ..service import Service

__all__ = ["Workers"]

_SLOW = frozenset({"memory.add", "memory.import", "memory.detect_conflicts"})
"""Methods that may take long, for example while a language model thinks. They have threads of their own,
so that a search never waits for them."""

_WAITING = frozenset({"memory.changes"})
"""Methods that may wait for something to happen. They have threads of their own, and a drain ends them."""


class Workers:
    """Answers `memory.*` requests from `service`."""

    def __init__(self, service: Service, admission: Admission) -> None:
        limits = admission.limits
        self._service = service
        self._admission = admission
        self._frame = limits.frame
        self._threads = anyio.CapacityLimiter(limits.threads)
        self._own_threads = {
            **dict.fromkeys(_SLOW, anyio.CapacityLimiter(limits.slow_threads)),
            **dict.fromkeys(_WAITING, anyio.CapacityLimiter(limits.waiting_threads)),
        }

    async def answer(
        self, id: int, method: str, params: dict[str, Any], cancelled: Callable[[], bool]
    ) -> bytes:
        """The frame that answers the request, once a thread was free and the engine is done.

        `cancelled` is called from the thread; the engine gives up when it returns true.
        """
        waits = method in _WAITING

        def unwanted() -> bool:
            return cancelled() or (waits and self._admission.draining)

        def work() -> Any:
            if cancelled():
                raise Cancelled(f"{method} was cancelled before it began, so nothing was changed")
            return self._service.call(method, params, unwanted)

        threads = self._own_threads.get(method, self._threads)
        return await anyio.to_thread.run_sync(answer, id, method, work, self._frame, limiter=threads)
