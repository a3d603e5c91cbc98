"""The bullet: one distilled, self-contained piece of knowledge, the unit of memory."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal, get_args

__all__ = [
    "GLOBAL",
    "ORIGINS",
    "OWNERS",
    "PRIVATE",
    "SECTIONS",
    "TYPES",
    "Bullet",
    "KnowledgeType",
    "Origin",
    "Section",
    "content_hash",
    "new_id",
    "utc_now",
]

KnowledgeType = Literal["method", "trick", "pitfall", "preference", "knowledge"]
Section = Literal[
    "commands", "debugging", "architecture", "workflow", "tools", "patterns", "preferences", "general"
]
Origin = Literal["user", "agent", "tool", "import"]

TYPES: tuple[str, ...] = get_args(KnowledgeType)
SECTIONS: tuple[str, ...] = get_args(Section)
ORIGINS: tuple[str, ...] = get_args(Origin)

OWNERS = ("user_id", "agent_id", "run_id")
"""The fields that say whose memory it is, or in a shared scope who wrote it."""

GLOBAL = "global"
"""The scope of what holds everywhere, for everyone."""
PRIVATE = "private"
"""The scope of what belongs to its owner alone. Other scopes are `project:<name>` and `workspace:<id>`."""


def new_id() -> str:
    """Return a random id (UUID 4)."""
    return str(uuid.uuid4())


def utc_now() -> datetime:
    """Return the time now, in UTC."""
    return datetime.now(timezone.utc)


def content_hash(text: str) -> str:
    """Return the MD5 of the text in hexadecimal: the `hash` of mem0, so that its rows compare with ours."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Bullet:
    """One memory as the store keeps it, without its vector. Times have a time zone, usually UTC."""

    id: str
    text: str
    created_at: datetime
    updated_at: datetime
    user_id: str | None = None
    agent_id: str | None = None
    run_id: str | None = None
    scope: str = ""
    """Never empty: one that is made without a scope is private if it has an owner, and else global."""
    type: KnowledgeType = "knowledge"
    section: Section = "general"
    origin: Origin = "user"
    role: str | None = None
    """The role of the message that it came from (`user`, `assistant`, …), if there was one."""
    actor_id: str | None = None
    """The `name` in that message, beside its role."""
    tags: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    """Programs and libraries that it is about, as they are written ("git", "docker compose")."""
    entities: tuple[str, ...] = ()
    """Other names in it: files, identifiers, services, people."""
    distilled_rule: str | None = None
    """The text as "When …, …, because …", if condition and reason are known."""
    instructivity_score: float | None = None
    """How instructive it is, from 0 to 100; None if it was never scored."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """The caller's own values, returned unchanged."""
    recall_count: int = 0
    last_recalled_at: datetime | None = None
    archived_at: datetime | None = None

    def __post_init__(self) -> None:
        if not self.scope:
            owned = any(getattr(self, name) is not None for name in OWNERS)
            object.__setattr__(self, "scope", PRIVATE if owned else GLOBAL)

    @property
    def hash(self) -> str:
        """See content_hash."""
        return content_hash(self.text)
