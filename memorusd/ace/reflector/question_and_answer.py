"""Questions and their answers: what was asked, and whether an answer is about the user's own project."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...text.punctuation import CJK_QUESTION_MARK
from ...text.stopwords import STOP_WORDS
from .distil import DEPENDENT, capitalised
from .languages import zh
from .languages.en import has_specifics, is_technical
from .languages.en.small_talk import is_small_talk
from .languages.en.tasks import is_question
from .tools import TOOLS
from .turns import Turn
from .word_sets import words_of

__all__ = ["agent_question_before", "answers_question", "gives_reason", "user_question_before"]

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


def user_question_before(turns: Sequence[Turn], i: int) -> str | None:
    """The one short question that the user asked right before turn `i`, or None."""
    if not i or turns[i - 1].role != "user":
        return None
    sentences = [s.text for s in turns[i - 1].segments if s.kind == "sentence" and not is_small_talk(s.text)]
    if len(sentences) != 1 or len(sentences[0]) > 160:
        return None
    question = sentences[0]
    if question.endswith(CJK_QUESTION_MARK):
        return question
    return capitalised(question.rstrip("?.! ")) + "?" if is_question(question) else None


def agent_question_before(turns: Sequence[Turn], i: int) -> str | None:
    """The question that ends the agent's turn right before turn `i`, or None."""
    if not i or turns[i - 1].role != "assistant" or not turns[i - 1].segments:
        return None
    last = turns[i - 1].segments[-1].text
    return last if last.endswith("?") and len(last) < 160 and not _OFFERS.search(last) else None


def gives_reason(text: str) -> bool:
    """Whether a user's answer gives its reason, which stays true longer than the answer."""
    return bool(_WHY.search(text)) and not _OF_NOW.search(text) and text.count(" ") > 5 and "?" not in text


def answers_question(text: str, question: str) -> bool:
    """Whether a sentence names something that answers a question about the user's own project.

    The answer to a general question ("what is a tuple?", "which port does Postgres use?") is not kept.
    """
    if zh.asks_for_fact(question):
        return zh.answers_question(text, question)
    question_words = words_of(question)
    if not _ASKS_FOR.match(question) or _GENERAL.search(question) or _HEDGE.search(text) or len(text) > 300:
        return False
    own = bool(_OWN.search(question))
    public = any(word in TOOLS for word in question_words)
    if not own and (public or not _THE.search(question) or not is_technical(question, question_words)):
        return False
    if not has_specifics(text) and not _NAME.search(text):
        return False
    return bool(DEPENDENT.match(text)) or bool((set(question_words) - STOP_WORDS["en"]) & set(words_of(text)))
