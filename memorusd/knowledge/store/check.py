"""Looks through a store's file without changing it: is it one, is it sound, does its journal agree."""

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
from .transaction import MODEL, SEQ

__all__ = ["Facts", "reading", "refuse_others", "unfit_vectors", "verify"]

_COUNTED = ("recall_count", "last_recalled_at")
"""Fields that change without an image in the journal, when a bullet is recalled."""
_TOLD = 5
_UNIT = 1e-3


@dataclass(frozen=True, slots=True)
class Facts:
    """What a sound store's file says of itself, and what is wrong with it all the same."""

    store_id: str
    schema: int
    memories: int
    seq: int
    newest: str | None
    """When the last change was made, ISO 8601."""
    problems: list[str]


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that sees one instant and changes nothing; its errors come out as StoreErrors."""
    log = path.with_name(path.name + "-wal")
    # SQLite keeps who reads in a file of its own beside the store, and has no place for it here.
    still = not os.access(path.parent, os.W_OK) and not (log.exists() and log.stat().st_size)
    try:
        with closing(connect(path, read_only=True, still=still)) as connection:
            connection.execute("BEGIN")
            yield connection
    except sqlite3.Error as error:
        raise store_error(error, path) from error


def verify(path: Path, progress: Callable[[int, int], None] | None = None) -> Facts:
    """Read the whole file. `progress` gets the number of memories looked at, and of all.

    Raises:
        StoreError: it cannot be read, is no store, is of a newer version, or is damaged.
    """
    if not path.is_file():
        raise StoreError(
            f"there is no store at {path}; name another file, or learn something first",
            data={"reason": "io", "path": str(path)},
        )
    with reading(path) as connection:
        found = refuse_others(connection, path)
        complaints = [line for (line,) in connection.execute("PRAGMA integrity_check(5)")]
        if complaints != ["ok"]:
            raise StoreError(
                f"the store {path} is damaged ({'; '.join(complaints):.300}); "
                "restore a backup: memorusctl restore FILE",
                data={"reason": "corrupt", "path": str(path)},
            )
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        problems = [f"{len(broken)} rows name a model that is not there"] if broken else []
        # Older schemas lack columns that are compared; they are migrated when the store is next opened.
        if found == len(schema.STEPS):
            problems += list(_differences(connection, progress))
        (store_id,) = connection.execute("SELECT value FROM meta WHERE key = 'store_id'").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM bullets").fetchone()
        (seq,) = connection.execute(f"SELECT {SEQ}").fetchone()
        (newest,) = connection.execute("SELECT max(at) FROM journal").fetchone()
    return Facts(store_id, found, count, seq, newest, problems)


def unfit_vectors(path: Path) -> tuple[list[str], int]:
    """(ids of bullets whose vector is no unit vector of the store's model, how many have none at all)."""
    unfit: list[str] = []
    missing = 0
    with reading(path) as connection:
        row = connection.execute(f"SELECT dimensions, {MODEL} FROM models WHERE n = {MODEL}").fetchone()
        dimensions, current = row or (0, None)
        for bullet_id, model, blob in connection.execute("SELECT id, model, vector FROM bullets"):
            if model is None or model != current or blob is None:
                missing += 1
                continue
            vector = np.frombuffer(blob, np.float32) if len(blob) == 4 * dimensions else np.zeros(1)
            # A sum with nan or inf in it is neither near to 1.
            if not abs(float(vector @ vector) - 1.0) < _UNIT:
                unfit.append(bullet_id)
    return unfit, missing


def refuse_others(connection: sqlite3.Connection, path: Path) -> int:
    """The schema of the store. Raises StoreError for what is no store, or a newer one."""
    found = schema.version(connection)
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    if application != schema.APPLICATION_ID or not found:
        raise StoreError(
            f"{path} is no store of Memorus; name a file that memorusctl backup wrote",
            data={"reason": "corrupt", "path": str(path)},
        )
    if found > len(schema.STEPS):
        raise StoreError(
            f"the store {path} has schema {found}, made by a newer Memorus; this one knows "
            f"{len(schema.STEPS)}; upgrade it (pip install -U memorus)",
            data={"reason": "too_new", "path": str(path), "schema": found},
        )
    return found


def _differences(
    connection: sqlite3.Connection, progress: Callable[[int, int], None] | None
) -> Iterator[str]:
    """Where the rows are not what the journal's last entries say that they are."""
    (count,) = connection.execute("SELECT count(*) FROM bullets").fetchone()
    other: list[str] = []
    lost: list[str] = []
    last = """SELECT after FROM journal WHERE bullet_id = ? AND event NOT IN ('REEMBED', 'RECALL')
        ORDER BY seq DESC LIMIT 1"""
    for done, row in enumerate(connection.execute(f"SELECT {', '.join(COLUMNS)} FROM bullets"), 1):
        told = connection.execute(last, (row[0],)).fetchone()
        if told is None:
            lost.append(row[0])
        else:
            # As bullets: an image may be older than the table and lack what has a default.
            kept, noted = from_row(row), from_image(told[0])
            if any(
                getattr(kept, name) != getattr(noted, name, None) for name in COLUMNS if name not in _COUNTED
            ):
                other.append(row[0])
        if progress is not None and (done % 1000 == 0 or done == count):
            progress(done, count)
    gone = connection.execute(
        """SELECT bullet_id FROM journal AS j WHERE event NOT IN ('REEMBED', 'RECALL') AND after NOTNULL
            AND seq = (SELECT max(seq) FROM journal WHERE bullet_id = j.bullet_id
                AND event NOT IN ('REEMBED', 'RECALL'))
            AND bullet_id NOT IN (SELECT id FROM bullets)"""
    ).fetchall()
    for ids, what in (
        (other, "differ from the journal"),
        (lost, "are in no journal entry"),
        ([bullet_id for (bullet_id,) in gone], "are in the journal but not in the table"),
    ):
        if ids:
            named = ", ".join(ids[:_TOLD]) + (", …" if len(ids) > _TOLD else "")
            yield f"{len(ids)} memories {what}: {named}"
