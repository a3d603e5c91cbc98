"""Instructivity: how much a sentence teaches a later reader, 0 to 100.

The pattern sets the base. What makes a sentence usable (names, reason, condition) adds to it; what makes it
doubtful (hedges, vague words, a pronoun without a noun, words of the moment) subtracts from it.
"""

from __future__ import annotations

import re

from ...text.han_patterns import HanPattern
from .languages.en import has_specifics
from .languages.en.moment import is_momentary
from .languages.zh import fragments as zh

__all__ = ["instructivity"]

_BASE = {
    "request": 72, "correction": 72, "error_fix": 74, "retry": 66, "norm": 66, "decision": 62, "pitfall": 62,
    "preference": 62, "tool": 62, "personal": 60, "fact": 58, "statement": 44,
}  # fmt: skip
_REASON = HanPattern(
    r"\b(?:because|since|so that|otherwise|due to|as it|to avoid|to prevent)\b"
    rf"|{zh.REASON}"
    r"|weil|porque|parce que",
    re.I,
)
_CONDITION = HanPattern(
    r"\b(?:when|whenever|if|unless|before|after|for each|every time)\b"
    rf"|{zh.CONDITION}"
    r"|wenn|cuando|quand",
    re.I,
)
_HEDGE = HanPattern(
    r"\b(?:maybe|perhaps|i think|i guess|probably|might|not sure|possibly|kind of|sort of)\b"
    rf"|{zh.HEDGE}",
    re.I,
)
_VAGUE = re.compile(r"\b(?:stuff|things?|something|somehow|whatever|some ?where|someone)\b", re.I)
_PRONOUN = re.compile(
    r"^(?:it|this|that|these|those|they|he|she|there)\b(?! (?:repo|project|file|service|codebase"
    r"|package|module|team))",
    re.I,
)


def instructivity(text: str, pattern: str) -> float:
    """The score of a distilled text, 0 to 100."""
    value = _BASE.get(pattern, 40)
    value += 10 * bool(_REASON.search(text)) + 5 * bool(_CONDITION.search(text)) + 10 * has_specifics(text)
    value -= 14 * bool(_HEDGE.search(text)) + 8 * bool(_VAGUE.search(text)) + 12 * bool(_PRONOUN.match(text))
    value -= 10 * (pattern in ("fact", "statement") and is_momentary(text))
    return float(max(0, min(100, value)))
