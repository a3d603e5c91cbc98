"""PostgreSQL with pgvector: one transaction for all that a push writes, and one writer at a time."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from .payload import FIELD
from .pg_pool import CONNECT, pool
from .remote import Look, Name, Remote, Row, chunks, look_of

__all__ = ["PgRemote"]

_PAGE = 1000
_LOCK = "15s"  # how long a writer waits for the one before
_IDLE = "60s"  # after which the server ends a transaction whose host is gone


class PgRemote(Remote):
    """Speaks SQL over the connections of mem0's object."""

    def __init__(self, stores: Mapping[Name, Any], dimensions: int) -> None:
        super().__init__(stores, dimensions)
        self._main = stores["main"]
        self._held = threading.local()
        # It logs every error with its traceback, which may quote what was to be stored.
        logging.getLogger("mem0.vector_stores.pgvector").setLevel(logging.CRITICAL)
        connections = self._main.connection_pool
        if hasattr(connections, "timeout"):  # psycopg 3; its own 30 s are more than a caller waits
            connections.timeout = min(connections.timeout, CONNECT)
        for store in stores.values():
            store._ensure_collection()

    @staticmethod
    def handles(given: Mapping[str, Any]) -> dict[str, Any]:
        made = pool(given)
        return {} if made is None else {"connection_pool": made}

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        with self._main._get_cursor(commit=True) as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK}'")
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{_IDLE}'")
            name = f"memorus {self._main.collection_name}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))
            self._held.cursor = cursor
            try:
                yield
            finally:
                self._held.cursor = None

    def look(self) -> Look:
        found = self._select(
            "SELECT payload, NULL::bigint FROM {writers} UNION ALL SELECT NULL, count(*) FROM {main}"
        )
        return look_of([payload for payload, _ in found if payload], found[-1][1])

    def size(self) -> int | None:
        found = self._select(
            "SELECT atttypmod FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'vector'",
            self._quoted("main"),
        )
        return int(found[0][0]) if found and found[0][0] > 0 else None

    def count(self) -> int:
        return int(self._select("SELECT count(*) FROM {main}")[0][0])

    def scan(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        last = "00000000-0000-0000-0000-000000000000"
        while True:
            rows = self._select(
                f"SELECT id, payload - '{FIELD}' FROM {{main}} WHERE id > %s::uuid ORDER BY id LIMIT {_PAGE}",
                last,
            )
            yield from ((str(id), payload or {}) for id, payload in rows)
            if len(rows) < _PAGE:
                return
            last = str(rows[-1][0])

    def get(self, name: Name, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        rows = self._select(
            f"SELECT id, payload FROM {{{name}}} WHERE id = ANY(%s::uuid[])", "{" + ",".join(ids) + "}"
        )
        return {str(id): payload or {} for id, payload in rows}

    def upsert(self, name: Name, rows: Sequence[Row]) -> None:
        # A row without a vector keeps the one that is there.
        for vector in ("excluded.vector", "t.vector"):
            values = [
                (row.id, json.dumps(row.vector or self.stand_in()), json.dumps(row.payload))
                for row in rows
                if (row.vector is None) == (vector == "t.vector")
            ]
            for part in chunks(values, _PAGE):
                self._run_many(
                    f"INSERT INTO {{{name}}} AS t (id, vector, payload)"
                    " VALUES (%s::uuid, %s::vector, %s::jsonb) ON CONFLICT (id) DO UPDATE"
                    f" SET vector = {vector}, payload = excluded.payload",
                    part,
                )

    def delete(self, ids: Sequence[str]) -> None:
        self._run_many("DELETE FROM {main} WHERE id = %s::uuid", [(id,) for id in ids])

    def clear(self) -> None:
        self._run_many("TRUNCATE {main}, {journal}, {writers}", [()])

    def close(self) -> None:
        connections = self._main.connection_pool
        if hasattr(connections, "closeall"):  # psycopg 2
            connections.closeall()
        else:
            connections.close(timeout=1)

    def _select(self, statement: str, *values: Any) -> list[Any]:
        with self._cursor() as cursor:
            cursor.execute(self._named(statement), values)
            return list(cursor.fetchall())

    def _run_many(self, statement: str, values: Sequence[tuple[Any, ...]]) -> None:
        if values:
            with self._cursor(commit=True) as cursor:
                cursor.executemany(self._named(statement), values)

    @contextmanager
    def _cursor(self, *, commit: bool = False) -> Iterator[Any]:
        held = getattr(self._held, "cursor", None)
        if held is not None:
            yield held
            return
        with self._main._get_cursor(commit=commit) as cursor:
            yield cursor

    def _named(self, statement: str) -> Any:
        return statement.format(**{name: self._quoted(name) for name in self._stores})

    def _quoted(self, name: Name) -> str:
        collection = str(self._stores[name].collection_name)
        return '"' + collection.replace('"', '""').replace("%", "%%") + '"'
