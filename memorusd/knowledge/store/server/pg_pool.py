"""Connections to PostgreSQL that do not wait for ever: a server that is stuck is as good as gone.

The kernel of a stuck server's machine acknowledges what is sent to it, so no setting of TCP's ends the
wait; it is counted here, from one sign of life to the next.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from typing import Any

__all__ = ["CONNECT", "pool"]

CONNECT = 2.0
"""Seconds to wait for a connection of the pool."""
_SILENCE = 17.0  # seconds without a byte; longer than a writer waits for the one before (_LOCK)
_KEEP = {"connect_timeout": 5, "tcp_user_timeout": 20_000}  # seconds, milliseconds
"""What is set where the user's connection string says nothing of it."""


def pool(given: Mapping[str, Any]) -> Any | None:
    """A pool for mem0's pgvector, of its settings; None without psycopg 3, or where the user has made one."""
    if given.get("connection_pool") is not None:
        return None
    try:
        import psycopg
        from psycopg.conninfo import conninfo_to_dict, make_conninfo
        from psycopg_pool import ConnectionPool
    except ImportError:
        return None

    class Impatient(psycopg.Connection[Any]):
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
                    # Without its socket it cannot be waited for again, by a rollback say.
                    self.pgconn.finish()
                    raise psycopg.OperationalError(f"no answer for {_SILENCE:.0f} s")

    asked = given.get("connection_string") or (
        f"postgresql://{given['user']}:{given['password']}@{given['host']}:{given['port']}/{given['dbname']}"
    )
    said = conninfo_to_dict(asked)
    more = {name: value for name, value in _KEEP.items() if name not in said}
    if given.get("sslmode"):
        more["sslmode"] = given["sslmode"]
    made = ConnectionPool(
        make_conninfo(asked, **more),
        connection_class=Impatient,
        min_size=given["minconn"],
        max_size=given["maxconn"],
        timeout=CONNECT,
        open=False,
    )
    made.open(wait=False)
    return made
