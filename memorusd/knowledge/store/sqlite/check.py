"""Checks of a store's file that change nothing: is it a store, is it sound, does its journal agree."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from memorus_proto.errors import StoreError

from . import schema
from .connections import connect
from .failure import store_error
from .rows import COLUMNS, from_image, from_row
from .sql import CURRENT_MODEL, LAST_SEQ

__all__ = ["FileReport", "check_is_store", "read_snapshot", "unfit_vectors", "verify"]

_COUNTED = ("recall_count", "last_recalled_at")
"""Fields that a recall changes without an image in the journal."""
_NAMED = 5  # ids in one line of a report
_UNIT_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class FileReport:
    """What a readable store holds, and what is wrong with it all the same."""

    store_id: str
    schema: int
    memories: int
    seq: int
    newest: str | None
    """The time of the last change, ISO 8601; None if there is none."""
    problems: list[str]
    """One line for each kind of problem; empty for a sound store."""


@contextmanager
def read_snapshot(path: Path) -> Iterator[sqlite3.Connection]:
    """Connect to a file as of one instant, changing nothing; its errors are raised as StoreErrors."""
    log = path.with_name(path.name + "-wal")
    # SQLite notes its readers in a file beside the store, which it cannot create in this directory.
    immutable = not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
    try:
        with closing(connect(path, read_only=True, immutable=immutable)) as connection:
            connection.execute("BEGIN")
            yield connection
    except sqlite3.Error as error:
        raise store_error(error, path) from error


def verify(path: Path, progress: Callable[[int, int], None] | None = None) -> FileReport:
    """Read the whole file; `progress` is called with the numbers of memories checked and of all.

    Raises:
        StoreError: the file cannot be read, is not a store, has a newer schema, or is damaged.
    """
    if not path.is_file():
        raise StoreError(
            f"there is no store at {path}",
            remedy="name another file, or learn something first",
            data={"reason": "io", "path": str(path)},
        )
    with read_snapshot(path) as connection:
        version = check_is_store(connection, path)
        complaints = [line for (line,) in connection.execute("PRAGMA integrity_check(5)")]
        if complaints != ["ok"]:
            raise StoreError(
                f"the store {path} is damaged ({'; '.join(complaints):.300})",
                remedy="restore a backup: memorusctl restore FILE",
                data={"reason": "corrupt", "path": str(path)},
            )
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        problems = [f"{len(broken)} rows name a model that does not exist"] if broken else []
        # Older schemas lack some of the columns; they are migrated when the store is next opened.
        if version == len(schema.STEPS):
            problems += list(_differences(connection, progress))
        (store_id,) = connection.execute("SELECT value FROM meta WHERE key = 'store_id'").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM bullets").fetchone()
        (seq,) = connection.execute(f"SELECT {LAST_SEQ}").fetchone()
        (newest,) = connection.execute("SELECT max(at) FROM journal").fetchone()
    return FileReport(store_id, version, count, seq, newest, problems)


def unfit_vectors(path: Path) -> tuple[list[str], int]:
    """Return (ids of bullets whose vector is not of unit length, number of bullets without a vector)."""
    unfit: list[str] = []
    missing = 0
    with read_snapshot(path) as connection:
        row = connection.execute(
            f"SELECT dimensions, {CURRENT_MODEL} FROM models WHERE n = {CURRENT_MODEL}"
        ).fetchone()
        dimensions, current = row or (0, None)
        for bullet_id, model, blob in connection.execute("SELECT id, model, vector FROM bullets"):
            if model is None or model != current or blob is None:
                missing += 1
                continue
            vector = np.frombuffer(blob, np.float32) if len(blob) == 4 * dimensions else np.zeros(1)
            # Written so that a sum of nan or inf is unfit too.
            if not abs(float(vector @ vector) - 1.0) < _UNIT_TOLERANCE:
                unfit.append(bullet_id)
    return unfit, missing


def check_is_store(connection: sqlite3.Connection, path: Path) -> int:
    """Return the schema's version. Raises StoreError if this is not a store, or a newer one."""
    version = schema.version(connection)
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    if application != schema.APPLICATION_ID or not version:
        raise StoreError(
            f"{path} is not a store of Memorus",
            remedy="name a file that memorusctl backup wrote",
            data={"reason": "corrupt", "path": str(path)},
        )
    schema.refuse_newer(version, path)
    return version


def _differences(
    connection: sqlite3.Connection, progress: Callable[[int, int], None] | None
) -> Iterator[str]:
    """Yield a line for each way in which rows differ from the journal's last images of them."""
    (count,) = connection.execute("SELECT count(*) FROM bullets").fetchone()
    differing: list[str] = []
    unknown: list[str] = []
    last = """SELECT after FROM journal WHERE bullet_id = ? AND event NOT IN ('REEMBED', 'RECALL')
        ORDER BY seq DESC LIMIT 1"""
    for done, row in enumerate(connection.execute(f"SELECT {', '.join(COLUMNS)} FROM bullets"), 1):
        entry = connection.execute(last, (row[0],)).fetchone()
        if entry is None:
            unknown.append(row[0])
        else:
            # Compared as bullets, because an older image may lack fields that have a default.
            stored, journalled = from_row(row), from_image(entry[0])
            if any(
                getattr(stored, name) != getattr(journalled, name, None)
                for name in COLUMNS
                if name not in _COUNTED
            ):
                differing.append(row[0])
        if progress is not None and (done % 1000 == 0 or done == count):
            progress(done, count)
    missing = connection.execute(
        """SELECT bullet_id FROM journal AS j WHERE event NOT IN ('REEMBED', 'RECALL') AND after NOTNULL
            AND seq = (SELECT max(seq) FROM journal WHERE bullet_id = j.bullet_id
                AND event NOT IN ('REEMBED', 'RECALL'))
            AND bullet_id NOT IN (SELECT id FROM bullets)"""
    ).fetchall()
    for ids, what in (
        (differing, "differ from the journal"),
        (unknown, "are in no journal entry"),
        ([bullet_id for (bullet_id,) in missing], "are in the journal but not in the table"),
    ):
        if ids:
            named = ", ".join(ids[:_NAMED]) + (", …" if len(ids) > _NAMED else "")
            yield f"{len(ids)} memories {what}: {named}"
