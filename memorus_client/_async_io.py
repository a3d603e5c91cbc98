"""What the async client is made of: a lock, a pause, worker threads, and one connection for all calls.

`_sync_io` offers the same names, without `Async`; so `_sync` can be generated from `_async`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anyio import Lock as AsyncLock
from anyio import sleep
from anyio.to_thread import run_sync as run_blocking

from memorus_proto.errors import DaemonUnavailable

from ._multiplexed_connection import MultiplexedConnection
from ._retries import reconnect

if TYPE_CHECKING:
    from ._blocking_connection import BlockingConnection
    from ._calls import ClientOptions

__all__ = ["AsyncConnections", "AsyncLock", "run_blocking", "sleep"]


class AsyncConnections:
    """The one connection that all calls share, replaced when it is lost, after a fork, or in another loop."""

    def __init__(self, options: ClientOptions, first: BlockingConnection) -> None:
        self._options = options
        self._first: BlockingConnection | None = first
        self._shared: MultiplexedConnection | None = None
        self._connecting = AsyncLock()

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        """Make a call once. Raises what `Connections.call` raises."""
        connection = await self._current()
        try:
            return await connection.call(method, params)
        except DaemonUnavailable:
            await connection.close()  # the daemon is leaving
            raise

    async def close(self) -> None:
        """Close the connection."""
        shared, self._shared = self._shared, None
        if shared is not None:
            await shared.close()
        if self._first is not None:
            self._first.close()
            self._first = None

    async def _current(self) -> MultiplexedConnection:
        if self._shared is not None and self._shared.usable:
            return self._shared
        async with self._connecting:
            if self._shared is None or not self._shared.usable:
                if self._shared is not None:
                    await self._shared.close()
                first, self._first = self._first, None
                if first is None:
                    first = await run_blocking(reconnect, self._options)
                self._shared = await MultiplexedConnection.take_over(first)
            return self._shared
