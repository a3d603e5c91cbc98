"""The tables, and how a store of an older version becomes a current one.

A released step is never edited; each change is a new step at the end of STEPS. A new store takes all
of them.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from memorus_proto.errors import StoreError

__all__ = ["APPLICATION_ID", "STEPS", "backups", "migrate", "refuse_newer", "version"]

APPLICATION_ID = 0x4D656D6F  # "Memo": what `file` and SQLite find in the header


def _v1(connection: sqlite3.Connection) -> None:
    for statement in (
        # Values about the store: its id, and which row of `models` made the current vectors.
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value ANY) STRICT, WITHOUT ROWID",
        """CREATE TABLE models (
            n INTEGER PRIMARY KEY, name TEXT NOT NULL, revision TEXT NOT NULL, dimensions INTEGER NOT NULL,
            UNIQUE (name, revision, dimensions)) STRICT""",
        # The vector is the last column, so that reading a bullet does not read past it.
        """CREATE TABLE bullets (
            n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, text TEXT NOT NULL,
            created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
            user_id TEXT, agent_id TEXT, run_id TEXT, scope TEXT NOT NULL,
            type TEXT NOT NULL, section TEXT NOT NULL, origin TEXT NOT NULL, role TEXT, actor_id TEXT,
            tags TEXT NOT NULL, metadata TEXT NOT NULL,
            recall_count INTEGER NOT NULL, last_recalled_at TEXT, archived_at TEXT,
            model INTEGER REFERENCES models, vector BLOB) STRICT""",
        "CREATE INDEX bullets_model ON bullets (model)",
        "CREATE INDEX bullets_created ON bullets (created_at, id)",
        """CREATE TABLE journal (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, event TEXT NOT NULL,
            bullet_id TEXT, before TEXT, after TEXT) STRICT""",
        "CREATE INDEX journal_bullet ON journal (bullet_id)",
        # Results of writes that a client may repeat; `at` is in Unix seconds.
        """CREATE TABLE requests (
            request_id TEXT PRIMARY KEY, at INTEGER NOT NULL, result BLOB NOT NULL) STRICT, WITHOUT ROWID""",
        "CREATE INDEX requests_at ON requests (at)",
    ):
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('store_id', ?)", (uuid.uuid4().hex,))


def _v2(connection: sqlite3.Connection) -> None:
    columns = """n, id, text, created_at, updated_at, user_id, agent_id, run_id, scope, type, section, origin,
        role, actor_id, tags, metadata, recall_count, last_recalled_at, archived_at, model, vector"""
    for statement in (
        # The table is made anew rather than altered, so that the vectors are still the last columns: that
        # of the text, and for a long text those of its passages, of the same model.
        """CREATE TABLE distilled (
            n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, text TEXT NOT NULL,
            created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
            user_id TEXT, agent_id TEXT, run_id TEXT, scope TEXT NOT NULL,
            type TEXT NOT NULL, section TEXT NOT NULL, origin TEXT NOT NULL, role TEXT, actor_id TEXT,
            tags TEXT NOT NULL, tools TEXT NOT NULL DEFAULT '[]', entities TEXT NOT NULL DEFAULT '[]',
            distilled_rule TEXT, instructivity_score REAL, metadata TEXT NOT NULL,
            recall_count INTEGER NOT NULL, last_recalled_at TEXT, archived_at TEXT,
            model INTEGER REFERENCES models, vector BLOB, passages BLOB) STRICT""",
        f"INSERT INTO distilled ({columns}) SELECT {columns} FROM bullets",
        "DROP TABLE bullets",
        "ALTER TABLE distilled RENAME TO bullets",
        "CREATE INDEX bullets_model ON bullets (model)",
        "CREATE INDEX bullets_created ON bullets (created_at, id)",
        # Interactions that are not yet bullets: redacted, as msgpack. `worker` names who works on it.
        """CREATE TABLE inbox (
            request_id TEXT PRIMARY KEY, at TEXT NOT NULL, worker TEXT NOT NULL, call BLOB NOT NULL
            ) STRICT, WITHOUT ROWID""",
    ):
        connection.execute(statement)


def _v3(connection: sqlite3.Connection) -> None:
    # Until now `global` was also the scope of what had an owner and was given no scope.
    connection.execute(
        "UPDATE bullets SET scope = 'private'"
        " WHERE scope = 'global' AND coalesce(user_id, agent_id, run_id) NOTNULL"
    )


STEPS: list[Callable[[sqlite3.Connection], None]] = [_v1, _v2, _v3]
"""STEPS[n] turns version n into version n + 1, inside a transaction."""


def version(connection: sqlite3.Connection) -> int:
    """Return the version of the file's schema; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def refuse_newer(number: int, path: Path) -> None:
    """Raise StoreError if schema `number`, that of the file at `path`, is newer than this program."""
    if number > len(STEPS):
        raise StoreError(
            f"the store {path} has schema {number}, made by a newer Memorus; this one knows schemas "
            f"up to {len(STEPS)}",
            remedy="upgrade it (pip install -U memorus)",
            data={"reason": "too_new", "path": str(path), "schema": number},
        )


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the store to the current version, each step in one transaction.

    A copy of the older store is kept beside it, as `<name>.before-v<new version>`.
    """
    before = version(connection)
    if 0 < before < len(STEPS):
        _back_up(connection, path.with_name(f"{path.name}.before-v{len(STEPS)}"))
    for number, step in enumerate(STEPS[before:], start=before + 1):
        connection.execute("BEGIN IMMEDIATE")
        try:
            step(connection)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {number}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def backups(path: Path) -> list[Path]:
    """Return the copies that migrations of the store at `path` have left."""
    return sorted(path.parent.glob(f"{path.name}.before-v*"))


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    # The copy gets its name only when it is complete, so that half a copy is never taken for one.
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as copy:
        connection.backup(copy)
    unfinished.replace(target)
