"""The user's own patterns, in RE2's syntax: checked when the config is loaded, and never slow enough to hang.

RE2 compiles to an automaton, so one search is linear in the text whatever the pattern (no backtracking, hence
no look-around and no back-references). Many matches of one pattern can still add up to a square (`a.*b|a`),
so a pattern also has a budget of processor time per text; beyond it the call fails and nothing is kept.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from memorus_proto.errors import ConfigError, MemorusError

from .finding import Finding

__all__ = ["CustomPatterns"]

_BUDGET = 2.0  # seconds of this thread's processor time, for one pattern on one text
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")


class CustomPatterns:
    """Compiled custom patterns: `{kind: pattern}`, or a list of patterns whose kind is then `custom`.

    Raises ConfigError that names the pattern and what is wrong with it: not a string, a kind that cannot
    stand in a marker, not valid RE2, or matching the empty string.
    """

    def __init__(self, patterns: Mapping[str, str] | Sequence[str]) -> None:
        if isinstance(patterns, str) or not isinstance(patterns, (Mapping, Sequence)):
            raise ConfigError(
                f"privacy.custom_patterns is {patterns!r:.80}",
                remedy="give a table of name = pattern, or a list of patterns",
            )
        pairs = list(patterns.items()) if isinstance(patterns, Mapping) else [("custom", p) for p in patterns]
        self._compiled = [(kind, _compile(kind, pattern)) for kind, pattern in pairs]

    def find(self, text: str) -> Iterator[Finding]:
        """Every match of every pattern; raises MemorusError when one of them takes too long."""
        for kind, pattern in self._compiled:
            stop = time.thread_time() + _BUDGET
            for match in pattern.finditer(text):
                if match.end() > match.start():
                    yield Finding(kind, match.start(), match.end())
                if time.thread_time() > stop:
                    raise MemorusError(
                        f"privacy.custom_patterns {kind!r} = {pattern.pattern!r:.80} needs more than "
                        f"{_BUDGET:g} s of processor time for a text of {len(text)} characters, so nothing "
                        "was kept",
                        remedy="make the pattern begin with a fixed word, and bound its repetitions",
                    )


def _compile(kind: object, pattern: object) -> Any:
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise ConfigError(
            f"privacy.custom_patterns: the name {kind!r:.60} cannot stand in a marker",
            remedy="begin with a letter, and use small letters, digits and _",
        )
    if not isinstance(pattern, str) or not pattern:
        raise ConfigError(
            f"privacy.custom_patterns {kind!r}: the pattern is {pattern!r:.80}", remedy="give a text"
        )
    try:
        re2 = import_module("re2")  # only here: without custom patterns the engine is not even loaded
    except ImportError:
        raise ConfigError(
            f"privacy.custom_patterns {kind!r} needs a package that is not installed",
            remedy="pip install 'memorus[patterns]'",
        ) from None
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise ConfigError(
            f"privacy.custom_patterns {kind!r}: {pattern!r:.80} is not a valid RE2 pattern ({reason})",
            remedy="RE2 has no look-around and no back-references: https://github.com/google/re2/wiki/Syntax",
        ) from None
    if compiled.search(""):
        raise ConfigError(
            f"privacy.custom_patterns {kind!r}: {pattern!r:.80} matches the empty text, so it would match "
            "everywhere",
            remedy="make it require at least one character",
        )
    return compiled
