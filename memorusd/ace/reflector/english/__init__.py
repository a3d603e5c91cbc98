"""Patterns of English: how people state rules, wishes, facts, decisions and warnings."""

from __future__ import annotations

import re

from ..lexicon import VERBS, straight, words_of
from ..match import Match
from .declares import declares
from .facts import fact_in
from .norms import ALARM, OUTWEIGHED, WARNING, has_purpose, one_off, rule_in, tells_fix
from .passing import before_question, behind_reply
from .statement import is_command_line, is_contrast, is_statement
from .technical import anchored, has_specifics, is_technical
from .wording import SUCCESS, announced, asked_of_agent, cleaned, conclusion, rule_clause

__all__ = [
    "OUTWEIGHED",
    "SUCCESS",
    "anchored",
    "announced",
    "asked_of_agent",
    "before_question",
    "behind_reply",
    "cleaned",
    "conclusion",
    "detect",
    "has_purpose",
    "has_specifics",
    "is_command_line",
    "is_contrast",
    "is_statement",
    "is_technical",
    "one_off",
    "rule_clause",
    "signals",
    "tells_fix",
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
    """The strongest pattern of a sentence, or None. `role` is None for a text to be kept."""
    told = announced(text)
    body = cleaned(told or cleaned(text))
    again = announced(body)
    if again:
        told, body = again, cleaned(again)
    lowered = straight(body)
    words = words_of(lowered)
    if len(words) > 3 and (
        ALARM.match(text.lower()) or (told is not None and WARNING.search(lowered) and words[0] not in VERBS)
    ):
        return Match("pitfall", body) if role != "assistant" or anchored(body, "pitfall") else None
    if told is not None and len(words) >= 2:
        return Match("request", body) if role != "assistant" or anchored(body, "request") else None
    if len(words) < 2:
        return None
    found = rule_in(body, lowered, words, role) or fact_in(body, lowered, words, role)
    if found is None and role == "user" and declares(body, lowered, words):
        found = "fact"
    if found is None or (role == "assistant" and not anchored(body, found)):
        return None
    if (
        role is not None
        and _HEDGE.search(lowered)
        and found not in ("preference", "personal", "decision", "correction")
    ):
        return Match(found, body, weak=True)
    return Match(found, body)


def signals(text: str) -> bool:
    """Whether the words hint at knowledge though no pattern holds."""
    return bool(_SIGNAL.search(text.lower()))
