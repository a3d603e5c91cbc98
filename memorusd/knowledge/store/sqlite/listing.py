"""Long lists in pages, newest first, each page found by where the one before it ended.

So a page costs the same wherever it is, and bullets that are added meanwhile do not shift the pages.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from memorus_proto.errors import InvalidRequest

from ...bullet import Bullet
from ...selection import Selection
from .rows import from_row, time_text
from .sql import BULLET_COLUMNS

__all__ = ["page", "where_selected"]

_MAX_CHARACTERS = 2_000_000
"""A page ends early after this many characters, because it has to fit into one message."""

_ORDER = "ORDER BY created_at DESC, id DESC"


def page(
    connection: sqlite3.Connection,
    selection: Selection,
    after: str | None,
    limit: int,
    archived: bool | None,
) -> tuple[list[Bullet], str | None]:
    """See Store.page. The cursor is `<created_at> <id>` of the page's last bullet."""
    selected, values = where_selected(selection)
    conditions = [selected]
    if archived is not None:
        conditions.append(f"archived_at IS {'NOT ' if archived else ''}NULL")
    if after is not None:
        created, _, bullet_id = after.partition(" ")
        if not bullet_id:
            raise InvalidRequest(
                f"after: {after!r:.80} is not a cursor", remedy="use the `next` of an earlier answer"
            )
        conditions.append("(created_at, id) < (?, ?)")
        values += [created, bullet_id]
    where = f"WHERE {' AND '.join(conditions)}"
    bullets: list[Bullet] = []
    size = 0
    for row in connection.execute(f"SELECT {BULLET_COLUMNS} FROM bullets {where} {_ORDER}", values):
        bullet = from_row(row)
        if selection.matches_filters(bullet):
            if len(bullets) == limit or size > _MAX_CHARACTERS:
                last = bullets[-1]
                return bullets, f"{time_text(last.created_at)} {last.id}"
            bullets.append(bullet)
            size += sum(len(value) for value in row if isinstance(value, str))
    return bullets, None


def where_selected(selection: Selection) -> tuple[str, list[Any]]:
    """Return the condition, and its values, that a selection makes of a row's columns, without its filter."""
    alternatives = selection.alternatives
    conditions = [" AND ".join(f"{column} = ?" for column in fields) or "TRUE" for fields in alternatives]
    return f"({' OR '.join(conditions)})", [value for fields in alternatives for value in fields.values()]
