"""How two texts stand to each other, how a reason quotes them, and which words weigh little in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .base_forms import base_forms
from .languages import merged_words
from .parsed_text import ParsedText

__all__ = ["EMPTY", "EQUAL_VERBS", "VERBS", "Kind", "Relation", "quote_terms"]

Kind = Literal["same", "conflict", "related", "different"]


@dataclass(frozen=True, slots=True)
class Relation:
    """How two texts stand to each other."""

    kind: Kind
    reason: str
    """For people, as a phrase: "8080 against 9090"."""
    conflict: str | None = None
    """For a conflict: `negation`, `value`, `order`, `contrary` or `alternative`."""
    covers: Literal["a", "b"] | None = None
    """For related texts: the one that says all that the other says, and adds to it without narrowing it."""


EQUAL_VERBS = tuple(base_forms(merged_words(column)) for column in ("placing_verbs", "doing_verbs"))
"""Verbs of which one stands for another."""
VERBS = EQUAL_VERBS[0] | EQUAL_VERBS[1] | base_forms(merged_words("empty_verbs"))
"""Verbs that say little."""
EMPTY = VERBS | base_forms(merged_words("empty_nouns"))
"""Words that say little."""


def quote_terms(parsed: ParsedText, terms: Iterable[str]) -> str:
    """The terms as the text writes them, at most five."""
    written = list(dict.fromkeys(parsed.written.get(t, t) for t in terms))
    joiner = "" if parsed.is_cjk and all(len(w) == 1 for w in written) else " "
    return joiner.join(written[:5]) + (" …" if len(written) > 5 else "")
