"""The two transports of a call: through the daemon's socket, or to the same service in this process."""

from __future__ import annotations

from memorus_proto.errors import MemorusError

from .._async_io import AsyncConnections, run_blocking, sleep
from .._retries import daemon_lost, retry_pause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .._blocking_connection import BlockingConnection
    from .._calls import ClientOptions
    from .._in_process import InProcessService

__all__ = ["AsyncInProcessTransport", "AsyncSocketTransport"]


class AsyncSocketTransport:
    """Calls the daemon. A lost daemon is replaced, and the call repeated."""

    def __init__(self, options: ClientOptions, first: BlockingConnection) -> None:
        self._options = options
        self._connections = AsyncConnections(options, first)

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        """The result of one call.

        Raises:
            MemorusError: the daemon replied with it, or was lost too often.
            NoDaemon: the daemon was lost, and no other can be had.
        """
        tries = 0
        while True:
            try:
                return await self._connections.call(method, params)
            except (MemorusError, OSError, EOFError) as error:
                pause = retry_pause(error, tries)
                if pause is None:
                    if isinstance(error, MemorusError):
                        raise
                    raise daemon_lost(method, tries, self._options) from error
                tries += 1
            await sleep(pause)

    async def close(self) -> None:
        """Close every connection that is not in use."""
        await self._connections.close()


class AsyncInProcessTransport:
    """Calls the service in this process."""

    def __init__(self, service: InProcessService) -> None:
        self._service = service

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        """The result of one call. Raises MemorusError."""
        return await run_blocking(self._service.call, method, params)

    async def close(self) -> None:
        """Close the engine."""
        await run_blocking(self._service.close)
