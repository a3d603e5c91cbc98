"""What a model answered, checked: only what has the right form and stems from the interaction gets through.

A model may wrap its JSON, use words that we do not know for types and sections, forget fields, be steered by
what it read, or invent. Form is mended where the meaning is clear and otherwise sent back once for repair;
a text that has nothing to do with what was said is dropped.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ...knowledge.bullet import SECTIONS, TYPES, KnowledgeType, Section
from ..options import ReflectorSettings
from .candidate import Candidate, Message, Skipped
from .overlap import clip, content_words, numbers, occurs, shorten_code

__all__ = ["Answer", "BadAnswer", "Item", "parse", "to_candidate"]

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
_UNSAID = 50.0  # the score of an item that names none


class BadAnswer(Exception):
    """The answer has not the form that was asked for; the text tells the model what is wrong."""


class Item(BaseModel):
    """One bullet as the model wrote it, its values brought into range."""

    model_config = ConfigDict(extra="ignore")

    text: str = Field(min_length=1)
    type: KnowledgeType = "knowledge"
    section: Section = "general"
    score: float = _UNSAID
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
            return _UNSAID
        if math.isnan(score):
            return _UNSAID
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


class Answer(BaseModel):
    """All of one answer; a bare list and a single bullet are understood too."""

    bullets: tuple[Item, ...]

    @model_validator(mode="before")
    @classmethod
    def _whole(cls, value: Any) -> Any:
        if isinstance(value, list):
            return {"bullets": value}
        if isinstance(value, dict) and "bullets" not in value and "text" in value:
            return {"bullets": [value]}
        return value


def parse(answer: str) -> Answer:
    """The bullets in a model's answer, which may have thoughts, a code fence or words around its JSON.

    Raises:
        BadAnswer: there is no JSON, or not in the form that was asked for.
    """
    text = answer.rpartition("</think>")[2]
    starts = [at for at in (text.find("{"), text.find("[")) if at >= 0]
    if not starts:
        raise BadAnswer("There is no JSON in it.")
    try:
        value, _ = json.JSONDecoder().raw_decode(text, min(starts))
    except (ValueError, RecursionError) as error:
        raise BadAnswer(f"It is not valid JSON, or was cut off ({str(error)[:80]}).") from None
    try:
        return Answer.model_validate(value)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)[:5]
        lines = (f"{'.'.join(map(str, one['loc'])) or 'the answer'}: {one['msg']}" for one in problems)
        raise BadAnswer("; ".join(lines)) from None


def to_candidate(
    item: Item, asked: Mapping[int, Message], shown: Sequence[Message], settings: ReflectorSettings
) -> Candidate | Skipped:
    """The candidate that an item makes, or why it makes none.

    asked: the messages that the model was asked about, by index; not empty.
    shown: all messages that it saw, which is what an item may stem from.
    """
    source = "\n".join(message.content for message in shown)
    words = content_words(item.text)
    # A model that counts wrongly still tells by its words what it read.
    index = max(asked, key=lambda i: (i == item.message, len(words & content_words(asked[i].content)), i))
    text = clip(shorten_code(item.text, settings.max_code_lines), settings.max_content_length)
    if not words & content_words(source) or not numbers(item.text) <= numbers(source):
        return Skipped(text, "the model's text does not stem from what was said", index)
    if item.score < settings.min_score:
        return Skipped(text, f"the model's score {item.score:.0f} is below {settings.min_score:g}", index)
    rule = clip(item.rule, settings.max_content_length) if item.rule else None
    return Candidate(
        text=text,
        type=item.type,
        section=item.section,
        score=item.score,
        message=index,
        pattern="correction" if _said(item.corrects, source) else "llm",
        tools=tuple(name for name in item.tools if occurs(name, source)),
        entities=tuple(name for name in item.entities if occurs(name, source)),
        tags=tuple(tag.casefold() for tag in item.tags),
        rule=rule if rule and numbers(rule) <= numbers(source) else None,
        corrects=item.corrects if _said(item.corrects, source) else None,
    )


def _said(words: str | None, source: str) -> bool:
    return words is not None and occurs(words, source)


def _known(value: Any, known: Sequence[str], otherwise: str) -> str:
    word = value.strip().casefold() if isinstance(value, str) else ""
    for name in (word, _ALIASES.get(word, ""), word + "s", word.removesuffix("s")):
        if name in known:
            return name
    return otherwise
