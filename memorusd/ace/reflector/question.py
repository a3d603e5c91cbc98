"""What one call to a model is about, and how its answer and the rules' word go together.

The messages that are asked about are sent with what came right before them, as one JSON document, so that
nothing in them can end its own quotation. About a message that the model saw whole its word replaces the
rules'; everywhere else the rules' word stands.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from ..options import ReflectorSettings
from .answers import Item, to_candidate
from .candidate import Candidate, Message, Reflection, Skipped
from .llm import Prompt
from .merge import merge

__all__ = ["INSTRUCTIONS", "MAX_CHARACTERS", "Question", "is_weak", "repair"]

INSTRUCTIONS = ("system", "developer")
"""Roles whose messages are instructions to a model: not knowledge, and not sent."""

MAX_CHARACTERS = 24_000
"""What is asked about in one call, at most (about 6,000 tokens of English): the end, where the outcome is."""

_CONTEXT = 2_000  # characters of the message before one that is asked about
_BROKEN = 8_000  # characters of a bad answer that the model is shown again
_NEAR = 15.0  # points above min_score within which the rules are not sure


def is_weak(candidate: Candidate, settings: ReflectorSettings) -> bool:
    """Whether the rules matched with so little confidence that a model may overrule them."""
    return candidate.score < settings.min_score + _NEAR


class Question:
    """One call about the messages whose indices are `asked`.

    messages: the whole interaction, redacted. found: what the rules made of it. Of a long interaction only
    the last MAX_CHARACTERS are asked about, and the model is told how much is missing.
    """

    def __init__(
        self,
        messages: Sequence[Message],
        asked: Collection[int],
        found: Reflection,
        settings: ReflectorSettings,
    ) -> None:
        self._messages = messages
        self._found = found
        self._settings = settings
        self._by_rules = settings.mode == "hybrid"
        texts = _last(messages, asked)
        self._omitted = sum(len(messages[i].content) for i in asked) - sum(map(len, texts.values()))
        self._asked = {i: replace(messages[i], content=text) for i, text in texts.items()}
        self._shown = {**_before(messages, texts), **self._asked}
        whole = {i for i, text in texts.items() if text == messages[i].content}
        self._open = [
            c for c in found.candidates if c.message in whole and (not self._by_rules or is_weak(c, settings))
        ]
        self._kept = [c for c in found.candidates if c not in self._open]
        self._cut = sorted(set(asked) - whole)

    def prompt(self) -> Prompt:
        """The call's messages: the instructions, the interaction and the rules' hints; nothing else."""
        settings = self._settings
        document: dict[str, Any] = {
            "messages": [
                {"index": i, "role": shown.role or "note", "ask": i in self._asked, "text": shown.content}
                for i, shown in sorted(self._shown.items())
            ]
        }
        if self._omitted:
            document["omitted_characters"] = self._omitted
        if self._by_rules:
            document["hints"] = [
                {"message": c.message, "text": c.text, "type": c.type, "kept": c in self._kept}
                for c in self._found.candidates
                if c.message in self._asked
            ]
        return [
            {
                "role": "system",
                "content": _template("distil").substitute(
                    max_length=settings.max_content_length, max_code_lines=settings.max_code_lines
                ),
            },
            {
                "role": "user",
                "content": _template("question").substitute(
                    document=json.dumps(document, ensure_ascii=False, indent=1)
                ),
            },
        ]

    def merge(self, items: Sequence[Item]) -> Reflection:
        """The model's answer, held to what it was shown, in the place of what it replaces."""
        candidates: list[Candidate] = []
        refused: list[Skipped] = []
        for item in items:
            made = to_candidate(item, self._asked, list(self._shown.values()), self._settings)
            if isinstance(made, Skipped):
                refused.append(made)
            else:
                candidates.append(self._as_correction(made))
        answered = {c.message for c in candidates}
        for hint in self._open:
            if hint.message in answered:
                continue
            # What a caller hands over to be kept is kept; a model may only put it better.
            if self._by_rules and self._messages[hint.message].role is None:
                candidates.append(hint)
            else:
                refused.append(Skipped(hint.text, "the model found it not worth keeping", hint.message))
        overruled = answered & (set(self._found.doubtful) if self._by_rules else set(self._asked))
        skipped = [s for s in self._found.skipped if s.message not in overruled]
        return Reflection(
            candidates=tuple(sorted(merge([*self._kept, *candidates]), key=lambda c: c.message)),
            skipped=tuple(sorted([*skipped, *refused, *self._unread()], key=lambda s: s.message)),
            mode=self._settings.mode,
            doubtful=tuple(i for i in self._found.doubtful if i not in self._asked),
            errors=self._found.errors,
        )

    def _as_correction(self, made: Candidate) -> Candidate:
        """`made`, a correction too where the rules saw one and the model does not say what it puts aside."""
        for hint in self._open:
            if hint.message == made.message and hint.corrects is not None and made.corrects is None:
                return replace(made, pattern=hint.pattern, corrects=hint.corrects)
        return made

    def _unread(self) -> list[Skipped]:
        reason = f"only {MAX_CHARACTERS} characters fit in one call; about the rest the rules' word stands"
        return (
            [] if self._by_rules else [Skipped(self._messages[i].content[:80], reason, i) for i in self._cut]
        )


def repair(prompt: Prompt, answer: str, problem: str) -> Prompt:
    """The same call once more, with the answer that cannot be used and what is wrong with it."""
    return [
        *prompt,
        {"role": "assistant", "content": answer[:_BROKEN] or "(nothing)"},
        {"role": "user", "content": _template("repair").substitute(problem=problem)},
    ]


def _last(messages: Sequence[Message], asked: Collection[int]) -> dict[int, str]:
    """The asked messages' texts as far as they fit, from the end; the earliest may lack its beginning."""
    room = MAX_CHARACTERS
    texts: dict[int, str] = {}
    for i in sorted(asked, reverse=True):
        if room > 0:
            texts[i] = messages[i].content[-room:]
            room -= len(texts[i])
    return texts


def _before(messages: Sequence[Message], asked: Collection[int]) -> dict[int, Message]:
    """The end of what came right before each: "yes, that one" says nothing alone."""
    return {
        i - 1: replace(messages[i - 1], content=messages[i - 1].content[-_CONTEXT:])
        for i in asked
        if i > 0 and messages[i - 1].role not in INSTRUCTIONS and messages[i - 1].content.strip()
    }


@cache
def _template(name: str) -> Template:
    return Template((files(__package__) / "prompts" / f"{name}.md").read_text(encoding="utf-8"))
