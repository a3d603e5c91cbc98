"""The daemon's service, run in this process on the same store, for a client that has no daemon."""

from __future__ import annotations

import os

from memorus_proto.frames import encode, pack, unpack

from ._sync_io import Lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._calls import ClientOptions

__all__ = ["InProcessService"]


class InProcessService:
    """Thread-safe, and usable after a fork: a child opens the store again."""

    _abandoned: list[Any] = []  # noqa: RUF012
    """Engines of a parent process: never touched again, and never finalised, in a child."""

    def __init__(self, options: ClientOptions) -> None:
        self._options = options
        self._pid = os.getpid()
        self._reopening = Lock()
        self._service = self._open()

    def call(self, method: str, params: dict[str, Any]) -> Any:
        """The result of one call. Raises MemorusError."""
        if self._pid != os.getpid():
            with self._reopening:
                if self._pid != os.getpid():
                    self._abandoned.append(self._service)
                    self._service = self._open()
                    self._pid = os.getpid()
        # Encoded and decoded as over the socket, so that both transports take and give the same values.
        call = unpack(encode([method, params])[4:])
        return unpack(pack(self._service.call(method, call[1])))

    def close(self) -> None:
        """Close the engine."""
        if self._pid == os.getpid():
            self._service.close()

    def _open(self) -> Any:
        from memorusd.service import open_service
        from memorusd.settings.config import load_base

        paths = self._options.paths
        return open_service(paths, load_base(paths, self._options.settings_of_daemon))
