"""Words in one form each, so that `PRs are formatted` and `format the pull request` share their terms.

The stemmer joins the forms of a word (lint, linter, linting). It need not be right, only the same for both
texts. Synonyms join abbreviations, irregular verbs, and plain words that mean the same to every developer.
"""

from __future__ import annotations

from functools import lru_cache

from ...text.stems import stem
from ...text.stopwords import STOP_WORDS
from .languages import TABLES, forms, merged_words

__all__ = ["SYNONYMS", "base_form", "base_forms"]

SYNONYMS = {form: word for table in TABLES for form, word in forms(table.synonyms).items()}
"""Every form that stands for another word, or for two (`pr`: `pull request`)."""

_IRREGULAR = {form: word for table in TABLES for form, word in forms(table.irregular).items()}
_STOP_WORDS = frozenset().union(*STOP_WORDS.values(), merged_words("extra_stop_words")) - merged_words(
    "meaningful"
)
_SHORT = 4
"""Letters below which a word is its own stem."""


@lru_cache(maxsize=16384)
def base_form(word: str) -> str:
    """The one form of a lower-case word: "" if it carries no meaning; may be two words ("pull request")."""
    synonym = SYNONYMS.get(word)
    if synonym is not None:
        return " ".join(map(_stem, synonym.split()))
    if word in _STOP_WORDS:
        return ""
    return _stem(_IRREGULAR.get(word) or SYNONYMS.get(_singular(word), word))


def base_forms(words: frozenset[str]) -> frozenset[str]:
    """The base forms of words, without those that carry no meaning."""
    return frozenset(filter(None, map(base_form, words)))


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _stem(word: str) -> str:
    return stem(word) if len(word) >= _SHORT and word.isascii() and word.isalpha() else word
