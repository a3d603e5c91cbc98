"""The adapter for PostgreSQL with pgvector: a push is one transaction, with one writer at a time."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from .adapter import CollectionAdapter, CollectionName, ServerRow, ServerState, chunks, parse_state
from .payload import MEMORUS_FIELD
from .pg_pool import CONNECT_TIMEOUT, make_pool

__all__ = ["PgvectorAdapter"]

_PAGE = 1000
_LOCK_TIMEOUT = "15s"  # how long a writer waits for the one before
_IDLE_TIMEOUT = "60s"  # after which the server ends a transaction whose host is gone


class PgvectorAdapter(CollectionAdapter):
    """Runs SQL on the connections of mem0's object."""

    def __init__(self, stores: Mapping[CollectionName, Any], dimensions: int) -> None:
        super().__init__(stores, dimensions)
        self._main = stores["main"]
        self._exclusive = threading.local()
        # mem0 logs every error with its traceback, which may quote texts.
        logging.getLogger("mem0.vector_stores.pgvector").setLevel(logging.CRITICAL)
        connections = self._main.connection_pool
        if hasattr(connections, "timeout"):  # psycopg 3, whose 30 s are longer than a caller waits
            connections.timeout = min(connections.timeout, CONNECT_TIMEOUT)
        for store in stores.values():
            store._ensure_collection()

    @staticmethod
    def client_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
        pool = make_pool(settings)
        return {} if pool is None else {"connection_pool": pool}

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        with self._main._get_cursor(commit=True) as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{_IDLE_TIMEOUT}'")
            name = f"memorus {self._main.collection_name}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))
            self._exclusive.cursor = cursor
            try:
                yield
            finally:
                self._exclusive.cursor = None

    def state(self) -> ServerState:
        rows = self._select(
            "SELECT payload, NULL::bigint FROM {writers} UNION ALL SELECT NULL, count(*) FROM {main}"
        )
        return parse_state([payload for payload, _ in rows if payload], rows[-1][1])

    def stored_dimensions(self) -> int | None:
        rows = self._select(
            "SELECT atttypmod FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'vector'",
            self._quoted("main"),
        )
        return int(rows[0][0]) if rows and rows[0][0] > 0 else None

    def count(self) -> int:
        return int(self._select("SELECT count(*) FROM {main}")[0][0])

    def scan(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        last = "00000000-0000-0000-0000-000000000000"
        while True:
            rows = self._select(
                f"SELECT id, payload - '{MEMORUS_FIELD}' FROM {{main}}"
                f" WHERE id > %s::uuid ORDER BY id LIMIT {_PAGE}",
                last,
            )
            yield from ((str(id), payload or {}) for id, payload in rows)
            if len(rows) < _PAGE:
                return
            last = str(rows[-1][0])

    def get(self, name: CollectionName, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        rows = self._select(
            f"SELECT id, payload FROM {{{name}}} WHERE id = ANY(%s::uuid[])", "{" + ",".join(ids) + "}"
        )
        return {str(id): payload or {} for id, payload in rows}

    def upsert(self, name: CollectionName, rows: Sequence[ServerRow]) -> None:
        # An existing row keeps its vector if the new one has none.
        for vector in ("excluded.vector", "t.vector"):
            values = [
                (row.id, json.dumps(row.vector or self.placeholder()), json.dumps(row.payload))
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
        cursor = getattr(self._exclusive, "cursor", None)
        if cursor is not None:
            yield cursor
            return
        with self._main._get_cursor(commit=commit) as cursor:
            yield cursor

    def _named(self, statement: str) -> Any:
        return statement.format(**{name: self._quoted(name) for name in self._stores})

    def _quoted(self, name: CollectionName) -> str:
        collection = str(self._stores[name].collection_name)
        return '"' + collection.replace('"', '""').replace("%", "%%") + '"'
