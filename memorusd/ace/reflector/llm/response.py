"""Parses a model's response and checks it: only well-formed bullets that stem from the interaction pass.

A model may wrap its JSON in prose, use unknown words for types and sections, forget fields, follow
instructions in what it read, or invent things. A clear mistake in the form is corrected here; any other is
sent back once for repair. A text that shares nothing with what was said is dropped.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ....knowledge.bullet import SECTIONS, TYPES, KnowledgeType, Section
from ...options import ReflectorSettings
from ..reflection import Candidate, Message, Skipped
from .grounding import clip, content_words, numbers, occurs, shorten_code

__all__ = ["MalformedResponse", "ModelBullet", "ModelResponse", "parse_response", "to_candidate"]

_ALIASES: Mapping[str, str] = {
    "fact": "knowledge",
    "info": "knowledge",
    "decision": "knowledge",
    "howto": "method",
    "procedure": "method",
    "rule": "method",
    "norm": "method",
    "tip": "trick",
    "shortcut": "trick",
    "error": "pitfall",
    "warning": "pitfall",
    "bug": "pitfall",
    "correction": "preference",
    "command": "commands",
    "tool": "tools",
    "pattern": "patterns",
    "preference": "preferences",
    "debug": "debugging",
    "testing": "workflow",
    "process": "workflow",
    "design": "architecture",
    "config": "tools",
    "configuration": "tools",
}
_DEFAULT_SCORE = 50.0  # of a bullet that names no score


class MalformedResponse(Exception):
    """The response does not have the requested form. The text tells the model what is wrong."""


class ModelBullet(BaseModel):
    """One bullet as the model wrote it, with its values brought into range."""

    model_config = ConfigDict(extra="ignore")

    text: str = Field(min_length=1)
    type: KnowledgeType = "knowledge"
    section: Section = "general"
    score: float = _DEFAULT_SCORE
    tools: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rule: str | None = None
    corrects: str | None = None
    message: int | None = None

    @field_validator("text", mode="before")
    @classmethod
    def _strip(cls, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value

    @field_validator("type", mode="before")
    @classmethod
    def _known_type(cls, value: Any) -> str:
        return _known(value, TYPES, "knowledge")

    @field_validator("section", mode="before")
    @classmethod
    def _known_section(cls, value: Any) -> str:
        return _known(value, SECTIONS, "general")

    @field_validator("score", mode="before")
    @classmethod
    def _in_range(cls, value: Any) -> float:
        try:
            score = float(value)
        except (TypeError, ValueError):
            return _DEFAULT_SCORE
        if math.isnan(score):
            return _DEFAULT_SCORE
        return min(100.0, max(0.0, score * 100 if 0 < score < 1 else score))

    @field_validator("tools", "entities", "tags", mode="before")
    @classmethod
    def _as_texts(cls, value: Any) -> tuple[str, ...]:
        parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
        texts = (part.strip() for part in parts if isinstance(part, str))
        return tuple(dict.fromkeys(text for text in texts if 0 < len(text) <= 60))[:10]

    @field_validator("rule", "corrects", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> str | None:
        return (value.strip() or None) if isinstance(value, str) else None

    @field_validator("message", mode="before")
    @classmethod
    def _as_index(cls, value: Any) -> int | None:
        try:
            return int(value)
        except (TypeError, ValueError, OverflowError):
            return None


class ModelResponse(BaseModel):
    """A whole response. A bare list and a single bullet are accepted too."""

    bullets: tuple[ModelBullet, ...]

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, value: Any) -> Any:
        if isinstance(value, list):
            return {"bullets": value}
        if isinstance(value, dict) and "bullets" not in value and "text" in value:
            return {"bullets": [value]}
        return value


def parse_response(answer: str) -> ModelResponse:
    """The bullets in a model's answer, which may have reasoning, a code fence or prose around its JSON.

    Raises:
        MalformedResponse: there is no JSON, or it does not have the requested form.
    """
    text = answer.rpartition("</think>")[2]
    starts = [at for at in (text.find("{"), text.find("[")) if at >= 0]
    if not starts:
        raise MalformedResponse("There is no JSON in it.")
    try:
        value, _ = json.JSONDecoder().raw_decode(text, min(starts))
    except (ValueError, RecursionError) as error:
        raise MalformedResponse(f"It is not valid JSON, or was cut off ({str(error)[:80]}).") from None
    try:
        return ModelResponse.model_validate(value)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)[:5]
        lines = (f"{'.'.join(map(str, one['loc'])) or 'the answer'}: {one['msg']}" for one in problems)
        raise MalformedResponse("; ".join(lines)) from None


def to_candidate(
    bullet: ModelBullet,
    requested: Mapping[int, Message],
    sent: Sequence[Message],
    settings: ReflectorSettings,
) -> Candidate | Skipped:
    """The candidate that a bullet makes, or why it makes none.

    requested: the messages that the model was asked about, by index; not empty.
    sent: all messages that the model saw; a bullet may stem from any of them.
    """
    source = "\n".join(message.content for message in sent)
    words = content_words(bullet.text)
    # A model that gives the wrong index still shows by its words which message it read.
    index = max(
        requested, key=lambda i: (i == bullet.message, len(words & content_words(requested[i].content)), i)
    )
    text = clip(shorten_code(bullet.text, settings.max_code_lines), settings.max_content_length)
    if not words & content_words(source) or not numbers(bullet.text) <= numbers(source):
        return Skipped(text, "the model's text does not stem from what was said", index)
    if bullet.score < settings.min_score:
        return Skipped(text, f"the model's score {bullet.score:.0f} is below {settings.min_score:g}", index)
    rule = clip(bullet.rule, settings.max_content_length) if bullet.rule else None
    corrects = bullet.corrects if bullet.corrects is not None and occurs(bullet.corrects, source) else None
    return Candidate(
        text=text,
        type=bullet.type,
        section=bullet.section,
        score=bullet.score,
        message=index,
        pattern="llm" if corrects is None else "correction",
        tools=tuple(name for name in bullet.tools if occurs(name, source)),
        entities=tuple(name for name in bullet.entities if occurs(name, source)),
        tags=tuple(tag.casefold() for tag in bullet.tags),
        rule=rule if rule and numbers(rule) <= numbers(source) else None,
        corrects=corrects,
    )


def _known(value: Any, known: Sequence[str], otherwise: str) -> str:
    word = value.strip().casefold() if isinstance(value, str) else ""
    for name in (word, _ALIASES.get(word, ""), word + "s", word.removesuffix("s")):
        if name in known:
            return name
    return otherwise
