"""The connection to the server: made when needed, tried again a few times, made anew after a failure."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, TypeVar

from memorus_proto.errors import MemorusError, StoreError

from ...mem0_providers import make_vector_stores, scrubbed
from .chroma import ChromaRemote
from .pgvector import PgRemote
from .qdrant import QdrantRemote
from .remote import SIDE_DIMENSIONS, Remote

__all__ = ["Link", "kind_of"]

logger = logging.getLogger(__name__)

_KINDS: dict[str, type[Remote]] = {"pgvector": PgRemote, "qdrant": QdrantRemote, "chroma": ChromaRemote}
_PAUSES = (0.2, 0.8)  # seconds before the second and the third try
_DOWN = 5.0  # seconds after a failure in which one try is enough: somebody has just waited for the others
_SIGNS = ("Connect", "Operational", "Timeout", "Interface", "ResponseHandling", "Shutdown", "Disconnect")
_T = TypeVar("_T")


class Link:
    """Thread-safe. `dimensions` gives those of the vectors, for when the collection has to be made."""

    def __init__(self, provider: str, config: Mapping[str, Any], dimensions: Callable[[], int]) -> None:
        self.provider = provider
        self._config = config
        self._dimensions = dimensions
        self._lock = threading.Lock()
        self._remote: Remote | None = None
        self._abandoned: list[Remote] = []
        self._failed = -_DOWN

    def run(self, what: Callable[[Remote], _T]) -> _T:
        """What `what` returns, which may run more than once.

        Raises:
            StoreError: it failed each time; `data["reason"]` is unreachable, locked or io.
        """
        pauses = iter(_PAUSES if time.monotonic() - self._failed > _DOWN else ())
        while True:
            try:
                result = what(self._connected())
            except MemorusError:
                raise
            except Exception as error:
                self.lost()
                failure = self.failure(error)
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
    def exclusive(self) -> Iterator[Remote]:
        """The server, of which no other host (where the provider can do that) has hold meanwhile.

        Leaving it well is what makes the changes last; whatever is raised inside undoes them (where the
        provider can do that).

        Raises:
            StoreError: the server failed, be it only at the end.
        """
        stack = ExitStack()

        def enter(remote: Remote) -> Remote:
            stack.enter_context(remote.exclusive())
            return remote

        remote = self.run(enter)
        try:
            with stack:
                yield remote
        except (MemorusError, sqlite3.Error):
            raise
        except Exception as error:
            self.lost()
            raise self.failure(error) from None

    def lost(self) -> None:
        """The connection is not to be trusted any more: the next call makes another."""
        with self._lock:
            remote, self._remote = self._remote, None
        if remote is not None:
            with suppress(Exception):
                remote.close()

    def failure(self, error: Exception) -> StoreError:
        """The StoreError to raise for what the provider's client raised."""
        names = "".join(kind.__name__ for kind in type(error).__mro__)
        text = scrubbed(error, self._config)
        where = f"the vector store {self.provider}"
        if "LockNotAvailable" in names:
            return StoreError(
                f"{where} is locked by another host's write; try again",
                data={"reason": "locked"},
                retryable=True,
            )
        unreachable = isinstance(error, OSError) or any(sign in names for sign in _SIGNS)
        if unreachable or "could not connect" in text.lower():  # Chroma makes that a ValueError
            return StoreError(
                f"{where} cannot be reached ({text}); start it or check vector_store.config, and try again",
                data={"reason": "unreachable"},
                retryable=True,
            )
        return StoreError(
            f"{where} failed ({text}); nothing was acknowledged; see the server's log",
            data={"reason": "io"},
        )

    def close(self) -> None:
        """Let go of the server."""
        self.lost()

    def forked(self) -> None:
        """In a forked child: leave the parent's connection alone, not even closing it."""
        self._lock = threading.Lock()
        if self._remote is not None:
            self._abandoned.append(self._remote)
            self._remote = None

    def _connected(self) -> Remote:
        remote = self._remote
        if remote is None:
            with self._lock:
                if self._remote is None:
                    dimensions = self._dimensions()
                    kind = kind_of(self.provider)
                    main, journal, writers = make_vector_stores(
                        self.provider, self._config, dimensions, SIDE_DIMENSIONS, kind.handles
                    )
                    self._remote = kind({"main": main, "journal": journal, "writers": writers}, dimensions)
                remote = self._remote
        return remote


def kind_of(provider: str) -> type[Remote]:
    """The class of Remote that knows this provider best."""
    return _KINDS.get(provider, Remote)
