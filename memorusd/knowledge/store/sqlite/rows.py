"""A bullet as a row of the table, and as the JSON image that the journal keeps."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any, cast

from memorus_proto.errors import InvalidRequest

from ...bullet import GLOBAL, Bullet

__all__ = ["COLUMNS", "from_image", "from_row", "image", "time_text", "to_row"]

COLUMNS = (
    "id", "text", "created_at", "updated_at", "user_id", "agent_id", "run_id", "scope", "type",
    "section", "origin", "role", "actor_id", "tags", "tools", "entities", "distilled_rule",
    "instructivity_score", "metadata", "recall_count", "last_recalled_at", "archived_at",
)  # fmt: skip
"""The columns of a row, which are the fields of a Bullet, in the same order."""

_IMAGE = 2
"""The version of an image, in its `v`. In images without one, `global` was also what had no scope."""
_LISTS = ("tags", "tools", "entities")
_JSON = {COLUMNS.index(name): name for name in (*_LISTS, "metadata")}
_EMPTY = {name: "{}" if name == "metadata" else "[]" for name in _JSON.values()}
_time = datetime.fromisoformat
_encode = json.JSONEncoder(ensure_ascii=False).encode  # made once: json.dumps makes one each time


def time_text(at: datetime) -> str:
    """Return ISO 8601 in UTC with microseconds: it has a fixed width, so it sorts as text.

    Raises:
        InvalidRequest: `at` has no time zone.
    """
    if at.tzinfo is None:
        raise InvalidRequest(f"the time {at.isoformat()} has no time zone", remedy="add one, for example UTC")
    return at.astimezone(timezone.utc).isoformat(timespec="microseconds")


def to_row(bullet: Bullet) -> tuple[Any, ...]:
    """Return the values of COLUMNS.

    Raises:
        InvalidRequest: a value cannot be stored, for example metadata that is not JSON.
    """
    return (
        bullet.id,
        bullet.text,
        time_text(bullet.created_at),
        time_text(bullet.updated_at),
        bullet.user_id,
        bullet.agent_id,
        bullet.run_id,
        bullet.scope,
        bullet.type,
        bullet.section,
        bullet.origin,
        bullet.role,
        bullet.actor_id,
        *(_json(bullet, n, list(v)) if (v := getattr(bullet, n)) else "[]" for n in _LISTS),
        bullet.distilled_rule,
        bullet.instructivity_score,
        _json(bullet, "metadata", dict(bullet.metadata)) if bullet.metadata else "{}",
        bullet.recall_count,
        None if bullet.last_recalled_at is None else time_text(bullet.last_recalled_at),
        None if bullet.archived_at is None else time_text(bullet.archived_at),
    )


def from_row(row: Sequence[Any]) -> Bullet:
    """Return the bullet of a row that starts with COLUMNS."""
    id, text, created, updated, user, agent, run, scope, type, section, origin = row[:11]
    role, actor, tags, tools, entities, rule, score, metadata, recall_count, recalled, archived = row[11:22]
    return Bullet(
        id,
        text,
        _time(created),
        _time(updated),
        user,
        agent,
        run,
        scope,
        type,
        section,
        origin,
        role,
        actor,
        () if tags == "[]" else tuple(json.loads(tags)),
        () if tools == "[]" else tuple(json.loads(tools)),
        () if entities == "[]" else tuple(json.loads(entities)),
        rule,
        score,
        {} if metadata == "{}" else json.loads(metadata),
        recall_count,
        None if recalled is None else _time(recalled),
        None if archived is None else _time(archived),
    )


def image(row: tuple[Any, ...]) -> str:
    """Return the row as a JSON object, without the columns that are null."""
    fields = {name: value for name, value in zip(COLUMNS, row, strict=True) if value is not None}
    for column, name in _JSON.items():
        fields[name] = json.loads(row[column])
    return _encode({**fields, "v": _IMAGE})


def from_image(text: str | None) -> Bullet | None:
    """Return the bullet of an image, or None for None. Fields that older images lack get their defaults."""
    if text is None:
        return None
    fields = cast(dict[str, Any], json.loads(text))
    if "v" not in fields and fields.get("scope") == GLOBAL:
        fields["scope"] = ""
    row = [fields.get(name) for name in COLUMNS]
    for column, name in _JSON.items():
        row[column] = json.dumps(fields[name]) if name in fields else _EMPTY[name]
    return from_row(row)


def _json(bullet: Bullet, name: str, value: object) -> str:
    try:
        return _encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidRequest(
            f"the {name} of bullet {bullet.id} cannot be stored as JSON: {error}",
            remedy="use str, int, float, bool, None, list, and dict with str keys",
        ) from None
