"""One sentence's fate: passed over for a reason, a pattern, or neither, in whatever language it is."""

from __future__ import annotations

from . import chinese, english, generic
from .chatter import is_commission, is_question, is_small_talk, is_task, progress_or_report
from .distil import DEPENDENT
from .lexicon import language_of, words_of
from .match import Match

__all__ = ["goes_on", "hints", "judge", "statement"]


_IN_PASSING = ("personal", "preference", "fact", "decision")
"""What a user may state on the way to a question."""


def judge(text: str, role: str | None) -> tuple[str | None, Match | None]:
    """A sentence's reason to be passed over, or its pattern, or neither."""
    if len(text) < 4:
        return "too short to say anything", None
    language = language_of(text)
    if language == "english":
        return _english(text, role)
    patterns = chinese if language == "chinese" else generic
    reason = patterns.noise(text, role)
    return reason, None if reason else patterns.detect(text, role)


def _english(text: str, role: str | None) -> tuple[str | None, Match | None]:
    if role == "user":
        text = english.behind_reply(text)
        if (stated := english.before_question(text)) and (match := judge(stated, role)[1]):
            return (None, match) if match.pattern in _IN_PASSING else ("a question", None)
    if is_small_talk(text):
        return "small talk", None
    if english.is_command_line(text):
        return "a command, nothing said about it", None
    told = english.announced(text)
    if role != "assistant" and (wish := english.asked_of_agent(text)):
        return None, Match("request", wish)
    if is_question(told or text):
        return "a question", None
    if told is not None:
        return None, english.detect(text, role)
    body = english.cleaned(text)
    if is_small_talk(body):
        return "small talk", None
    reason = progress_or_report(body, role)
    if reason and role is None:
        return reason, None
    if reason and role == "assistant" and not english.tells_fix(body):
        behind = english.conclusion(body)
        # What worked at last was about the user's own work, though the sentence does not say so.
        won = behind is not None and english.SUCCESS.search(body[: -len(behind)])
        match = english.detect(behind, "user" if won else role) if behind else None
        return (None, match) if match else (reason, None)
    match = english.detect(text, role)
    if role is None:
        return ("a task to do once", None) if match is None and is_task(body, bare=True) else (None, match)
    clause = english.rule_clause(text)
    if clause and is_task(english.cleaned(text.removesuffix(clause)), bare=False):
        rule = english.detect(clause, role)
        if rule is not None:
            return None, rule
    if is_task(body, bare=False) and _only_once(body, match, role):
        return "a task to do once", None
    if reason and (match is None or match.pattern in english.OUTWEIGHED):
        return reason, None
    return None, match


def _only_once(body: str, match: Match | None, role: str) -> bool:
    """Whether an order that reads like a task is one, though a pattern may hold."""
    if match is None:
        return True
    if is_commission(body):
        return True
    if match.pattern not in english.OUTWEIGHED:
        return False
    if match.pattern == "tool" and role == "user" and body.lower().startswith("you can "):
        return False  # a tip
    if match.pattern == "tool":
        return not english.has_purpose(body)
    return english.one_off(body) or (body.lower().startswith("let") and match.pattern != "decision")


def statement(text: str) -> Match | None:
    """A plain statement in a text that the caller asked to keep."""
    language = language_of(text)
    if language == "chinese":
        rule = "norm" if chinese.is_rule(text) else "statement"
        return Match(rule, text) if chinese.is_statement(text) else None
    if language == "other":
        return Match("statement", text) if generic.is_statement(text) else None
    body = english.cleaned(text)
    if not english.is_statement(body):
        return None
    if not english.is_contrast(body):
        return Match("statement", body)
    return Match("preference" if {"my", "me", "i"} & set(words_of(body)) else "norm", body)


def goes_on(text: str, match: Match | None, reason: str | None, role: str | None) -> bool:
    """Whether a sentence belongs to the one before it, rather than standing or falling alone."""
    if reason is not None or text.endswith(("?", "？")):
        return False
    if role is not None and match is None:
        return text.lower().startswith(
            ("otherwise", "because", "instead", "否则", "否則", "不然", "因为", "因為")
        )
    alone = match is not None and match.pattern in ("request", "personal")
    return not alone and bool(DEPENDENT.match(text))


def hints(text: str, role: str) -> bool:
    """Whether a model might find knowledge where rules did not: words of reason or habit, about the work."""
    if language_of(text) == "chinese":
        return len(text) > 8 and role == "user" and chinese.signals(text)
    words = words_of(text)
    concerns = role == "user" or (english.is_technical(text, words) and english.anchored(text, "pitfall"))
    return concerns and len(words) > 5 and english.signals(text)
