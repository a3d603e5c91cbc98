"""The knowledge type of an English text: method, trick, pitfall, preference or knowledge."""

from __future__ import annotations

import re

from .....knowledge.bullet import KnowledgeType
from ...word_sets import words_of
from .lexicon import VERBS, straight

__all__ = ["STYLE", "type_of"]

_NEGATIVE = re.compile(
    r"^(?:(?:please|and|but|also|in \w+|on \w+|for \w+|when[^,]{1,60}|if[^,]{1,60}),? )*(?:never|don't"
    r"|do not|avoid|refrain|no|stay away|steer clear|not)\b"
    r"|\b(?:must not|mustn't|should never|must never|should not|shouldn't|may not|cannot be|can't be"
    r"|not allowed|forbidden|prohibited|off[- ]limits|is banned|are banned|never|don't|do not)\b"
)
_WE_NOT = re.compile(r"\b(?:we|i|they|he|she|it|you|that|who|which) (?:don't|do not|never)\b")
STYLE = re.compile(
    r"\b(?:answers?|repl(?:y|ies)|respond|responses?|explanations?|explain|summar(?:y|ies|ize)|tone"
    r"|verbose|concise|emojis?|talk to me|address me|call me|your (?:answers?|messages?|code)|jokes"
    r"|bullet points|step by step|language)\b"
)
_CHOICE = re.compile(
    r"\buse (?!of)[\w@./+-]+(?: [\w@./+-]+){0,3}?,? (?:not|instead of|rather than|over|and not"
    r"|never)\b|\b(?:we|i|they|the team|the project|this (?:repo|project)) (?:only |always "
    r"|all )?(?:use|prefer|like|want|name|indent|write|format)s?\b.{0,40}(?:,? (?:not|instead|rather"
    r"|over|never|no)\b)|\b(?:prefer|prefers|preferred|favou?r)\b|\b(?:i|we) like\b"
)
_WANTS = re.compile(
    r"^(?:[A-Z][\w.'-]* ){1,3}(?:\w+ ){0,2}(?:prefers?|wants?|likes?|loves?|hates?|dislikes?"
    r"|insists on|enjoys?|can't stand)\b"
)
_PITFALL = re.compile(
    r"\b(?:watch out|careful|beware|gotcha|caveat|breaks|chokes|trips over|blows up|bites|crash(?:es)?"
    r"|fails|deadlocks?|leaks?|silently"
    r"|overwritten|corrupts?|runs twice|has no effect|pitfall|doesn't work|does not work|will break"
    r"|otherwise)\b"
)
_TRICK = re.compile(
    r"\b(?:workaround|the trick|fixed by|to fix|fixes (?:the|this|it)|solved|resolved|the fix|the solution"
    r"|work around"
    r"|helps when|speeds? up|faster)\b"
)
_SHORT_USE = re.compile(r"^(?:please )?use [^,;]{1,40}$")
_AT_ALL_TIMES = re.compile(r"\b(?:always|never)\b")
_HOW_IT_IS = re.compile(
    r"(?:all|every|each|most|both) (?:[\w-]+ ){1,5}?(?:is|are|has|have|sits?|lives?|runs?|talks?|shares?"
    r"|belongs?|comes?)\b"
    r"(?! (?:to|required|validated|tested|reviewed|named|written)\b)"
)
_DUTY = re.compile(
    r"\b(?:must|should|needs? (?:an? )?\w+ (?:text|test|tests|entry|docstring|review)|(?:is"
    r"|are) (?:required|mandatory))\b"
)
_CONVENTION = re.compile(
    r"we (?:always )?(?:name|write|format|indent|prefix|squash|rebase|follow|avoid|test|document"
    r"|review|pin|tag)\b"
)
_EVERY = re.compile(
    r"(?:every|each|no|any) (?!(?:day|week|month|year|night|morning|evening|hour|other|\w+day)\b)[a-z]"
)
_ORDERS = "|".join(sorted(VERBS))
_CONDITIONAL_ORDER = re.compile(
    r"(?:when|if|before|after|whenever|once|for|in|on|unless)\b[^,]{1,120}, (?:\w+ )?(?:" + _ORDERS + r")\b"
)


def type_of(text: str, pattern: str) -> KnowledgeType:
    """The knowledge type, by the pattern that was recognised and the words of the text."""
    lowered = straight(text)
    if pattern == "decision":
        return "knowledge"
    if _TRICK.search(lowered) and pattern != "fact":
        return "trick"
    if pattern == "pitfall":
        return "pitfall"
    if pattern in ("norm", "request", "correction", "statement", "tool"):
        if _is_preference(text, lowered, pattern):
            return "preference"
        order = _is_order(lowered)
        if _NEGATIVE.search(lowered) and not _WE_NOT.search(lowered):
            return "pitfall"
        if _PITFALL.search(lowered) and not order:
            return "pitfall"
        always = pattern == "correction" and bool(_AT_ALL_TIMES.search(lowered))
        if pattern in ("norm", "tool") or order or always:
            return "knowledge" if _HOW_IT_IS.match(lowered) else "method"
    if (
        (_EVERY.match(lowered) and not _HOW_IT_IS.match(lowered))
        or _CONVENTION.match(lowered)
        or (pattern in ("statement", "fact") and _DUTY.search(lowered))
    ):
        return "method"
    return "knowledge"


def _is_preference(text: str, lowered: str, pattern: str) -> bool:
    """Whether a rule says how someone wants things, or chooses one thing over another."""
    if _WANTS.match(text):
        return True
    if pattern in ("norm", "request") and STYLE.search(lowered) and _is_order(lowered):
        return True
    if _CHOICE.search(lowered) and not lowered.startswith(("make sure", "ensure", "be sure", "prefer ")):
        return True
    if pattern == "correction" and _SHORT_USE.match(lowered.split(". ")[-1]):
        return True
    return pattern == "statement" and "please" in lowered and bool(STYLE.search(lowered))


def _is_order(lowered: str) -> bool:
    if lowered[:1] in "`/@$-":
        return False
    words = words_of(lowered[:120])
    while words and words[0] in ("please", "always", "only", "just", "also", "never", "no", "then", "first"):
        words = words[1:]
    if not words:
        return False
    if words[0] in VERBS or words[0] in ("don't", "avoid", "make", "do"):
        return True
    return bool(_CONDITIONAL_ORDER.match(lowered))
