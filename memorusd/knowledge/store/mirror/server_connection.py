"""The connection to the server: opened when needed, retried a few times, reopened after a failure."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, TypeVar

from memorus_proto.errors import MemorusError, StoreError

from ...mem0_providers import make_vector_stores
from ...provider_secrets import describe_error
from .adapter import SIDE_DIMENSIONS, CollectionAdapter
from .chroma import ChromaAdapter
from .pgvector import PgvectorAdapter
from .qdrant import QdrantAdapter

__all__ = ["ServerConnection", "adapter_class", "server_error"]

logger = logging.getLogger(__name__)

_ADAPTERS: dict[str, type[CollectionAdapter]] = {
    "pgvector": PgvectorAdapter,
    "qdrant": QdrantAdapter,
    "chroma": ChromaAdapter,
}
_PAUSES = (0.2, 0.8)  # seconds before the second and the third attempt
_DOWN = 5.0  # seconds after a failure in which there is one attempt only, since a caller has just waited
_UNREACHABLE = (
    "Connect",
    "Operational",
    "Timeout",
    "Interface",
    "ResponseHandling",
    "Shutdown",
    "Disconnect",
)
_T = TypeVar("_T")


class ServerConnection:
    """The server of one vector store. Thread-safe."""

    def __init__(self, provider: str, config: Mapping[str, Any], dimensions: Callable[[], int]) -> None:
        """Connect with the first call; `dimensions` returns those of a collection that must be created."""
        self.provider = provider
        self._config = config
        self._dimensions = dimensions
        self._lock = threading.Lock()
        self._adapter: CollectionAdapter | None = None
        self._abandoned: list[CollectionAdapter] = []
        self._failed = -_DOWN

    def run(self, work: Callable[[CollectionAdapter], _T]) -> _T:
        """Return the result of `work`, which may run more than once.

        Raises:
            StoreError: every attempt failed; `data["reason"]` is unreachable, locked or io.
        """
        pauses = iter(_PAUSES if time.monotonic() - self._failed > _DOWN else ())
        while True:
            try:
                result = work(self._connected())
            except MemorusError:
                raise
            except Exception as error:
                self.close()
                failure = server_error(error, self.provider, self._config)
                pause = None if failure.data["reason"] == "locked" else next(pauses, None)
                if pause is None:
                    self._failed = time.monotonic()
                    raise failure from None
                logger.info("the vector store failed (%s); trying again", type(error).__name__)
                time.sleep(pause)
            else:
                self._failed = -_DOWN
                return result

    @contextmanager
    def exclusive(self) -> Iterator[CollectionAdapter]:
        """Lend the server for changes, without other writers if the provider supports that.

        Leaving the block commits the changes, and an error inside it undoes them, if the provider
        supports transactions.

        Raises:
            StoreError: the server failed, perhaps not before the end of the block.
        """
        stack = ExitStack()

        def enter(adapter: CollectionAdapter) -> CollectionAdapter:
            stack.enter_context(adapter.exclusive())
            return adapter

        adapter = self.run(enter)
        try:
            with stack:
                yield adapter
        except (MemorusError, sqlite3.Error):
            raise
        except Exception as error:
            self.close()
            raise server_error(error, self.provider, self._config) from None

    def close(self) -> None:
        """Close the connection; the next call opens another."""
        with self._lock:
            adapter, self._adapter = self._adapter, None
        if adapter is not None:
            with suppress(Exception):
                adapter.close()

    def abandon(self) -> None:
        """Forget the parent's connection in a forked child; closing it here would end it for the parent."""
        self._lock = threading.Lock()
        if self._adapter is not None:
            self._abandoned.append(self._adapter)
            self._adapter = None

    def _connected(self) -> CollectionAdapter:
        adapter = self._adapter
        if adapter is None:
            with self._lock:
                if self._adapter is None:
                    dimensions = self._dimensions()
                    cls = adapter_class(self.provider)
                    main, journal, writers = make_vector_stores(
                        self.provider, self._config, dimensions, SIDE_DIMENSIONS, cls.client_settings
                    )
                    self._adapter = cls({"main": main, "journal": journal, "writers": writers}, dimensions)
                adapter = self._adapter
        return adapter


def adapter_class(provider: str) -> type[CollectionAdapter]:
    """Return the adapter made for this provider, or the one for all."""
    return _ADAPTERS.get(provider, CollectionAdapter)


def server_error(error: Exception, provider: str, config: Mapping[str, Any]) -> StoreError:
    """Return the StoreError for an error of the provider's client; it shows no secret of `config`."""
    names = "".join(cls.__name__ for cls in type(error).__mro__)
    description = describe_error(error, config)
    if "LockNotAvailable" in names:
        return StoreError(
            f"the vector store {provider} is locked by another host's write",
            remedy="try again",
            data={"reason": "locked"},
            retryable=True,
        )
    unreachable = isinstance(error, OSError) or any(name in names for name in _UNREACHABLE)
    if unreachable or "could not connect" in description.lower():  # Chroma raises a ValueError
        return StoreError(
            f"the vector store {provider} cannot be reached ({description})",
            remedy="start it or check vector_store.config, and try again",
            data={"reason": "unreachable"},
            retryable=True,
        )
    return StoreError(
        f"the vector store {provider} failed ({description}); nothing of this write is promised",
        remedy="see the server's log",
        data={"reason": "io"},
    )
