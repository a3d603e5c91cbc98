"""Finds the verb of an English sentence by the words around it, because most verbs are also nouns.

"Flags" is a verb in "the gateway flags them" but not in "feature flags". An unknown word such as "justify"
begins an order if an article follows it.
"""

from __future__ import annotations

from itertools import pairwise

from ...word_sets import word_set
from .lexicon import BASES, VERB_FORMS, VERBS

__all__ = ["DETERMINERS", "PLAINLY_FINITE", "has_finite", "has_verb", "is_order"]

PLAINLY_FINITE = word_set(
    "is are was were has have had does do must can cannot will would should may needs need wants want owns"
    " prefers likes loves"
    " i'm we're it's that's can't don't isn't"
)
DETERMINERS = word_set("the a an this that these those my our your its some any all new to of for")
_FREQUENCY = word_set("only always usually often rarely sometimes mostly also seldom")
_ARTICLES = word_set("the a an every each all any your our its")
_BEFORE_ARTICLES = word_set(
    """
    of in on at to for from with without by about as than that this into over under through during before
    after since until and or but not no is are was were be been has have had if when while where what
    which who how why such both all half quite rather just only even also like unlike via per near behind
    inside outside between against among across around along despite except plus beyond within toward
    towards upon many getting using because so though although then now here there
    """
) | {"looking", "running", "checking", "reading", "building", "writing", "creating", "adding", "setting"}
_PRONOUNS = word_set(
    "i we you they who people and to can will must should may would could everyone never always"
)


def _has_subject(words: list[str]) -> bool:
    """Whether the first word is a plural subject: it ends in -s, a plural verb follows ("Tests live …")."""
    plural = words[0].endswith("s") and not words[0].endswith("ss")
    return plural and (words[1] in BASES or words[1] in PLAINLY_FINITE)


def is_order(words: list[str]) -> bool:
    """Whether the first word is an imperative, known or not: an article follows or its ending is a verb's."""
    return (words[1] in _ARTICLES and words[0] not in _BEFORE_ARTICLES) or words[0].endswith(
        ("ify", "ize", "ise")
    )


def has_finite(words: list[str]) -> bool:
    """Whether an unambiguous verb follows the first word, or a base form follows a word in -s."""
    return any(
        word in PLAINLY_FINITE or (word.endswith("s") and before in _FREQUENCY)
        for before, word in pairwise(words)
    ) or any(_has_subject(words[i:]) for i in range(len(words) - 2))


def has_verb(words: list[str]) -> bool:
    """Whether a word after the first is in the place of a verb: "the system flags it".

    A base form needs a plural or a pronoun before it. A form in -s needs a word after it and
    no plural before it.
    """
    for i, word in enumerate(words[1:], 1):
        before = words[i - 1]
        if word.endswith("s") and before in _FREQUENCY:
            return True  # "Mum only drinks decaf": whatever the word
        if word in PLAINLY_FINITE or ("'" in word and word in VERB_FORMS):
            return True
        if word not in VERB_FORMS or before in DETERMINERS:
            continue
        plural = before.endswith("s") and not before.endswith("ss")
        if word in BASES:
            if plural or before in _PRONOUNS:
                return True
        elif before.endswith("ly") and i == 1:
            continue  # "Frequently asked questions"
        elif not word.endswith("s") or (
            not plural and (i + 1 < len(words) or word.removesuffix("s") not in VERBS)
        ):
            return True
    return False
