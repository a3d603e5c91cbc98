"""Decides who may come in: counts the connections, calls and bytes of all clients against the limits.

It also knows when the daemon has nothing to do, which is what a drain and the idle timeout wait for.
Everything here runs on the event loop, so the counters need no lock.
"""

from __future__ import annotations

import time

import anyio

from memorus_proto.errors import Busy, DaemonUnavailable

from .limits import Limits
from .logs import log

__all__ = ["Admission"]


class Admission:
    """The counters that all connections share."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.connections = 0
        self.calls = 0
        """Engine calls in flight."""
        self.bytes = 0
        """Bytes of unfinished frames and of the calls in flight."""
        self.accepting = anyio.CancelScope()
        """New connections are accepted inside it; `stop` cancels it."""
        self.stopping = anyio.Event()
        """Set when the drain begins."""
        self.last_active = time.monotonic()
        """When a call or a connection last ended."""
        self.changed = anyio.Event()
        """Set by `wake`, and replaced by a new event."""
        self._ended = anyio.Event()

    @property
    def idle(self) -> bool:
        """Whether there is neither a connection nor a call in flight."""
        return not self.connections and not self.calls

    @property
    def draining(self) -> bool:
        """Whether `stop` was called."""
        return self.stopping.is_set()

    @property
    def full(self) -> bool:
        """Whether no further connection may be opened."""
        return self.connections >= self.limits.connections

    def stop(self, reason: str) -> None:
        """Begin the drain: refuse new connections and calls. A second call does nothing."""
        if not self.draining:
            log.info("draining: %s; %d in flight", reason, self.calls)
            self.stopping.set()
            self.accepting.cancel()

    def wake(self) -> None:
        """Wake whoever waits for `changed`."""
        self.changed.set()
        self.changed = anyio.Event()

    def open_connection(self) -> None:
        """Count a connection in."""
        self.connections += 1

    def close_connection(self) -> None:
        """Count a connection out."""
        self.connections -= 1
        self._end()

    def begin_call(self, size: int) -> None:
        """Count a call with a request of `size` bytes in.

        Raises:
            DaemonUnavailable: the daemon is draining.
            Busy: there are too many calls, or too many bytes, in flight.
        """
        if self.draining:
            raise DaemonUnavailable(
                "the daemon is shutting down", remedy="connect again to reach the next one"
            )
        if self.calls >= self.limits.all_calls:
            raise self._busy(f"{self.calls} requests are in flight")
        if self.bytes + size > self.limits.all_bytes:
            raise self._busy(f"{self.bytes} bytes of requests are in flight")
        self.calls += 1
        self.bytes += size

    def end_call(self, size: int) -> None:
        """Count a call out."""
        self.calls -= 1
        self.bytes -= size
        self._end()

    def resize_frame(self, before: int, after: int) -> None:
        """An unfinished frame went from `before` to `after` bytes; 0 means that there is none.

        Raises:
            Busy: there are too many bytes of unfinished frames. They are counted all the same.
        """
        self.bytes += after - before
        if after and self.bytes > self.limits.all_bytes:
            raise self._busy(f"{self.bytes} bytes of unfinished requests are held")

    async def wait_for_calls(self) -> None:
        """Return when no call is in flight."""
        while self.calls:
            await self._wait()

    async def wait_for_connections(self) -> None:
        """Return when no connection is open."""
        while self.connections:
            await self._wait()

    async def _wait(self) -> None:
        self._ended = anyio.Event()
        await self._ended.wait()

    def _end(self) -> None:
        self.last_active = time.monotonic()
        if not self.calls:
            self._ended.set()
            if not self.connections:
                self.wake()

    def _busy(self, reason: str) -> Busy:
        seconds = self.limits.retry_after
        return Busy(
            f"the daemon is busy: {reason}",
            remedy=f"try again in {seconds:g} s",
            data={"retry_after": seconds},
        )
