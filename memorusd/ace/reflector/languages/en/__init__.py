"""English: how people state rules, wishes, facts, decisions and warnings, and what is noise."""

from __future__ import annotations

import re

from ...match import Match
from ...word_sets import words_of
from .fact_rules import fact_pattern
from .lexicon import VERBS, straight
from .mixed_sentences import after_reply, before_question
from .norm_rules import ALARM, OUTWEIGHED, WARNING, has_purpose, is_one_off, rule_pattern, states_fix
from .statement import is_command_line, is_contrast, is_statement
from .technical import has_specifics, is_about_own_work, is_technical
from .unmarked_facts import is_unmarked_fact
from .wording import (
    after_announcement,
    conclusion,
    rule_clause,
    wish_to_agent,
    without_filler,
)

__all__ = [
    "OUTWEIGHED",
    "after_announcement",
    "after_reply",
    "before_question",
    "conclusion",
    "detect",
    "has_purpose",
    "has_signal_words",
    "has_specifics",
    "is_about_own_work",
    "is_command_line",
    "is_contrast",
    "is_one_off",
    "is_statement",
    "is_technical",
    "rule_clause",
    "states_fix",
    "wish_to_agent",
    "without_filler",
]

_HEDGE = re.compile(
    r"\b(?:maybe|perhaps|i think|i guess|i suppose|probably|might|not sure|i believe|seems?|kind of"
    r"|sort of|possibly|i feel like|we could|could be)\b"
)
_SIGNAL = re.compile(
    r"\b(?:because|instead|should|prefer|always|never|actually|wrong|fixed|solved|decided|turns out"
    r"|workaround|convention|the trick|root cause|default|configured|deprecated|require[sd]?|important"
    r"|rule|policy|deadline|we use|we need)\b"
)


def detect(text: str, role: str | None) -> Match | None:
    """The strongest pattern of a sentence, or None. `role` is None for a bare text."""
    announced = after_announcement(text)
    body = without_filler(announced or without_filler(text))
    again = after_announcement(body)
    if again:
        announced, body = again, without_filler(again)
    lowered = straight(body)
    words = words_of(lowered)
    if len(words) > 3 and (
        ALARM.match(text.lower())
        or (announced is not None and WARNING.search(lowered) and words[0] not in VERBS)
    ):
        return Match("pitfall", body) if role != "assistant" or is_about_own_work(body, "pitfall") else None
    if announced is not None and len(words) >= 2:
        return Match("request", body) if role != "assistant" or is_about_own_work(body, "request") else None
    if len(words) < 2:
        return None
    pattern = rule_pattern(body, lowered, words, role) or fact_pattern(body, lowered, words, role)
    if pattern is None and role == "user" and is_unmarked_fact(body, lowered, words):
        pattern = "fact"
    if pattern is None or (role == "assistant" and not is_about_own_work(body, pattern)):
        return None
    if (
        role is not None
        and _HEDGE.search(lowered)
        and pattern not in ("preference", "personal", "decision", "correction")
    ):
        return Match(pattern, body, weak=True)
    return Match(pattern, body)


def has_signal_words(text: str) -> bool:
    """Whether the words hint at knowledge although no pattern matches."""
    return bool(_SIGNAL.search(text.lower()))
