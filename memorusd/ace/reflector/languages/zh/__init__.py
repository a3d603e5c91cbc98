"""Chinese, simplified and traditional: the same patterns that `en` knows, and noise."""

from __future__ import annotations

import re

from .....text.punctuation import QUESTION_MARKS
from .....text.scripts import has_han
from ...match import Match
from .patterns import (
    ABOUT_WORK,
    ANNOUNCE,
    ASKS_FOR_FACT,
    ASKS_TO_DO,
    ASKS_WHO,
    BARE_PROGRESS,
    BEING,
    BEWARE,
    DECISION,
    EVERYWHERE,
    FACT_VERB,
    FILLER,
    IN_CASE,
    MOOD,
    NAMED_FACT,
    NEGATIVE,
    NORM,
    ORDERED_RUN,
    OWNER,
    PERSONAL,
    PREFERENCE,
    PROGRESS,
    QUESTION,
    RULELIKE,
    SHORT_ONLY,
    SIGNAL,
    SMALL_TALK,
    SPEAKER,
    SPECIFIC,
    STATING_VERB,
    STRONG_NORM,
    SUBJECT,
    SUPPOSED,
    TASK,
    THIS_TIME,
    TRANSIENT,
    USING,
    WARNING,
)

__all__ = [
    "answers_question",
    "asks_for_fact",
    "detect",
    "has_signal_words",
    "is_chinese",
    "is_negative",
    "is_rule",
    "is_statement",
    "join_problem_and_fix",
    "noise",
    "says_how_it_is",
    "says_what_to_use",
]


def noise(text: str, role: str | None) -> str | None:
    """Why a sentence is not worth keeping, or None."""
    if role is None and len(text) <= 20 and MOOD.search(text) and not STRONG_NORM.search(text):
        return "small talk"
    if ANNOUNCE.match(text) and not text.rstrip().endswith(QUESTION_MARKS):
        return None
    if QUESTION.search(text):
        return "a question"
    standing = _is_norm(text, role)
    if SMALL_TALK.match(text) and not standing:
        short = len(text) <= 6 if SHORT_ONLY.match(text) else len(text) <= 24
        if short:
            return "small talk"
    if (role in ("assistant", "tool") and PROGRESS.match(text)) or (
        role is None and BARE_PROGRESS.match(text)
    ):
        return "progress talk"
    if role is not None and not standing and TASK.match(text):
        return "a task to do once"
    if role is None and not standing and ASKS_TO_DO.match(text):
        return "a task to do once"
    if role is not None and TRANSIENT.search(text) and not standing:
        return "reports a state of the moment"
    return None


def detect(text: str, role: str | None) -> Match | None:
    """The strongest pattern of a sentence, or None."""
    body = text
    for _ in range(4):
        match = FILLER.match(body)
        if not match or len(body) - match.end() < 4:
            break
        body = body[match.end() :]
    announced = ANNOUNCE.match(body)
    if announced and len(body) - announced.end() >= 3:
        return Match("request", body[announced.end() :])
    if BEWARE.match(body) and len(body) > 6:
        return Match("pitfall", body)
    if PREFERENCE.search(body):
        return Match("preference", body)
    if PERSONAL.search(body) and role != "assistant":
        return Match("personal", body)
    if DECISION.search(body):
        return Match("decision", body)
    if _is_norm(body, role):
        return Match("norm", body)
    if WARNING.search(body) and len(body) > 8:
        return Match("pitfall", body)
    if OWNER.match(body):
        return Match("fact", body)
    if FACT_VERB.search(body) and SPECIFIC.search(body) and (SUBJECT.match(body) or NAMED_FACT.search(body)):
        return Match("fact", body)
    return None


def _is_norm(text: str, role: str | None) -> bool:
    """Whether a text is a standing rule of the user: not an agent's plan, and not only for this time."""
    if SUPPOSED.search(text):
        return False
    if role == "assistant" and not ABOUT_WORK.search(text):
        return False
    if role is not None and THIS_TIME.search(text):
        return False
    if role == "user" and re.search("[A-Za-z]{2}", text) and EVERYWHERE.match(text):
        return True
    return any(p.search(text) for p in (STRONG_NORM, NORM, IN_CASE, ORDERED_RUN))


def is_negative(text: str) -> bool:
    """Whether a rule forbids something."""
    return bool(NEGATIVE.search(text))


def is_rule(text: str) -> bool:
    """Whether a bare statement says how things should be done ("变量名用驼峰"), not how they are."""
    return bool(RULELIKE.match(text)) and "我" not in text[:2]


def is_statement(text: str) -> bool:
    """Whether a bare text is a statement: long enough, or with a verb that states."""
    return len(text) >= 5 and bool(
        STATING_VERB.search(text) or FACT_VERB.search(text) or _is_norm(text, None) or len(text) >= 8
    )


def has_signal_words(text: str) -> bool:
    """Whether the words hint at knowledge although no pattern matches."""
    return bool(SIGNAL.search(text))


def says_how_it_is(text: str) -> bool:
    """Whether a text has a verb of being or being placed."""
    return bool(BEING.search(text))


def says_what_to_use(text: str) -> bool:
    """Whether a text says to use or to change something."""
    return bool(USING.search(text))


def is_chinese(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return has_han(text)


def join_problem_and_fix(problem: str, fix: str) -> str:
    """One text of a problem and its fix."""
    return f"{problem.rstrip('。，：')}。解决办法：{fix}"


def asks_for_fact(question: str) -> bool:
    """Whether a question asks who, what, which or how many, not how or why."""
    return bool(ASKS_FOR_FACT.search(question))


def answers_question(text: str, question: str) -> bool:
    """Whether a sentence answers a question by a name, in some of the question's words."""
    shared = any(question[k : k + 2] in text for k in range(len(question) - 2) if has_han(question[k]))
    named = re.search(r"[A-Za-z0-9]{2}", text) or ASKS_WHO.search(question)
    return shared and bool(named) and len(text) < 120 and not SPEAKER.search(text)
