"""What goes into a Reflector and what comes out: messages, candidates, and what was skipped."""

from __future__ import annotations

from dataclasses import dataclass

from ...knowledge.bullet import KnowledgeType, Section

__all__ = ["Candidate", "Message", "Reflection", "Skipped"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of an interaction, redacted. `role` is None for a bare text that the caller wants kept."""

    role: str | None
    content: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One distilled, self-contained piece of knowledge, before the Curator compares it with what is known."""

    text: str
    type: KnowledgeType
    section: Section
    score: float
    """Instructivity, 0 to 100."""
    message: int
    """Index of the message that it comes from; of several, the last."""
    pattern: str
    """The kind of statement that was recognised: norm, correction, request, error_fix, fact, …"""
    tools: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rule: str | None = None
    """The same as "When …, …, because …", if the text names condition and reason."""
    corrects: str | None = None
    """For a correction: the words that it rejects ("npm"), empty if it names none. Otherwise None."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A message, or a part of one, that is not worth keeping, and the reason."""

    text: str
    reason: str
    message: int


@dataclass(frozen=True, slots=True)
class Reflection:
    """The result of reflecting on one interaction."""

    candidates: tuple[Candidate, ...]
    skipped: tuple[Skipped, ...]
    mode: str
    """How it was made: rules, llm or hybrid; `rules` if a model was wanted and failed."""
    doubtful: tuple[int, ...] = ()
    """Indices of messages that the rules cannot judge and a model may be asked about."""
    errors: tuple[str, ...] = ()
    """What failed, without quoting the interaction."""
