"""Connections to PostgreSQL that give up on a server that hangs.

The kernel of such a server's machine still acknowledges what is sent to it, so no TCP setting ends the
wait. The time is measured here instead, from one sign of life to the next.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from typing import Any

__all__ = ["CONNECT_TIMEOUT", "make_pool"]

CONNECT_TIMEOUT = 2.0
"""Seconds to wait for a connection from the pool."""
_SILENCE = 17.0  # seconds without a byte; longer than a writer waits for the lock (pgvector._LOCK_TIMEOUT)
_DEFAULTS = {"connect_timeout": 5, "tcp_user_timeout": 20_000}  # seconds, milliseconds
"""Connection parameters for what the user's connection string does not set."""


def make_pool(settings: Mapping[str, Any]) -> Any | None:
    """Return a pool for mem0's pgvector; None without psycopg 3, or if the user has passed a pool."""
    if settings.get("connection_pool") is not None:
        return None
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict, make_conninfo
        from psycopg_pool import ConnectionPool
    except ImportError:
        return None

    class TimeLimitedConnection(psycopg.Connection[Any]):
        def wait(self, gen: Any, *args: Any, **kwargs: Any) -> Any:
            return super().wait(self._limited(gen), *args, **kwargs)

        def _limited(self, gen: Generator[Any, Any, Any]) -> Generator[Any, Any, Any]:
            end = time.monotonic() + _SILENCE
            ready: Any = None
            while True:
                try:
                    wanted = gen.send(ready)
                except StopIteration as done:
                    return done.value
                ready = yield wanted
                if ready:
                    end = time.monotonic() + _SILENCE
                elif time.monotonic() > end:
                    # Closing the socket keeps a rollback, for example, from waiting again.
                    self.pgconn.finish()
                    raise psycopg.OperationalError(f"no answer for {_SILENCE:.0f} s")

    address = settings.get("connection_string") or (
        "postgresql://{user}:{password}@{host}:{port}/{dbname}".format_map(settings)
    )
    explicit = conninfo_to_dict(address)
    parameters = {name: value for name, value in _DEFAULTS.items() if name not in explicit}
    if settings.get("sslmode"):
        parameters["sslmode"] = settings["sslmode"]
    pool = ConnectionPool(
        make_conninfo(address, **parameters),
        connection_class=TimeLimitedConnection,
        min_size=settings["minconn"],
        max_size=settings["maxconn"],
        timeout=CONNECT_TIMEOUT,
        open=False,
    )
    pool.open(wait=False)
    return pool
