"""What goes into a Reflector and what comes out: messages, candidates, and what was passed over."""

from __future__ import annotations

from dataclasses import dataclass

from ...knowledge.bullet import KnowledgeType, Section

__all__ = ["Candidate", "Message", "Reflection", "Skipped"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of an interaction, redacted. `role` is None for a bare text given to be kept."""

    role: str | None
    content: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One distilled, self-contained piece of knowledge, before it meets what is known."""

    text: str
    type: KnowledgeType
    section: Section
    score: float
    """Instructivity, 0 to 100."""
    message: int
    """Which message it comes from (where several do: the last)."""
    pattern: str
    """What was recognised: norm, correction, request, error_fix, fact, …"""
    tools: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rule: str | None = None
    """The same as "When …, …, because …", where the text says so."""
    corrects: str | None = None
    """For a correction: the words it puts aside ("npm"), empty where they are not named; else None."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A message, or a part of one, that is not worth keeping, and why."""

    text: str
    reason: str
    message: int


@dataclass(frozen=True, slots=True)
class Reflection:
    """What came of an interaction."""

    candidates: tuple[Candidate, ...]
    skipped: tuple[Skipped, ...]
    mode: str
    """How it was made: rules, llm or hybrid; `rules` where a model was wanted and failed."""
    doubtful: tuple[int, ...] = ()
    """Messages that the rules cannot judge and a model may be asked about."""
    errors: tuple[str, ...] = ()
    """What failed on the way, without a word of the interaction."""
