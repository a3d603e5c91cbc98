"""What an interaction would become: bullets that the Curator has not yet compared with what is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypedDict

from ..knowledge.bullet import Bullet, KnowledgeType, Origin, Section, new_id, utc_now
from ..requests import AddRequest
from .reflector import Candidate, Reflection, Skipped

__all__ = ["BulletCandidate", "CandidateSet", "from_reflection", "verbatim"]

_ORIGINS: dict[str | None, Origin] = {"assistant": "agent", "tool": "tool"}
_MAX_TAGS = 64


@dataclass(frozen=True, slots=True)
class BulletCandidate:
    """One bullet that may be added, merged or skipped."""

    bullet: Bullet
    message: int
    """The number of the message that it comes from."""
    corrects: str | None = None
    """See Candidate."""
    raw: bool = False
    """Whether it is kept word for word, so that only an identical bullet is a duplicate."""


@dataclass(frozen=True, slots=True)
class CandidateSet:
    """What came of one interaction."""

    candidates: tuple[BulletCandidate, ...]
    skipped: tuple[Skipped, ...]
    mode: str
    """The Reflector's mode, `raw` or `queued`."""
    raw_fallback: bool = False
    """Whether the text is kept word for word because the Reflector failed."""
    errors: tuple[str, ...] = ()


class _Distilled(TypedDict, total=False):
    """The fields of a bullet that only a distilled one has."""

    tools: tuple[str, ...]
    entities: tuple[str, ...]
    distilled_rule: str | None
    instructivity_score: float


def verbatim(request: AddRequest) -> CandidateSet:
    """Every message word for word; system messages are skipped."""
    candidates, skipped = [], []
    for number, message in enumerate(request.messages):
        content = message["content"]
        if message["role"] == "system":
            reason = "a system message is an instruction to the model, not knowledge"
            skipped.append(Skipped(content, reason, number))
        else:
            bullet = _bullet(
                request,
                number,
                content.strip(),
                request.type or "knowledge",
                request.section or "general",
                tuple(request.tags or ()),
            )
            candidates.append(BulletCandidate(bullet, number, raw=True))
    return CandidateSet(tuple(candidates), tuple(skipped), "raw")


def from_reflection(
    reflection: Reflection, request: AddRequest, redact: Callable[[str], str]
) -> CandidateSet:
    """The Reflector's candidates as bullets.

    What a language model wrote passes `redact`; the rules quote the request, which is redacted already.
    """
    clean = redact if reflection.mode != "rules" else str
    candidates = tuple(_distilled(candidate, request, clean) for candidate in reflection.candidates)
    skipped = tuple(replace(skip, text=clean(skip.text)) for skip in reflection.skipped)
    return CandidateSet(candidates, skipped, reflection.mode, errors=reflection.errors)


def _distilled(candidate: Candidate, request: AddRequest, clean: Callable[[str], str]) -> BulletCandidate:
    tags = dict.fromkeys([*(request.tags or ()), *map(clean, candidate.tags)])
    bullet = _bullet(
        request,
        candidate.message,
        clean(candidate.text),
        request.type or candidate.type,
        request.section or candidate.section,
        tuple(tags)[:_MAX_TAGS],
        {
            "tools": tuple(map(clean, candidate.tools)),
            "entities": tuple(map(clean, candidate.entities)),
            "distilled_rule": None if candidate.rule is None else clean(candidate.rule),
            "instructivity_score": float(candidate.score),
        },
    )
    corrects = None if candidate.corrects is None else clean(candidate.corrects)
    return BulletCandidate(bullet, candidate.message, corrects)


def _bullet(
    request: AddRequest,
    number: int,
    text: str,
    type: KnowledgeType,
    section: Section,
    tags: tuple[str, ...],
    distilled: _Distilled | None = None,
) -> Bullet:
    message, now = request.messages[number], utc_now()
    return Bullet(
        id=new_id(),
        text=text,
        created_at=now,
        updated_at=now,
        user_id=request.user_id,
        agent_id=request.agent_id,
        run_id=request.run_id,
        scope=request.scope or "",
        type=type,
        section=section,
        origin=_ORIGINS.get(message["role"], "user"),
        role=message["role"],
        actor_id=message["name"],
        tags=tags,
        metadata=request.metadata or {},
        **(distilled or {}),
    )
