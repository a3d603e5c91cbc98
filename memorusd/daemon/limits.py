"""The limits of one client and of all clients together (SPEC.md, "Limits")."""

from __future__ import annotations

from dataclasses import dataclass

from memorus_proto.frames import MAX_FRAME

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Times are in seconds, sizes in bytes."""

    frame_seconds: float = 30.0
    """From a frame's first byte to its last. Between frames there is no limit."""
    send_seconds: float = 30.0
    """For a client to receive one answer."""
    calls: int = 32
    """Engine calls in flight on one connection. Beyond that, the daemon stops reading from it."""
    all_calls: int = 256
    """Engine calls in flight on all connections. Beyond that, calls fail with Busy."""
    threads: int = 64
    """Engine calls that run at the same time; the rest of `all_calls` wait for a thread."""
    slow_threads: int = 64
    """The same for calls that may take long."""
    waiting_threads: int = 64
    """The same for calls that wait for something to happen."""
    connections: int = 1024
    """Open connections. Beyond that, new ones are closed before the hello."""
    frame: int = MAX_FRAME
    """The payload of one frame, in either direction."""
    all_bytes: int = 256 * 1024 * 1024
    """Unfinished frames and requests in flight, together. Beyond that, requests fail with Busy."""
    drain_seconds: float = 20.0
    """How long a stopping daemon waits for the calls in flight."""
    retry_after: float = 0.2
    """When a client that was told Busy should try again."""
