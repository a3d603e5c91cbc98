"""What one client, and all together, may use (SPEC.md, "Limits")."""

from __future__ import annotations

from dataclasses import dataclass

from memorus_proto.frames import MAX_FRAME

__all__ = ["SLOW", "WAITING", "Limits"]

SLOW = frozenset({"memory.add", "memory.import", "memory.detect_conflicts"})
"""Methods that may take long, for example while a language model thinks. They have threads of their own,
so that however many of them wait, a search does not."""

WAITING = frozenset({"memory.changes"})
"""Methods that may wait for something to happen: in threads of their own again, and not beyond a drain."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Times are in seconds, sizes in bytes."""

    frame_seconds: float = 30.0
    """From a frame's first byte to its last; between frames there is no limit."""
    send_seconds: float = 30.0
    """For a client to take one answer."""
    calls: int = 32
    """Engine calls in flight on one connection; then its reader pauses."""
    all_calls: int = 256
    """Engine calls in flight on all connections; then Busy."""
    threads: int = 64
    """Engine calls that run at the same time; the others of `all_calls` wait for a thread."""
    slow_threads: int = 64
    """The same for the calls that may take long."""
    waiting_threads: int = 64
    """The same for the calls that wait for something to happen."""
    connections: int = 1024
    frame: int = MAX_FRAME
    all_bytes: int = 256 * 1024 * 1024
    """Unfinished frames and requests in flight, together; then Busy."""
    drain_seconds: float = 20.0
    retry_after: float = 0.2
