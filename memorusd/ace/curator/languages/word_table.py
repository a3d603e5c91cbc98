"""The columns of a language's table. Lists of words are texts, with blanks between the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["WordTable", "forms", "word_set"]


@dataclass(frozen=True, slots=True)
class WordTable:
    """What one language adds. All words are in lower case."""

    code: str
    """ISO 639-1."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """What the clause parser does at a word: role to words. `clauses` has a method for each role."""
    reasons: str = ""
    """Words that begin a clause which only gives a reason, and narrows nothing."""
    extra_stop_words: str = ""
    """Words that add nothing to what is compared, besides the stop words of `memorusd.text`."""
    meaningful: str = ""
    """Stop words of `memorusd.text` that do count here: `under` is not `above`."""
    positives: Mapping[str, str] = field(default_factory=dict)
    """Words that deny their clause and leave another: to disable is not to enable."""
    contraries: str = ""
    """Pairs of words of which a thing is one or the other, so that they contradict each other."""
    sides: str = ""
    """Pairs of which there are often both, each with its own truth: the public API and the private one."""
    actions: str = ""
    """Pairs of what one can be told to do: contrary at the head of a sentence, else as `sides`."""
    unstemmed: str = ""
    """Words in these pairs that stay as they are."""
    synonyms: str = ""
    """`word: form form; …`: abbreviations, irregular verbs, words that mean the same to every developer."""
    irregular: str = ""
    """`verb: form form; …`: irregular forms that no stemmer knows."""
    literals: str = ""
    """`#value: word word; …`: words for numbers, weekdays and months."""
    units: str = ""
    """`unit: form; …`: what may be stuck to a number, or stand behind its slash."""
    rates: str = ""
    """Words for a time behind a slash: `100/second`."""
    joined_prefixes: str = ""
    """First parts that make one word with the next: `non-blocking`."""
    contrary_prefixes: str = ""
    """What turns a word of four letters or more round: (un)stable."""
    short_prefixes: str = ""
    """Those that turn even three letters round: (un)saf(e); `put` and `input` have nothing in common."""
    contrary_suffixes: str = ""
    """Two words that differ in these alone are contrary: use(less), use(ful)."""
    placing_verbs: str = ""
    """Verbs that say where something is, and little else: one stands for another."""
    doing_verbs: str = ""
    """Verbs that say that something is done: one stands for another."""
    empty_verbs: str = ""
    """Verbs that add little to what is done or is, but do not stand for each other."""
    empty_nouns: str = ""
    """Words that add little to the name beside them: `the API (server)`, `print (statements)`."""
    numbered: str = ""
    """What is told apart by its number: `issue 12`."""
    phrases: Mapping[str, str] = field(default_factory=dict)
    """In Chinese, Japanese and Korean: action to phrases. `cjk` describes the actions."""
    particles: str = ""
    """Endings that carry no meaning of their own, and are cut off."""


def word_set(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


def forms(groups: str) -> dict[str, str]:
    """From `word: form form; word: form` to a word for each form."""
    pairs = (group.split(":") for group in groups.split(";") if group.strip())
    return {form: word.strip() for word, forms in pairs for form in forms.split()}
