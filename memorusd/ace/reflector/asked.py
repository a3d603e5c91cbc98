"""A question and its answer: what was asked, and whether the answer is about the user's own project."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .chatter import is_question, is_small_talk
from .distil import DEPENDENT, capitalised
from .english import has_specifics, is_technical
from .lexicon import TOOLS, word_set, words_of
from .turns import Turn

__all__ = ["answers", "explains", "question_before", "question_from_agent"]

_ASKS_FOR = re.compile(
    r"^(?:\w+[,!]? ){0,3}?(?:what|which|where|who|whose|when|on which|on what|how (?:often|many|long"
    r"|do (?:i|we)"
    r"|does (?:the|our|this)|is (?:the|our)))(?:'s|'re)?\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"\b(?:our|we|us|here|this (?:project|repo|repository|service|app|codebase|team)|staging|prod"
    r"|production|dev"
    r"|internal|on[- ]call)\b",
    re.IGNORECASE,
)
_THE = re.compile(r"\b(?:the|my)\b", re.IGNORECASE)
_GENERAL = re.compile(
    r"\b(?:difference|means?|meaning|definition|best|better|should|would|could|vs|versus|why|explain"
    r"|compare|syntax"
    r"|example|an?|wrong|happen\w*|error|fail\w*|broken|bug|cause|issue|problem|think|use case|capital"
    r"|latest)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:i|maybe|perhaps|probably|might|usually|typically|generally|depends|unless you|you can|let me"
    r"|not sure"
    r"|seems?|appears?|could|would|currently open)\b",
    re.IGNORECASE,
)
_EMPTY = word_set(
    """
    what which where who whose when how is are was do does did the a an our my we us i you it this that of
    in on at to for and or here there by with have has
    """
)
_HAN_ASKS = re.compile(
    r"^(?!.*(?:怎么|怎麼|为什么|為什麼|区别|區別|意思|如何|报错|報錯|什么是|什麼是)).*(?:谁|誰|多少|哪"
    r"|什么|什麼|几|幾)"
)
_NAME = re.compile(
    r"(?<=[a-z,] )[A-Z][a-z]+|^[A-Z][a-z]+ (?:owns|maintains|leads|handles|runs|is (?:the|our|on))\b"
)
_OFFERS = re.compile(
    r"\b(?:anything else|help you|working on|shall i|should i|want me to|would you like|do you want me"
    r"|share the"
    r"|show me|send me|paste)\b",
    re.I,
)
_WHY = re.compile(
    r"\b(?:because|since|cause|cuz|as|so that)\b.{0,30}\b(?:we|i|our|my|us|they)\b"
    r"|, (?:we|our \w+|i|my \w+) (?:only|never|always|all|don't|doesn't|can't|have to|has to|hate"
    r"|love)\b",
    re.I,
)
_OF_NOW = re.compile(
    r"\b(?:now|today|tonight|yet|tomorrow|already|still|yesterday|this (?:time|morning|week)|just (?:now"
    r"|got|did)"
    r"|i'm|i'll|let me|don't (?:know|think|care|mind|have|remember|see|get)|not sure|can't (?:see|find"
    r"|tell))\b",
    re.I,
)


def question_before(turns: Sequence[Turn], i: int) -> str | None:
    """The one short question that the user put right before turn `i`, or None."""
    if not i or turns[i - 1].role != "user":
        return None
    parts = [p.text for p in turns[i - 1].parts if p.kind == "sentence" and not is_small_talk(p.text)]
    if len(parts) != 1 or len(parts[0]) > 160:
        return None
    if parts[0].endswith("？"):
        return parts[0]
    return capitalised(parts[0].rstrip("?.! ")) + "?" if is_question(parts[0]) else None


def question_from_agent(turns: Sequence[Turn], i: int) -> str | None:
    """The question with which the agent's turn right before turn `i` ends, or None."""
    if not i or turns[i - 1].role != "assistant" or not turns[i - 1].parts:
        return None
    last = turns[i - 1].parts[-1].text
    return last if last.endswith("?") and len(last) < 160 and not _OFFERS.search(last) else None


def explains(text: str) -> bool:
    """Whether a user's answer gives its reason, which holds longer than what it was asked for."""
    return bool(_WHY.search(text)) and not _OF_NOW.search(text) and text.count(" ") > 5 and "?" not in text


def answers(text: str, question: str) -> bool:
    """Whether a sentence plainly answers a question about the user's own project, by naming something.

    What anyone may ask of anyone ("what is a tuple?", "which port does Postgres use?") teaches nothing here.
    """
    if _HAN_ASKS.search(question):
        shared = any(question[k : k + 2] in text for k in range(len(question) - 2) if question[k] > "\u3000")
        named = re.search(r"[A-Za-z0-9]{2}", text) or re.search("谁|誰", question)
        return shared and bool(named) and len(text) < 120 and not re.search("[我你您]", text)
    asked = words_of(question)
    if not _ASKS_FOR.match(question) or _GENERAL.search(question) or _HEDGE.search(text) or len(text) > 300:
        return False
    own = bool(_OWN.search(question))
    public = any(word in TOOLS for word in asked)
    if not own and (public or not _THE.search(question) or not is_technical(question, asked)):
        return False
    if not has_specifics(text) and not _NAME.search(text):
        return False
    return bool(DEPENDENT.match(text)) or bool((set(asked) - _EMPTY) & set(words_of(text)))
