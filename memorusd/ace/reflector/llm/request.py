"""One request to a language model: what is sent, and how the answer replaces the candidates of the rules.

The requested messages are sent with the message before each of them, as one JSON document, so that no text in
them can end its own quotation. Where the model saw a whole message, its answer replaces the candidates of the
rules; everywhere else those stand.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from ...options import ReflectorSettings
from ..near_duplicates import merge_near_duplicates
from ..reflection import Candidate, Message, Reflection, Skipped
from .client import Prompt
from .response import ModelBullet, to_candidate

__all__ = ["INSTRUCTION_ROLES", "MAX_CHARACTERS", "ModelRequest", "is_weak", "repair_prompt"]

INSTRUCTION_ROLES = ("system", "developer")
"""Roles whose messages instruct a model. They are not knowledge and are not sent."""

MAX_CHARACTERS = 24_000
"""Characters of requested messages in one call, about 6,000 tokens of English. The end of the interaction is
sent, because the outcome is there."""

_CONTEXT = 2_000  # characters of the message before a requested one
_SHOWN_AGAIN = 8_000  # characters of a malformed response that are sent back for repair
_WEAK_MARGIN = 15.0  # points above min_score within which the rules are unsure


def is_weak(candidate: Candidate, settings: ReflectorSettings) -> bool:
    """Whether the score is so close to `min_score` that a model may overrule the rules."""
    return candidate.score < settings.min_score + _WEAK_MARGIN


class ModelRequest:
    """One call about the messages whose indices are `requested`.

    messages: the whole interaction, redacted.
    by_rules: what the rules made of it.

    Only the last MAX_CHARACTERS of a long interaction are sent; the model is told how many are missing.
    """

    def __init__(
        self,
        messages: Sequence[Message],
        requested: Collection[int],
        by_rules: Reflection,
        settings: ReflectorSettings,
    ) -> None:
        self._messages = messages
        self._by_rules = by_rules
        self._settings = settings
        self._hybrid = settings.mode == "hybrid"
        texts = _last_characters(messages, requested)
        self._omitted = sum(len(messages[i].content) for i in requested) - sum(map(len, texts.values()))
        self._requested = {i: replace(messages[i], content=text) for i, text in texts.items()}
        self._sent = {**_context(messages, texts), **self._requested}
        whole = {i for i, text in texts.items() if text == messages[i].content}
        self._replaceable = [
            c
            for c in by_rules.candidates
            if c.message in whole and (not self._hybrid or is_weak(c, settings))
        ]
        self._kept = [c for c in by_rules.candidates if c not in self._replaceable]
        self._truncated = sorted(set(requested) - whole)

    def prompt(self) -> Prompt:
        """The messages of the call: the instructions, the interaction, and the hints of the rules."""
        settings = self._settings
        document: dict[str, Any] = {
            "messages": [
                {"index": i, "role": sent.role or "note", "ask": i in self._requested, "text": sent.content}
                for i, sent in sorted(self._sent.items())
            ]
        }
        if self._omitted:
            document["omitted_characters"] = self._omitted
        if self._hybrid:
            document["hints"] = [
                {"message": c.message, "text": c.text, "type": c.type, "kept": c in self._kept}
                for c in self._by_rules.candidates
                if c.message in self._requested
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
                "content": _template("document").substitute(
                    document=json.dumps(document, ensure_ascii=False, indent=1)
                ),
            },
        ]

    def merge_response(self, bullets: Sequence[ModelBullet]) -> Reflection:
        """The model's bullets, checked against what was sent, in place of the candidates they replace."""
        candidates: list[Candidate] = []
        refused: list[Skipped] = []
        for bullet in bullets:
            result = to_candidate(bullet, self._requested, list(self._sent.values()), self._settings)
            if isinstance(result, Skipped):
                refused.append(result)
            else:
                candidates.append(self._as_correction(result))
        answered = {c.message for c in candidates}
        for hint in self._replaceable:
            if hint.message in answered:
                continue
            # What a caller hands over to be kept is kept; a model may only improve its wording.
            if self._hybrid and self._messages[hint.message].role is None:
                candidates.append(hint)
            else:
                refused.append(Skipped(hint.text, "the model found it not worth keeping", hint.message))
        overruled = answered & (set(self._by_rules.doubtful) if self._hybrid else set(self._requested))
        skipped = [s for s in self._by_rules.skipped if s.message not in overruled]
        merged = merge_near_duplicates([*self._kept, *candidates])
        return Reflection(
            candidates=tuple(sorted(merged, key=lambda c: c.message)),
            skipped=tuple(sorted([*skipped, *refused, *self._not_sent()], key=lambda s: s.message)),
            mode=self._settings.mode,
            doubtful=tuple(i for i in self._by_rules.doubtful if i not in self._requested),
            errors=self._by_rules.errors,
        )

    def _as_correction(self, candidate: Candidate) -> Candidate:
        """`candidate`, as a correction if the rules saw one and the model did not say what it corrects."""
        for hint in self._replaceable:
            if hint.message == candidate.message and hint.corrects is not None and candidate.corrects is None:
                return replace(candidate, pattern=hint.pattern, corrects=hint.corrects)
        return candidate

    def _not_sent(self) -> list[Skipped]:
        if self._hybrid:
            return []
        reason = f"only {MAX_CHARACTERS} characters fit in one call; the rules alone read the rest"
        return [Skipped(self._messages[i].content[:80], reason, i) for i in self._truncated]


def repair_prompt(prompt: Prompt, answer: str, problem: str) -> Prompt:
    """The same call again, with the malformed answer and what is wrong with it."""
    return [
        *prompt,
        {"role": "assistant", "content": answer[:_SHOWN_AGAIN] or "(nothing)"},
        {"role": "user", "content": _template("repair").substitute(problem=problem)},
    ]


def _last_characters(messages: Sequence[Message], requested: Collection[int]) -> dict[int, str]:
    """The texts of the last requested messages that fit; the first of them may lack its beginning."""
    room = MAX_CHARACTERS
    texts: dict[int, str] = {}
    for i in sorted(requested, reverse=True):
        if room > 0:
            texts[i] = messages[i].content[-room:]
            room -= len(texts[i])
    return texts


def _context(messages: Sequence[Message], requested: Collection[int]) -> dict[int, Message]:
    """The end of the message before each requested one: "yes, that one" says nothing alone."""
    return {
        i - 1: replace(messages[i - 1], content=messages[i - 1].content[-_CONTEXT:])
        for i in requested
        if i > 0 and messages[i - 1].role not in INSTRUCTION_ROLES and messages[i - 1].content.strip()
    }


@cache
def _template(name: str) -> Template:
    return Template((files(__package__) / "prompts" / f"{name}.md").read_text(encoding="utf-8"))
