"""A bullet as a row of a mem0 collection: mem0's own fields for mem0, and everything in one field for us.

What plain mem0 wrote or changed since is understood too: where its fields do not say what ours say,
they are the newer ones.
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

from ...bullet import Bullet, content_hash
from ...embed import ModelId, Vectors
from ..rows import from_image, image, to_row

__all__ = ["FIELD", "Fits", "Kept", "agrees", "from_payload", "pack", "row_id", "to_payload", "unpack"]

FIELD = "memorus"
"""The one field of ours in a payload."""

Fits = Callable[[Any], bool]
"""Whether the server can keep a value of the metadata in a field of its own."""

_FORMAT = 1
_OWNERS = ("user_id", "agent_id", "run_id", "role", "actor_id")
_CORE = frozenset(
    (*_OWNERS, "id", "data", "hash", "created_at", "updated_at", "text_lemmatized", "attributed_to", FIELD)
)
_IDS = uuid.UUID("6d1b5c9e-2f0a-4f7e-9a51-6d656d6f7275")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.utc)  # of rows that do not say when they were made


@dataclass(frozen=True, slots=True)
class Kept:
    """A bullet with its vectors and what made them."""

    bullet: Bullet
    model: ModelId | None = None
    vector: Vectors | None = None
    passages: Vectors | None = None


def row_id(bullet_id: str) -> str:
    """The id of a bullet's row, which servers want to be a UUID."""
    try:
        if str(uuid.UUID(bullet_id)) == bullet_id:
            return bullet_id
    except ValueError:
        pass
    return str(uuid.uuid5(_IDS, bullet_id))


def to_payload(kept: Kept, fits: Fits) -> dict[str, Any]:
    """What is written: as mem0 writes it, and FIELD."""
    bullet = kept.bullet
    plain = _of_bullet(bullet, fits)
    own: dict[str, Any] = {"v": _FORMAT, "bullet": image(to_row(bullet))}
    if kept.model is not None and kept.vector is not None:
        own["model"] = [kept.model.name, kept.model.revision, kept.model.dimensions]
        own["vector"] = kept.vector.tobytes()
        if kept.passages is not None:
            own["passages"] = kept.passages.tobytes()
    return {
        **plain.metadata,
        **plain.owners,
        "data": plain.text,
        "hash": content_hash(plain.text),
        "text_lemmatized": plain.text.lower(),
        "created_at": plain.created_at.isoformat(),
        "updated_at": plain.updated_at.isoformat(),
        FIELD: pack(own),
    }


def from_payload(row: str, payload: Mapping[str, Any], fits: Fits) -> Kept | None:
    """The bullet of a row, whoever wrote it; None where there is no memory in it."""
    plain = _of_payload(payload)
    if plain is None or not _is_uuid(row):
        return None
    ours = _own(payload.get(FIELD))
    if ours is None or row_id(ours.bullet.id) != row:
        said_by = plain.owners.get("role")
        return Kept(
            Bullet(
                row,
                plain.text,
                plain.created_at,
                plain.updated_at,
                **plain.owners,
                origin="agent" if said_by == "assistant" else "user",
                metadata=plain.metadata,
            )
        )
    bullet = ours.bullet
    if _of_bullet(bullet, fits) == plain:
        return ours
    shown = _of_bullet(bullet, fits)
    hidden = {name: value for name, value in bullet.metadata.items() if name not in shown.metadata}
    owners: dict[str, Any] = {name: plain.owners.get(name) for name in _OWNERS}
    changed = replace(
        bullet,
        text=bullet.text if plain.text == shown.text else plain.text,
        created_at=plain.created_at,
        updated_at=plain.updated_at,
        metadata=bullet.metadata if plain.metadata == shown.metadata else {**hidden, **plain.metadata},
        **owners,
    )
    return replace(ours, bullet=changed) if changed.text == bullet.text else Kept(changed)


def agrees(payload: Mapping[str, Any], bullet: Bullet, fits: Fits) -> bool:
    """Whether mem0's fields of a payload (FIELD may be missing) say what `bullet` says."""
    return _of_payload(payload) == _of_bullet(bullet, fits)


def pack(value: Any) -> str:
    """As ASCII text: of all types that the servers have, the one that each gives back as it was."""
    return base64.b64encode(zlib.compress(msgpack.packb(value), 1)).decode()


def unpack(text: str) -> Any:
    """What was packed. Raises ValueError where it is nothing of the kind."""
    try:
        return msgpack.unpackb(zlib.decompress(base64.b64decode(text, validate=True)))
    except (binascii.Error, zlib.error, msgpack.UnpackException, UnicodeDecodeError, TypeError) as error:
        raise ValueError(f"not packed: {type(error).__name__}") from None


@dataclass(frozen=True, slots=True)
class _Plain:
    """What mem0's own fields say."""

    text: str
    created_at: datetime
    updated_at: datetime
    owners: dict[str, Any]
    metadata: dict[str, Any]


def _of_bullet(bullet: Bullet, fits: Fits) -> _Plain:
    owners = {name: value for name in _OWNERS if (value := getattr(bullet, name)) is not None}
    metadata = {
        _clean(name): _clean(value)
        for name, value in bullet.metadata.items()
        if name not in _CORE and fits(value)
    }
    return _Plain(
        _clean(bullet.text),
        bullet.created_at.astimezone(timezone.utc),
        bullet.updated_at.astimezone(timezone.utc),
        _clean(owners),
        metadata,
    )


def _of_payload(payload: Mapping[str, Any]) -> _Plain | None:
    text = payload.get("data")
    if not isinstance(text, str) or not text.strip():
        return None
    created = _time(payload.get("created_at")) or _time(payload.get("updated_at")) or _LONG_AGO
    return _Plain(
        text,
        created,
        _time(payload.get("updated_at")) or created,
        {name: str(value) for name in _OWNERS if (value := payload.get(name)) is not None},
        {name: value for name, value in payload.items() if name not in _CORE},
    )


def _own(text: Any) -> Kept | None:
    if not isinstance(text, str):
        return None
    try:
        own = unpack(text)
        bullet = from_image(own["bullet"])
        if bullet is None or own["v"] > _FORMAT:
            return None
        if "vector" not in own:
            return Kept(bullet)
        model = ModelId(*own["model"])
        vector = np.frombuffer(own["vector"], np.float32)
        passages = np.frombuffer(own.get("passages", b""), np.float32).reshape(-1, model.dimensions)
    except (ValueError, KeyError, TypeError):
        return None
    return Kept(bullet, model, vector, passages if len(passages) else None)


def _clean(value: Any) -> Any:
    """Without the one character that PostgreSQL has no place for."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_clean(name): _clean(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(inner) for inner in value]
    return value


def _time(value: Any) -> datetime | None:
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
