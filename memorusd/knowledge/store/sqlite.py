"""The embedded store: one SQLite file in WAL mode, shared by threads and processes."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from memorus_proto.errors import StoreError

from ..ages import Ages
from ..bullet import Bullet
from ..embed import ModelId, Vectors
from ..selection import Selection
from . import Change, Posted, Store, Stored, Transaction, inbox, schema
from .commit import GroupCommit, Job
from .connections import Readers, Rows, connect
from .database_file import claim
from .failure import store_error
from .fork import operation, watch
from .listing import page
from .rows import from_image, from_row
from .transaction import AMONG, MODEL, ROW, SEQ, SqlTransaction, checked_id, current_model, id_list, stored
from .writer import Around, Writer

__all__ = ["SqliteStore"]

_PATIENCE = 60.0  # seconds that a reset waits for readers of what it removed


def _never() -> bool:
    return False


class SqliteStore(Store):
    """See Store. Make one with `open`."""

    def __init__(self, path: Path, around: Around | None = None) -> None:
        self._path = path
        self._readers = Readers(path)
        self._writer = Writer(path, around)
        self._commits = GroupCommit(self._writer.run)
        self._watcher: sqlite3.Connection | None = None
        self._seen = (-1, 0)  # the watcher's data_version, and the journal's seq at it
        self._lock = threading.Lock()  # of the watcher, the claim and closing
        self._claim: int | None = None
        self._worker: inbox.Worker | None = None
        self._store_id = ""
        self._closed = False
        self._working = _Working(path, self._attach)

    @classmethod
    def open(cls, path: Path) -> SqliteStore:
        """Open the store at `path`, making it (and its directory, 0700) if there is none.

        Raises:
            StoreError: `data["reason"]` is too_new, read_only, disk_full, locked, io or corrupt;
                a corrupt file has been set aside (as `data["set_aside"]`), and the next open
                begins with an empty store.
        """
        store = cls(path.absolute())
        store._begin()
        return store

    @property
    def store_id(self) -> str:
        return self._store_id

    def write(
        self,
        work: Callable[[Transaction], Any],
        *,
        request_id: str | None = None,
        cancelled: Callable[[], bool] = _never,
    ) -> Any:
        return self._submit(work, request_id, cancelled)

    def post(self, request_id: str, call: bytes) -> None:
        checked_id(request_id, "request id")
        self._submit(lambda transaction: transaction.post(request_id, call, self._at_inbox()), local=True)

    def ack(self, request_id: str) -> None:
        self._submit(lambda transaction: transaction.ack(request_id), local=True)

    def take_over(self) -> list[Posted]:
        if not self._select("SELECT 1 FROM inbox LIMIT 1"):
            return []
        adopted: list[Posted] = self._submit(
            lambda transaction: transaction.adopt(self._path, self._at_inbox()), local=True
        )
        return adopted

    def get(self, bullet_id: str) -> Bullet | None:
        return self.get_many([bullet_id]).get(bullet_id)

    def get_many(self, bullet_ids: Sequence[str]) -> dict[str, Bullet]:
        rows = self._select(f"SELECT {ROW} FROM bullets WHERE id {AMONG}", *id_list(bullet_ids))
        return {row[0]: from_row(row) for row in rows}

    def page(
        self, selection: Selection, after: str | None, limit: int, archived: bool | None = False
    ) -> tuple[list[Bullet], str | None]:
        with self._working, self._readers.reading() as connection:
            return page(connection, selection, after, limit, archived)

    def history(self, bullet_id: str) -> list[Change]:
        return self.histories([bullet_id])

    def histories(self, bullet_ids: Sequence[str]) -> list[Change]:
        """Every change of these bullets, oldest first."""
        return self._changes(f"bullet_id {AMONG}", *id_list(bullet_ids), -1)

    def changes(self, since: int, until: int, limit: int) -> list[Change]:
        return self._changes("seq > ? AND seq <= ?", since, until, limit)

    def counts(self) -> list[tuple[str, str, str, bool, int]]:
        kind = "type, section, scope, archived_at NOTNULL"
        rows = self._select(f"SELECT {kind}, count(*) FROM bullets GROUP BY {kind}")
        return [(type, section, scope, bool(archived), n) for type, section, scope, archived, n in rows]

    def duplicates(self) -> list[list[str]]:
        rows = self._select(
            "SELECT json_group_array(id) FROM bullets WHERE archived_at IS NULL"
            " GROUP BY text, user_id, agent_id, run_id, scope, type, section HAVING count(*) > 1"
        )
        return [json.loads(ids) for (ids,) in rows]

    def ages(self, bullet_ids: Sequence[str] | None = None) -> tuple[list[str], Ages]:
        chosen = "" if bullet_ids is None else f" AND id {AMONG}"
        rows = self._select(
            "SELECT id, created_at, last_recalled_at, recall_count FROM bullets"
            f" WHERE archived_at IS NULL{chosen}",
            *(() if bullet_ids is None else id_list(bullet_ids)),
        )
        return [row[0] for row in rows], Ages.of_rows(row[1:] for row in rows)

    def get_meta(self, name: str) -> str | None:
        rows = self._select("SELECT value FROM meta WHERE key = ?", name)
        return str(rows[0][0]) if rows else None

    def facts(self) -> dict[str, str]:
        """All that was noted, and what the store notes of itself."""
        return {name: str(value) for name, value in self._select("SELECT key, value FROM meta")}

    def set_meta(self, name: str, value: str) -> None:
        self._submit(lambda transaction: transaction.set_meta(name, value), local=True)

    def refresh(self) -> int:
        return self._last_seq()

    def _last_seq(self) -> int:
        with self._working, self._lock:
            if self._watcher is None:
                self._check_open()
                self._watcher = connect(self._path)
                self._seen = (-1, 0)
            version = self._watcher.execute("PRAGMA data_version").fetchone()[0]
            if version != self._seen[0]:
                # The version was read first: what is committed in between is looked at again.
                self._seen = (version, self._watcher.execute(f"SELECT {SEQ}").fetchone()[0])
            return self._seen[1]

    def changed_since(self, seq: int) -> tuple[int, list[str], bool]:
        rows = self._select("SELECT seq, event, bullet_id FROM journal WHERE seq > ? ORDER BY seq", seq)
        ids = dict.fromkeys(id for _, _, id in rows if id is not None)
        return rows[-1][0] if rows else seq, list(ids), any(event == "RESET" for _, event, _ in rows)

    def recalled_since(self, seq: int) -> list[str]:
        rows = self._select(
            "SELECT bullet_id FROM journal WHERE seq > ? AND bullet_id NOTNULL"
            " GROUP BY bullet_id HAVING min(event) = 'RECALL' AND max(event) = 'RECALL'",
            seq,
        )
        return [bullet_id for (bullet_id,) in rows]

    def reconcile(self) -> None:
        pass

    def load(self, bullet_ids: Sequence[str] | None = None) -> tuple[int, Iterator[Stored]]:
        chosen = "" if bullet_ids is None else f" WHERE id {AMONG}"
        with self._working:
            (seq, model), rows = self._readers.stream(
                f"SELECT {SEQ}, {MODEL}",
                f"SELECT {ROW}, model, vector, passages FROM bullets{chosen}",
                () if bullet_ids is None else id_list(bullet_ids),
            )
        return seq, self._stream(rows, model)

    def count(self) -> int:
        return int(self._select("SELECT count(*) FROM bullets")[0][0])

    def model(self) -> ModelId | None:
        return self._model()

    def _model(self) -> ModelId | None:
        with self._working, self._readers.reading() as connection:
            found = current_model(connection)
        return None if found is None else found[1]

    def set_model(self, model: ModelId) -> None:
        self._submit(lambda transaction: transaction.set_model(model))

    def without_vector(self, limit: int) -> list[Bullet]:
        other = f"model IS NULL OR model < {MODEL} OR model > {MODEL}"  # in words the index can follow
        rows = self._select(f"SELECT {ROW} FROM bullets WHERE {other} LIMIT ?", limit)
        return [from_row(row) for row in rows]

    def set_vectors(self, vectors: Sequence[tuple[str, str, Vectors, Vectors | None]], model: ModelId) -> int:
        return int(self._submit(lambda transaction: transaction.set_vectors(vectors, model)))

    def reset(self, request_id: str | None = None) -> None:
        self._submit(SqlTransaction.reset, request_id)
        self._purge()

    def _purge(self) -> None:
        """Leave nothing of what was removed: neither in the log nor in copies."""
        with self._working:
            self._readers.close(for_good=False)  # their streams go on from memory
            self._clear_log()
            for copy in schema.backups(self._path):
                _shred(copy)

    def status(self) -> dict[str, Any]:
        model = self._model()
        files = [self._path.with_name(self._path.name + suffix) for suffix in ("", "-wal")]
        return {
            "kind": "sqlite",
            "path": str(self._path),
            "bytes": sum(file.stat().st_size for file in files if file.exists()),
            "schema": len(schema.STEPS),
            "seq": self._last_seq(),
            "count": self.count(),
            "model": None if model is None else str(model),
            "fsyncs": self._writer.fsyncs,
            "transactions": self._writer.transactions,
        }

    def close(self) -> None:
        with operation():
            with self._lock:
                self._closed = True
                descriptor, self._claim = self._claim, None
                worker, self._worker = self._worker, None
            self._give_up(for_good=True)
            if worker is not None:
                worker.close()
            if descriptor is not None:
                os.close(descriptor)

    def before_fork(self) -> None:
        """See fork.ForkAware."""
        self._give_up(for_good=False)

    def after_fork_in_child(self) -> None:
        """See fork.ForkAware."""
        # Closing the child's copy leaves the parent's lock; a child that uses the store takes its own.
        if self._claim is not None:
            os.close(self._claim)
            self._claim = None
        if self._worker is not None:
            self._worker.abandon()
            self._worker = None

    def _begin(self) -> None:
        """Claim the file. See open."""
        if sqlite3.sqlite_version_info < (3, 37):
            raise StoreError(
                f"SQLite {sqlite3.sqlite_version} is too old for the store; use a Python with 3.37 or newer",
                data={"reason": "io"},
            )
        with self._working:
            watch(self)

    def _submit(
        self,
        work: Callable[[Any], Any],
        request_id: str | None = None,
        cancelled: Callable[[], bool] = _never,
        *,
        local: bool = False,
    ) -> Any:
        if request_id is not None:
            checked_id(request_id, "request id")
        with self._working:
            return self._commits.submit(Job(work, request_id, cancelled, local))

    def _at_inbox(self) -> inbox.Worker:
        """Called by the one thread that writes."""
        if self._worker is None:
            self._worker = inbox.Worker(self._path)
        return self._worker

    def _select(self, statement: str, *parameters: Any) -> list[Any]:
        with self._working, self._readers.reading() as connection:
            return connection.execute(statement, parameters).fetchall()

    def _changes(self, where: str, *parameters: Any) -> list[Change]:
        """The last parameter is the limit; below 0 there is none."""
        rows = self._select(
            "SELECT seq, at, event, bullet_id, before, after FROM journal"
            f" WHERE {where} AND event NOT IN ('REEMBED', 'RECALL') ORDER BY seq LIMIT ?",
            *parameters,
        )
        return [
            Change(seq, datetime.fromisoformat(at), event, id, from_image(before), from_image(after))
            for seq, at, event, id, before, after in rows
        ]

    def _stream(self, rows: Rows, model: int | None) -> Iterator[Stored]:
        try:
            for row in rows:
                yield stored(row, model)
        except sqlite3.Error as error:
            raise store_error(error, self._path) from error

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"the store {self._path} is closed; open it again", data={"reason": "io"})

    def _attach(self) -> None:
        """Claim the file, if that is not done: at first, and in a forked child."""
        if self._claim is not None:
            return
        with self._lock:
            self._check_open()
            if self._claim is not None:
                return
            descriptor = claim(self._path)
            try:
                with self._readers.reading() as connection:
                    (found,) = connection.execute("SELECT value FROM meta WHERE key = 'store_id'").fetchone()
                if found != (self._store_id or found):
                    raise StoreError(
                        f"the store {self._path} was replaced by another one; open it again",
                        data={"reason": "io", "path": str(self._path)},
                    )
            except BaseException:
                os.close(descriptor)
                raise
            self._store_id, self._claim = found, descriptor

    def _give_up(self, *, for_good: bool) -> None:
        """Close every connection."""
        self._writer.close(for_good=for_good)
        self._readers.close(for_good=for_good)
        with self._lock:
            watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.close()

    def _clear_log(self) -> None:
        """Bring what was overwritten into the file, and empty the log that holds it still."""
        end = time.monotonic() + _PATIENCE
        with closing(connect(self._path)) as connection:
            connection.execute("PRAGMA busy_timeout = 100")  # writers wait meanwhile: let them in between
            while connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() > end:
                    raise StoreError(
                        f"everything was removed from {self._path}, but another process is still reading the "
                        "old log, which holds it; stop that process and reset again",
                        data={"reason": "locked", "path": str(self._path)},
                        retryable=True,
                    )
                time.sleep(0.01)


class _Working(operation):
    """An operation on one store, its file claimed and its errors made StoreErrors."""

    __slots__ = ("_attach", "_path")

    def __init__(self, path: Path, attach: Callable[[], None]) -> None:
        self._path = path
        self._attach = attach

    def __enter__(self) -> None:
        super().__enter__()
        try:
            self._attach()
        except BaseException as error:
            self.__exit__(type(error), error)
            raise

    def __exit__(self, *raised: object) -> None:
        super().__exit__()
        error = raised[1]
        if isinstance(error, sqlite3.Error):
            raise store_error(error, self._path) from error


def _shred(file: Path) -> None:
    with file.open("r+b") as handle:
        for _ in range(0, file.stat().st_size, 1 << 20):
            handle.write(bytes(1 << 20))
        handle.flush()
        os.fsync(handle.fileno())
    file.unlink()
