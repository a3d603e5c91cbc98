"""Long lists in pages: newest first, each page found by where the last one ended.

A page costs the same wherever it is, and bullets that are added meanwhile move nothing.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from memorus_proto.errors import InvalidRequest

from ..bullet import Bullet
from ..selection import COLUMNS, Selection
from .rows import from_row, time_text
from .transaction import ROW

__all__ = ["page"]

_MAX_SIZE = 2_000_000
"""Characters after which a page ends early: it has to fit into one message."""

_ORDER = "ORDER BY created_at DESC, id DESC"


def page(
    connection: sqlite3.Connection,
    selection: Selection,
    after: str | None,
    limit: int,
    archived: bool | None,
) -> tuple[list[Bullet], str | None]:
    """See Store.page. The cursor is `<created_at> <id>` of the last bullet given."""
    conditions, values = _conditions(selection)
    if archived is not None:
        conditions.append(f"archived_at IS {'NOT ' if archived else ''}NULL")
    if after is not None:
        created, _, bullet_id = after.partition(" ")
        if not bullet_id:
            raise InvalidRequest(f"after: {after!r:.80} is no cursor; use the `next` of an earlier answer")
        conditions.append("(created_at, id) < (?, ?)")
        values += [created, bullet_id]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    found: list[Bullet] = []
    size = 0
    for row in connection.execute(f"SELECT {ROW} FROM bullets {where} {_ORDER}", values):
        bullet = from_row(row)
        if selection.matches_metadata(bullet):
            if len(found) == limit or size > _MAX_SIZE:
                last = found[-1]
                return found, f"{time_text(last.created_at)} {last.id}"
            found.append(bullet)
            size += sum(len(value) for value in row if isinstance(value, str))
    return found, None


def _conditions(selection: Selection) -> tuple[list[str], list[Any]]:
    conditions: list[str] = []
    values: list[Any] = []
    for column in COLUMNS:
        allowed = selection.allowed(column)
        if allowed is not None:
            conditions.append(f"{column} IN ({', '.join('?' * len(allowed))})")
            values += allowed
    return conditions, values
