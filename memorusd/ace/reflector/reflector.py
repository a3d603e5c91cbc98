"""The Reflector: the rules first, and a language model where one is wanted, can be reached and is needed.

    rules.reflect -> which messages to ask about -> one call (and at most one repair) -> both words merged

After any failure on the way the rules' word stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import Protocol

from memorus_proto.errors import LLMError

from ..options import ReflectorSettings
from .answers import BadAnswer, Item, parse
from .candidate import Message, Reflection
from .credentials import find_access
from .llm import Prompt, ask, load
from .question import INSTRUCTIONS, Question, is_weak, repair
from .sentences import parts_of

__all__ = ["Reflector", "Rules", "describe"]


class Rules(Protocol):
    """What distils without a model."""

    def reflect(self, messages: Sequence[Message], settings: ReflectorSettings) -> Reflection:
        """See Reflector.reflect; makes no call, whatever the mode."""
        ...


class Reflector:
    """Distils interactions in the mode that the settings name; safe to share between threads."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def reflect(self, messages: Sequence[Message], settings: ReflectorSettings) -> Reflection:
        """What is worth keeping of an interaction, and what is not.

        `messages` are redacted already, and nothing else is sent. What a model writes is its own: the caller
        redacts candidates (text, rule, tools, entities, tags, corrects) and skipped texts once more before
        they are kept or shown.

        `mode` of the result is the settings', or `rules` where no model could be asked; `errors` then says
        why, save in hybrid mode without a model or a key, which is meant to be the rules. Takes as long as
        the calls do (see llm.ask), so hold no lock. Raises only what the rules raise.
        """
        found = self._rules.reflect(messages, settings)
        if settings.mode == "rules":
            return replace(found, mode="rules")
        asked = _askable(messages) if settings.mode == "llm" else _doubted(found, messages, settings)
        try:
            obstacle = find_access(settings, load if asked else None).obstacle
            if obstacle:
                errors = (obstacle,) if settings.mode == "llm" else ()
                return replace(found, mode="rules", errors=(*found.errors, *errors))
            if not asked:
                return replace(found, mode=settings.mode)
            question = Question([_own(message) for message in messages], asked, found, settings)
            return question.merge(_answer(question.prompt(), settings))
        except LLMError as error:
            failure = str(error)
        except Exception as error:  # its words are not ours, so they may quote anything
            failure = f"{settings.llm_model} could not be asked ({type(error).__name__})"
        return replace(found, mode="rules", errors=(*found.errors, failure))


def describe(settings: ReflectorSettings) -> dict[str, str]:
    """`{"mode": …, "why": …}`: the mode in effect and why it is that one. At once: never imports litellm."""
    if settings.mode == "rules":
        return {"mode": "rules", "why": "as configured"}
    access = find_access(settings)
    if access.obstacle:
        return {"mode": "rules", "why": f"{settings.mode}, but {access.obstacle}"}
    if find_spec("litellm") is None:
        missing = "litellm is not installed; pip install 'memorus[llm]'"
        return {"mode": "rules", "why": f"{settings.mode}, but {missing}"}
    when = "about every interaction" if settings.mode == "llm" else "where the rules doubt"
    unsure = "" if access.sure else "; whether there is a key for it shows at the first call"
    return {"mode": settings.mode, "why": f"{settings.llm_model} is asked {when}{unsure}"}


def _own(message: Message) -> Message:
    """The message without what was recalled from the memory, which must not feed on itself."""
    text = message.content
    for part in parts_of(text):
        if part.kind == "recalled":
            text = text.replace(part.text, "")
    return replace(message, content=text)


def _askable(messages: Sequence[Message]) -> set[int]:
    # The output of a tool is shown where it came right before, but is not what anybody says.
    silent = (*INSTRUCTIONS, "tool", "function")
    return {i for i, m in enumerate(messages) if m.role not in silent and _own(m).content.strip()}


def _doubted(found: Reflection, messages: Sequence[Message], settings: ReflectorSettings) -> set[int]:
    doubted = {*found.doubtful, *(c.message for c in found.candidates if is_weak(c, settings))}
    return doubted & _askable(messages) if doubted else doubted


def _answer(prompt: Prompt, settings: ReflectorSettings) -> Sequence[Item]:
    """The model's bullets, after one repair if need be. Raises LLMError."""
    answer = ask(prompt, settings, retries=settings.llm_retries)
    try:
        return parse(answer).bullets
    except BadAnswer as bad:
        again = repair(prompt, answer, str(bad))
    try:
        return parse(ask(again, settings, retries=0)).bullets
    except BadAnswer:
        raise LLMError(
            f"{settings.llm_model} twice gave no answer in the form that was asked for; "
            "a larger model or a larger llm_max_tokens may do better"
        ) from None
