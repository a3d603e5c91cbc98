"""Drafts: bullets as an interaction would have them, before the Curator compares them with what is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..knowledge.bullet import GLOBAL, Bullet, Origin, new_id, utc_now
from .reflector import Candidate, Reflection, Skipped

__all__ = ["Draft", "Drafts", "from_reflection", "raw"]

_ORIGINS: dict[str | None, Origin] = {"assistant": "agent", "tool": "tool"}
_MAX_TAGS = 64


@dataclass(frozen=True, slots=True)
class Draft:
    """One bullet to be."""

    bullet: Bullet
    message: int
    corrects: str | None = None
    """See Candidate."""
    raw: bool = False
    """Kept as it was said, so it is merged with nothing but its like."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """What came of one interaction."""

    drafts: tuple[Draft, ...]
    skipped: tuple[Skipped, ...]
    mode: str
    raw_fallback: bool = False
    errors: tuple[str, ...] = ()


def raw(call: Mapping[str, Any]) -> Drafts:
    """Every message as it was said."""
    drafts, skipped = [], []
    for number, message in enumerate(call["messages"]):
        if message["role"] == "system":
            reason = "a system message is an instruction to the model, not knowledge"
            skipped.append(Skipped(message["content"], reason, number))
        else:
            drafts.append(Draft(_bullet(call, number, message["content"].strip()), number, raw=True))
    return Drafts(tuple(drafts), tuple(skipped), "raw")


def from_reflection(reflection: Reflection, call: Mapping[str, Any], redact: Callable[[str], str]) -> Drafts:
    """The Reflector's candidates. A language model's words pass `redact`; the rules' are the caller's own."""
    clean = redact if reflection.mode != "rules" else str
    drafts = tuple(_draft(candidate, call, clean) for candidate in reflection.candidates)
    skipped = tuple(replace(skip, text=clean(skip.text)) for skip in reflection.skipped)
    return Drafts(drafts, skipped, reflection.mode, errors=reflection.errors)


def _draft(candidate: Candidate, call: Mapping[str, Any], clean: Callable[[str], str]) -> Draft:
    tags = dict.fromkeys([*(call["tags"] or ()), *map(clean, candidate.tags)])
    bullet = _bullet(
        call,
        candidate.message,
        clean(candidate.text),
        type=call["type"] or candidate.type,
        section=call["section"] or candidate.section,
        tags=tuple(tags)[:_MAX_TAGS],
        tools=tuple(map(clean, candidate.tools)),
        entities=tuple(map(clean, candidate.entities)),
        distilled_rule=None if candidate.rule is None else clean(candidate.rule),
        instructivity_score=float(candidate.score),
    )
    corrects = None if candidate.corrects is None else clean(candidate.corrects)
    return Draft(bullet, candidate.message, corrects)


def _bullet(call: Mapping[str, Any], message: int, text: str, **fields: Any) -> Bullet:
    said, now = call["messages"][message], utc_now()
    return Bullet(
        id=new_id(),
        text=text,
        created_at=now,
        updated_at=now,
        user_id=call["user_id"],
        agent_id=call["agent_id"],
        run_id=call["run_id"],
        scope=call["scope"] or GLOBAL,
        origin=_ORIGINS.get(said["role"], "user"),
        role=said["role"],
        actor_id=said["name"],
        metadata=call["metadata"] or {},
        **{
            "type": call["type"] or "knowledge",
            "section": call["section"] or "general",
            "tags": tuple(call["tags"] or ()),
            **fields,
        },
    )
