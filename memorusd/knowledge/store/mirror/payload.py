"""A bullet as the payload of a mem0 row: mem0's fields for plain mem0, and one field that holds everything.

Rows that plain mem0 has written or changed are read too: where its fields and ours differ, its fields are
the newer ones.
"""

from __future__ import annotations

import base64
import binascii
import uuid
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

import msgpack
import numpy as np

from ...bullet import OWNERS, Bullet, content_hash
from ...embed import ModelId
from ..sqlite.raw_transaction import EmbeddedBullet
from ..sqlite.rows import from_image, image, to_row

__all__ = [
    "MEMORUS_FIELD",
    "CanHold",
    "agrees",
    "from_payload",
    "pack",
    "row_id",
    "to_payload",
    "unpack",
]

MEMORUS_FIELD = "memorus"
"""The one field of a payload that belongs to Memorus."""

CanHold = Callable[[Any], bool]
"""See CollectionAdapter.can_hold."""

_FORMAT = 1
_ORIGINATORS = (*OWNERS, "role", "actor_id")
_CORE = frozenset(
    (
        *_ORIGINATORS,
        "id",
        "data",
        "hash",
        "created_at",
        "updated_at",
        "text_lemmatized",
        "attributed_to",
        MEMORUS_FIELD,
    )
)
_NAMESPACE = uuid.UUID("6d1b5c9e-2f0a-4f7e-9a51-6d656d6f7275")
_UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=timezone.utc)  # for rows without a time


def row_id(bullet_id: str) -> str:
    """Return the id of a bullet's row. Servers want a UUID, so other ids become one."""
    try:
        if str(uuid.UUID(bullet_id)) == bullet_id:
            return bullet_id
    except ValueError:
        pass
    return str(uuid.uuid5(_NAMESPACE, bullet_id))


def to_payload(embedded: EmbeddedBullet, can_hold: CanHold) -> dict[str, Any]:
    """Return the payload to write: mem0's fields as mem0 writes them, and MEMORUS_FIELD."""
    bullet = embedded.bullet
    plain = _plain_of_bullet(bullet, can_hold)
    own: dict[str, Any] = {"v": _FORMAT, "bullet": image(to_row(bullet))}
    if embedded.model is not None and embedded.vector is not None:
        own["model"] = [embedded.model.name, embedded.model.revision, embedded.model.dimensions]
        own["vector"] = embedded.vector.tobytes()
        if embedded.passages is not None:
            own["passages"] = embedded.passages.tobytes()
    return {
        **plain.metadata,
        **plain.owners,
        "data": plain.text,
        "hash": content_hash(plain.text),
        "text_lemmatized": plain.text.lower(),
        "created_at": plain.created_at.isoformat(),
        "updated_at": plain.updated_at.isoformat(),
        MEMORUS_FIELD: pack(own),
    }


def from_payload(row: str, payload: Mapping[str, Any], can_hold: CanHold) -> EmbeddedBullet | None:
    """Read a row, whoever wrote it; None if it is not a memory."""
    plain = _plain_of_payload(payload)
    if plain is None or not _is_uuid(row):
        return None
    ours = _read_own_field(payload.get(MEMORUS_FIELD))
    if ours is None or row_id(ours.bullet.id) != row:
        role = plain.owners.get("role")
        return EmbeddedBullet(
            Bullet(
                row,
                plain.text,
                plain.created_at,
                plain.updated_at,
                **plain.owners,
                # Its scope follows from its owner, as in a call that names none.
                origin="agent" if role == "assistant" else "user",
                metadata=plain.metadata,
            )
        )
    bullet = ours.bullet
    shown = _plain_of_bullet(bullet, can_hold)
    if shown == plain:
        return ours
    # Plain mem0 has changed the row since.
    hidden = {name: value for name, value in bullet.metadata.items() if name not in shown.metadata}
    owners: dict[str, Any] = {name: plain.owners.get(name) for name in _ORIGINATORS}
    changed = replace(
        bullet,
        text=bullet.text if plain.text == shown.text else plain.text,
        created_at=plain.created_at,
        updated_at=plain.updated_at,
        metadata=bullet.metadata if plain.metadata == shown.metadata else {**hidden, **plain.metadata},
        **owners,
    )
    return replace(ours, bullet=changed) if changed.text == bullet.text else EmbeddedBullet(changed)


def agrees(payload: Mapping[str, Any], bullet: Bullet, can_hold: CanHold) -> bool:
    """Return whether mem0's fields of a payload say what `bullet` says; MEMORUS_FIELD may be missing."""
    return _plain_of_payload(payload) == _plain_of_bullet(bullet, can_hold)


def pack(value: Any) -> str:
    """Encode a value as ASCII text, the one type that every server returns unchanged."""
    return base64.b64encode(zlib.compress(msgpack.packb(value), 1)).decode()


def unpack(text: str) -> Any:
    """Decode what `pack` made. Raises ValueError for anything else."""
    try:
        return msgpack.unpackb(zlib.decompress(base64.b64decode(text, validate=True)))
    except (binascii.Error, zlib.error, msgpack.UnpackException, UnicodeDecodeError, TypeError) as error:
        raise ValueError(f"not a packed value: {type(error).__name__}") from None


@dataclass(frozen=True, slots=True)
class _PlainFields:
    """What mem0's fields of a row say."""

    text: str
    created_at: datetime
    updated_at: datetime
    owners: dict[str, Any]
    metadata: dict[str, Any]


def _plain_of_bullet(bullet: Bullet, can_hold: CanHold) -> _PlainFields:
    owners = {name: value for name in _ORIGINATORS if (value := getattr(bullet, name)) is not None}
    metadata = {
        _without_nul(name): _without_nul(value)
        for name, value in bullet.metadata.items()
        if name not in _CORE and can_hold(value)
    }
    return _PlainFields(
        _without_nul(bullet.text),
        bullet.created_at.astimezone(timezone.utc),
        bullet.updated_at.astimezone(timezone.utc),
        _without_nul(owners),
        metadata,
    )


def _plain_of_payload(payload: Mapping[str, Any]) -> _PlainFields | None:
    text = payload.get("data")
    if not isinstance(text, str) or not text.strip():
        return None
    created = (
        _parse_time(payload.get("created_at")) or _parse_time(payload.get("updated_at")) or _UNKNOWN_TIME
    )
    return _PlainFields(
        text,
        created,
        _parse_time(payload.get("updated_at")) or created,
        {name: str(value) for name in _ORIGINATORS if (value := payload.get(name)) is not None},
        {name: value for name, value in payload.items() if name not in _CORE},
    )


def _read_own_field(text: Any) -> EmbeddedBullet | None:
    if not isinstance(text, str):
        return None
    try:
        own = unpack(text)
        bullet = from_image(own["bullet"])
        if bullet is None or own["v"] > _FORMAT:
            return None
        if "vector" not in own:
            return EmbeddedBullet(bullet)
        model = ModelId(*own["model"])
        vector = np.frombuffer(own["vector"], np.float32)
        passages = np.frombuffer(own.get("passages", b""), np.float32).reshape(-1, model.dimensions)
    except (ValueError, KeyError, TypeError):
        return None
    return EmbeddedBullet(bullet, model, vector, passages if len(passages) else None)


def _without_nul(value: Any) -> Any:
    """Replace NUL, the one character that PostgreSQL cannot store."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_without_nul(name): _without_nul(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nul(inner) for inner in value]
    return value


def _parse_time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)


def _is_uuid(value: str) -> bool:
    try:
        return str(uuid.UUID(value)) == value
    except (ValueError, AttributeError):
        return False
