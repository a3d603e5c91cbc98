"""Whether a sentence names something definite, is about software, or is about the user's own work."""

from __future__ import annotations

import re

from ..lexicon import TOOLS, word_set, words_of

__all__ = ["anchored", "has_specifics", "is_technical"]

_SPECIFIC = re.compile(

r"`[^`\n]{1,200}`|https?://|\bs3://|\b\w+://|\bport \d|:\d{2,5}\b|\bv?\d+\.\d+|(?<![\w/])(?:~"
r"|\.{1,2})?/?[\w.@-]+/[\w./@*-]*\w|\b[\w-]+\.(?:py|js|ts|tsx|go|rs|java|md|json|ya?ml|toml|env|sh"
r"|sql|txt|cfg|ini|lock|com|io|net|org|dev|internal|local|app|html|css|rb|php|c|h|cpp)\b"
r"|\b\w+_\w+\b|\b[a-z]+(?:-[a-z]+)*-\d+\b|\b[a-z]+\d+\b|\B--?[a-z][\w-]+|\b\d{2,}\b|\b\d+ ?(?:%|ms"
r"|s|sec|seconds?|min|minutes?|hours?|h|days?|weeks?|months?|years?|gb|mb|kb|tb|mib|gib|usd|eur"
r"|euros?|dollars?|users?|rows?|retries|times|requests?)\b|[$€£]\d"
r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:january|february|march|april|june|july"
r"|august|september|october|november|december)\b|\b(?:every (?:\d+|day|week|month|year|quarter"
r"|night|morning|evening|hour|minute|other|second|third|release|deploy\w*|sprint)|daily|nightly"
r"|weekly|monthly|quarterly|yearly|annually|hourly|weekends?|midnight|noon|utc|cet|pst|est)\b"
r"|\[REDACTED:",
    re.IGNORECASE,
)  # fmt: skip
_MIXED_CASE = re.compile(r"\b[a-z]+[A-Z]\w+\b|\b[A-Z][a-z]+[A-Z]\w*\b")
_ANCHOR = re.compile(
    r"\b(?:this|the|your|our) (?:codebase|code base|project|repo|repository|monorepo|module|pipeline"
    r"|cluster|schema|database|config|ci|test suite|api|server|migration)\b|\b(?:our|we)\b"
    r"|\bhere[.,]?$"
)
_TECHNICAL = word_set(
    """
    api apis app backend bug bugs changelog comment comments docstrings documentation exception exceptions
    field fields readme regression backup backups
    branch branches build builds ci class classes cluster code codebase
    commit commits component components config container containers css database databases db
    debug dependencies dependency deploy deployment deployments deploys docs docstring endpoint
    endpoints env feature file files fixture fixtures flag frontend function functions hook
    hooks html http https import imports index json library lint linter lockfile log logger logs
    main master merge merging method methods migration migrations module modules monorepo
    package packages password passwords pipeline port ports pr production prod prs pull push
    python queries query queue refactor release releases repo repository request requests review
    reviewer reviewers rollback schema script scripts secret secrets server servers service
    services sql staging string strings table tests test testing timestamp timestamps timezone
    token tokens type types typescript url urls utc variable variables version versions yaml
    column columns cache cron job jobs worker workers
    """
)
_CODE_LIKE = re.compile(
    r"`[^`\n]+`|\b\w+_\w+\b|\b[a-z]{2,}[A-Z]\w*|\b[\w-]+\.(?:py|js|ts|tsx|go|rs|java|md|json|ya?ml"
    r"|toml|sh|sql)\b|(?<!\w)[\w.~-]*/[\w.-]+/|\w\(\)|(?<!\w)--[a-z]"
)


def has_specifics(text: str) -> bool:
    """Whether it names something that can be looked up: a path, port, version, flag, date, amount, name."""
    return bool(_SPECIFIC.search(text) or _MIXED_CASE.search(text))


def is_technical(text: str, words: list[str]) -> bool:
    """Whether a sentence is about the work: it names code, a tool, or what software is made of."""
    return any(word in _TECHNICAL or word in TOOLS for word in words) or bool(_CODE_LIKE.search(text))


def anchored(text: str, pattern: str) -> bool:
    """Whether what an agent says is about the user's own work, rather than advice that anyone may give."""
    lowered = text.lower()
    if pattern == "error_fix":
        return True
    named = bool(_CODE_LIKE.search(text))
    if pattern in ("fact", "decision", "tool"):
        return named or bool(_ANCHOR.search(lowered) and has_specifics(text))
    if pattern in ("pitfall", "request"):
        return named or (bool(_ANCHOR.search(lowered)) and is_technical(text, words_of(lowered)))
    return bool(_ANCHOR.search(lowered)) and is_technical(text, words_of(lowered))
