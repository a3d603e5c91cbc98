"""Decides about one sentence, in any language: it is noise for a reason, matches a pattern, or neither."""

from __future__ import annotations

from ...text.normalise import simplified
from ...text.punctuation import QUESTION_MARKS
from .distil import DEPENDENT
from .languages import en, other, zh
from .languages.en.moment import progress_or_report
from .languages.en.small_talk import is_small_talk
from .languages.en.tasks import is_commission, is_question, is_task
from .languages.identify import language_of
from .languages.zh.fragments import CONTINUATIONS
from .match import Match
from .outcomes import SUCCESS
from .word_sets import words_of

__all__ = ["bare_statement", "continues_previous", "may_hold_knowledge", "triage"]


_BESIDE_QUESTION = ("personal", "preference", "fact", "decision")
"""Patterns that a user may state in the same sentence as a question."""


def triage(text: str, role: str | None) -> tuple[str | None, Match | None]:
    """The reason why a sentence is noise, or its pattern, or neither."""
    if len(text) < 4:
        return "too short to say anything", None
    language = language_of(text)
    if language == "english":
        return _triage_english(text, role)
    patterns = zh if language == "chinese" else other
    reason = patterns.noise(text, role)
    return reason, None if reason else patterns.detect(text, role)


def _triage_english(text: str, role: str | None) -> tuple[str | None, Match | None]:
    if role == "user":
        text = en.after_reply(text)
        if (stated := en.before_question(text)) and (match := triage(stated, role)[1]):
            return (None, match) if match.pattern in _BESIDE_QUESTION else ("a question", None)
    if is_small_talk(text):
        return "small talk", None
    if en.is_command_line(text):
        return "a command, nothing said about it", None
    announced = en.after_announcement(text)
    if role != "assistant" and (wish := en.wish_to_agent(text)):
        return None, Match("request", wish)
    if is_question(announced or text):
        return "a question", None
    if announced is not None:
        return None, en.detect(text, role)
    body = en.without_filler(text)
    if is_small_talk(body):
        return "small talk", None
    reason = progress_or_report(body, role)
    if reason and role is None:
        return reason, None
    if reason and role == "assistant" and not en.states_fix(body):
        conclusion = en.conclusion(body)
        # A success concerns the user's own work, even if the sentence does not say so.
        succeeded = conclusion is not None and SUCCESS.search(body[: -len(conclusion)])
        match = en.detect(conclusion, "user" if succeeded else role) if conclusion else None
        return (None, match) if match else (reason, None)
    match = en.detect(text, role)
    if role is None:
        return ("a task to do once", None) if match is None and is_task(body, bare=True) else (None, match)
    clause = en.rule_clause(text)
    if clause and is_task(en.without_filler(text.removesuffix(clause)), bare=False):
        rule = en.detect(clause, role)
        if rule is not None:
            return None, rule
    if is_task(body, bare=False) and _holds_only_once(body, match, role):
        return "a task to do once", None
    if reason and (match is None or match.pattern in en.OUTWEIGHED):
        return reason, None
    return None, match


def _holds_only_once(body: str, match: Match | None, role: str) -> bool:
    """Whether an order that reads like a task is one, even though a pattern may match."""
    if match is None:
        return True
    if is_commission(body):
        return True
    if match.pattern not in en.OUTWEIGHED:
        return False
    if match.pattern == "tool" and role == "user" and body.lower().startswith("you can "):
        return False  # a tip
    if match.pattern == "tool":
        return not en.has_purpose(body)
    return en.is_one_off(body) or (body.lower().startswith("let") and match.pattern != "decision")


def bare_statement(text: str) -> Match | None:
    """A plain statement in a text that the caller wants kept."""
    language = language_of(text)
    if language == "chinese":
        pattern = "norm" if zh.is_rule(text) else "statement"
        return Match(pattern, text) if zh.is_statement(text) else None
    if language == "other":
        return Match("statement", text) if other.is_statement(text) else None
    body = en.without_filler(text)
    if not en.is_statement(body):
        return None
    if not en.is_contrast(body):
        return Match("statement", body)
    return Match("preference" if {"my", "me", "i"} & set(words_of(body)) else "norm", body)


def continues_previous(text: str, match: Match | None, reason: str | None, role: str | None) -> bool:
    """Whether a sentence belongs to the one before it, rather than being judged alone."""
    if reason is not None or text.endswith(QUESTION_MARKS):
        return False
    if role is not None and match is None:
        return simplified(text.lower()).startswith(("otherwise", "because", "instead", *CONTINUATIONS))
    alone = match is not None and match.pattern in ("request", "personal")
    return not alone and bool(DEPENDENT.match(text))


def may_hold_knowledge(text: str, role: str) -> bool:
    """Whether a model might find what the rules missed: words of reason or habit, about the work."""
    if language_of(text) == "chinese":
        return len(text) > 8 and role == "user" and zh.has_signal_words(text)
    words = words_of(text)
    concerns_work = role == "user" or (en.is_technical(text, words) and en.is_about_own_work(text, "pitfall"))
    return concerns_work and len(words) > 5 and en.has_signal_words(text)
