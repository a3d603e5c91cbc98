"""Whether a sentence names something definite, is about software, or is about the user's own work."""

from __future__ import annotations

import re

from ...tools import TOOLS
from ...word_sets import word_set, words_of

__all__ = ["has_specifics", "is_about_own_work", "is_technical"]

_PATH = re.compile(r"(?<![\w/.@~-])(?:~|\.{1,2})?/?[\w.@-]{1,80}/[\w./@*-]{0,120}\w|://")
_FILE = re.compile(
    r"\b[\w-]{1,80}\.(?:py|js|ts|tsx|go|rs|java|md|json|ya?ml|toml|env|sh|sql|txt|cfg|ini|lock|com|io|net|org"
    r"|dev|internal|local|app|html|css|rb|php|c|h|cpp)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\bport \d|:\d{2,5}\b|\bv?\d+\.\d+|\b[a-z]+(?:-[a-z]+){0,6}-\d+\b|\b[a-z]+\d+\b|\b\d{2,}|[$€£]\d"
    r"|\b\d+ ?(?:%|ms|s|sec|seconds?|min|minutes?|hours?|h|days?|weeks?|months?|years?|gb|mb|kb|tb|mib|gib"
    r"|usd"
    r"|eur|euros?|dollars?|users?|rows?|retries|times|requests?|spaces?|[ap]m"
    r"|cores?|cpus?|replicas?|nodes?|shards?|partitions?|instances?|workers?|threads?|regions?)\b",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<!\w)[#@][a-z][\w-]{2,}")
_FLAG = re.compile(r"\B--?[a-z][\w-]+", re.IGNORECASE)
_CALENDAR = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays
    saturdays sundays january february march april june july august september october november december daily
    nightly weekly monthly quarterly yearly annually hourly weekend weekends midnight noon utc cet pst est
    """
)
_EVERY = re.compile(
    r"\bevery (?:\d+|day|week|month|year|quarter|night|morning|evening|hour|minute|other|second|third|release"
    r"|deploy|sprint)",
    re.IGNORECASE,
)
_MIXED_CASE = re.compile(r"\b[a-z]+[A-Z]\w+\b|\b[A-Z][a-z]+[A-Z]\w*\b")
_ANCHOR = re.compile(
    r"\b(?:this|the|your|our) (?:codebase|code base|project|repo|repository|monorepo|module|pipeline"
    r"|cluster|schema|database|config|ci|test suite|api|server|migration)\b|\b(?:our|we)\b"
    r"|\bhere[.,]?$"
)
_TECHNICAL = word_set(
    """
    error errors message messages tool tools auth authentication security review reviews reviewer
    reviewers pr prs merge rebase staging prod production rollout rollback ticket tickets server servers
    client clients request requests response responses query queries table tables indexes token tokens
    session sessions fetch handler handlers route routes api apis app backend bug bugs changelog comment
    comments docstrings documentation exception exceptions field fields readme regression backup backups
    branch branches build builds ci class classes cluster code codebase commit commits component
    components config container containers css database databases db debug dependencies dependency deploy
    deployment deployments deploys docs docstring endpoint endpoints env feature file files fixture
    fixtures flag frontend function functions hook hooks html http https import imports index json library
    lint linter lockfile log logger logs main master merge merging method methods migration migrations
    module modules monorepo package packages password passwords pipeline port ports pr production prod prs
    pull push python queries query queue refactor release releases repo repository request requests review
    reviewer reviewers rollback schema script scripts secret secrets server servers service services sql
    staging string strings table tests test testing timestamp timestamps timezone token tokens type types
    typescript url urls utc variable variables version versions yaml column columns cache cron job jobs
    worker workers
    """
)
_CODE_LIKE = re.compile(
    r"`[^`\n]+`|\b\w+_\w+\b|\b[a-z]{2,}[A-Z]\w*|\b[\w-]+\.(?:py|js|ts|tsx|go|rs|java|md|json|ya?ml"
    r"|toml|sh|sql)\b|(?<!\w)[\w.~-]*/[\w.-]+/|\w\(\)|(?<!\w)--[a-z]"
)


def has_specifics(text: str) -> bool:
    """Whether a text names something specific: a path, port, version, flag, date, amount or identifier."""
    # Each expression is tried only if the text has a character that it needs, which most sentences lack.
    return bool(
        text.count("`") > 1
        or "[REDACTED:" in text
        or (("#" in text or "@" in text) and _HANDLE.search(text))
        or ("/" in text and _PATH.search(text))
        or ("_" in text and re.search(r"\w_\w", text))
        or ("." in text[:-1] and _FILE.search(text))
        or (any(c.isdigit() for c in text) and _NUMBER.search(text))
        or ("-" in text and _FLAG.search(text))
        or not _CALENDAR.isdisjoint(words_of(text))
        or ("every" in text.lower() and _EVERY.search(text))
        or _MIXED_CASE.search(text)
    )


def is_technical(text: str, words: list[str]) -> bool:
    """Whether a sentence is about software: it names code, a tool, or a part of software."""
    return any(word in _TECHNICAL or word in TOOLS for word in words) or bool(_CODE_LIKE.search(text))


def is_about_own_work(text: str, pattern: str) -> bool:
    """Whether an agent's sentence is about the user's own work, rather than general advice."""
    lowered = text.lower()
    if pattern == "error_fix":
        return True
    named = bool(_CODE_LIKE.search(text))
    if pattern in ("fact", "decision", "tool"):
        return named or bool(_ANCHOR.search(lowered) and has_specifics(text))
    if pattern in ("pitfall", "request"):
        return named or (bool(_ANCHOR.search(lowered)) and is_technical(text, words_of(lowered)))
    return bool(_ANCHOR.search(lowered)) and is_technical(text, words_of(lowered))
