"""The Reflector: runs the rules first, then a language model if one is configured, reachable and needed.

    rules → which messages to ask about → one call (and at most one repair) → both results merged

After any failure of the model, the result of the rules stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import Protocol

from memorus_proto.errors import LLMError

from ..options import ReflectorSettings
from .llm.client import Prompt, ask_model, load_litellm
from .llm.credentials import find_access
from .llm.request import INSTRUCTION_ROLES, ModelRequest, is_weak, repair_prompt
from .llm.response import MalformedResponse, ModelBullet, parse_response
from .reflection import Message, Reflection
from .segments import segments_of

__all__ = ["Reflector", "Rules", "describe"]


class Rules(Protocol):
    """Distils without a model."""

    def reflect(self, messages: Sequence[Message], settings: ReflectorSettings) -> Reflection:
        """See Reflector.reflect; makes no call, whatever the mode."""
        ...


class Reflector:
    """Distils interactions in the mode that the settings name. Safe to share between threads."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def reflect(self, messages: Sequence[Message], settings: ReflectorSettings) -> Reflection:
        """What is worth keeping of an interaction, and what is not.

        `messages` are redacted already, and nothing else is sent to a model. A model may write anything, so
        the caller redacts candidates (text, rule, tools, entities, tags, corrects) and skipped texts again
        before they are kept or shown.

        `mode` of the result is the mode of the settings, or `rules` if no model could be asked; `errors` then
        says why, except in hybrid mode without a model or a key, which is meant to run on rules alone. Takes
        as long as the calls do (see `ask_model`), so hold no lock. Raises only what the rules raise.
        """
        by_rules = self._rules.reflect(messages, settings)
        if settings.mode == "rules":
            return replace(by_rules, mode="rules")
        requested = _askable(messages) if settings.mode == "llm" else _doubtful(by_rules, messages, settings)
        try:
            obstacle = find_access(settings, load_litellm if requested else None).obstacle
            if obstacle:
                errors = (obstacle,) if settings.mode == "llm" else ()
                return replace(by_rules, mode="rules", errors=(*by_rules.errors, *errors))
            if not requested:
                return replace(by_rules, mode=settings.mode)
            own = [_without_recalled(message) for message in messages]
            request = ModelRequest(own, requested, by_rules, settings)
            return request.merge_response(_bullets(request.prompt(), settings))
        except LLMError as error:
            failure = str(error)
        except Exception as error:  # its message may quote anything, so only its type is shown
            failure = f"{settings.llm_model} could not be asked ({type(error).__name__})"
        return replace(by_rules, mode="rules", errors=(*by_rules.errors, failure))


def describe(settings: ReflectorSettings) -> dict[str, str]:
    """`{"mode": …, "why": …}`: the mode in effect and the reason for it. Fast: never imports litellm."""
    if settings.mode == "rules":
        return {"mode": "rules", "why": "as configured"}
    access = find_access(settings)
    if access.obstacle:
        return {"mode": "rules", "why": f"{settings.mode}, but {access.obstacle}"}
    if find_spec("litellm") is None:
        missing = "litellm is not installed; pip install 'memorus[llm]'"
        return {"mode": "rules", "why": f"{settings.mode}, but {missing}"}
    when = "about every interaction" if settings.mode == "llm" else "when the rules are in doubt"
    unsure = "" if access.sure else "; whether there is a key for it shows at the first call"
    return {"mode": settings.mode, "why": f"{settings.llm_model} is asked {when}{unsure}"}


def _without_recalled(message: Message) -> Message:
    """The message without what was recalled from the memory, which must not feed on itself."""
    text = message.content
    for segment in segments_of(text):
        if segment.kind == "recalled":
            text = text.replace(segment.text, "")
    return replace(message, content=text)


def _askable(messages: Sequence[Message]) -> set[int]:
    # A tool's output is sent as context of the message after it, but nobody said it.
    excluded = (*INSTRUCTION_ROLES, "tool", "function")
    return {
        i
        for i, message in enumerate(messages)
        if message.role not in excluded and _without_recalled(message).content.strip()
    }


def _doubtful(by_rules: Reflection, messages: Sequence[Message], settings: ReflectorSettings) -> set[int]:
    """The messages that the rules could not judge, or judged with little confidence."""
    doubtful = {*by_rules.doubtful, *(c.message for c in by_rules.candidates if is_weak(c, settings))}
    return doubtful & _askable(messages) if doubtful else doubtful


def _bullets(prompt: Prompt, settings: ReflectorSettings) -> Sequence[ModelBullet]:
    """The model's bullets, after one repair if necessary. Raises LLMError."""
    answer = ask_model(prompt, settings, retries=settings.llm_retries)
    try:
        return parse_response(answer).bullets
    except MalformedResponse as malformed:
        repair = repair_prompt(prompt, answer, str(malformed))
    try:
        return parse_response(ask_model(repair, settings, retries=0)).bullets
    except MalformedResponse:
        raise LLMError(
            f"{settings.llm_model} answered twice without the requested form",
            remedy="try a larger model or a larger llm_max_tokens",
        ) from None
