"""Recognises plain English statements in a bare text, which the caller wants kept."""

from __future__ import annotations

import re
from itertools import pairwise

from .....text.punctuation import COLONS
from ...tools import TOOLS
from ...word_sets import word_set, words_of
from .chat import COMPOUND, has_proper_noun, is_chat
from .lexicon import BASES, VERB_FORMS, VERBS, straight
from .technical import has_specifics
from .verbs import DETERMINERS, PLAINLY_FINITE, has_finite, has_verb, is_order

__all__ = ["is_command_line", "is_contrast", "is_statement"]

_LABEL = re.compile(
    r"^(?P<label>`[^`\n]{1,120}`(?:[,/ &+]+(?:and |or )?`[^`\n]{1,120}`){0,6}"
    r"|[^\s:—–][^:—–\n]{0,70}?)(?: ?\([^()\n]{0,100}\))?(?::| -{1,2}| —| –|—| →| ->"
    r"| =) (?P<value>\S.*)$"
)
_NOT_PROSE = re.compile(r"`[^`\n]*`|\([^()\n]{0,200}\)|https?://\S+|\S*[\w-]/\S+|\b[\w-]+\.[a-z]{1,4}\b")
_CUT_OFF = re.compile(
    r"(?:,|\b(?:is|are|the|an?|and|or|of|for|that|which|as|but|if|when|must|should|its|than|into|via"
    r"|because|with|from|by))$"
)
_CHOSEN = re.compile(
    r"^(?:switched|migrated|moved|replaced|decided|chose|dropped|adopted|agreed|standardi[sz]ed|based"
    r"|located|written|named|generated|built)\b"
)
_LINKING = re.compile(
    r"\b(?:with|for|at|in|via|by|to|on|from|using|everywhere|only|per|over|under|instead|no|not)\b"
)
_GERUND = re.compile(
    r"^(?:looking|running|checking|reading|searching|updating|creating|starting|working|fixing|adding|testing"
    r"|installing|building|executing|retrying|trying|opening|moving|writing|applying|verifying|analy[sz]ing"
    r"|investigating|committing|pushing|generating|examining|exploring|continuing|waiting|debugging|fetching"
    r"|implementing|refactoring|cleaning|reviewing|removing|replacing|deploying|loading|thinking)\b"
)
_LEADING = (
    "please",
    "only",
    "also",
    "just",
    "always",
    "first",
    "then",
    "optionally",
    "explicitly",
    "carefully",
)
_NEGATIVE_STARTS = ("never", "don't", "avoid", "no", "not", "every", "all", "any", "each")
_BASE_OR_AUX = VERBS | word_set("is are was were has have must should can will may live need")
_SENTENCE_WORDS = word_set(
    """
    the a is are to for before after when with not and must should has needs runs never always only
    please still already instead shows lists prints finds gives tells skips keeps deletes removes
    creates opens does also gets turns fixes works makes
    """
)
_CONTRAST = re.compile(
    r"[,;—-] ?(?:not|never|no|and not|but not) (?!(?:yet|sure|really|now|idea|problem|worries|bad|again)\b)\S"
    r"|, (?:one|two|no|max) .*\b(?:each|per \w+)$|\beach[.!]?$|\b(?:no exceptions|without exception)\b"
    r"|^[\w -]+ only (?:in|for|on|with|after|when|if|to|by|from|via|through)\b"
    r"|^[\w -]{3,40}, (?:[\w-]+ ){1,3}(?:in|on|for|by|with|everywhere) [\w-]+$"
    r"|^no(?:t)? \w+|\b(?:instead of|rather than)\b|^only\b|\bonly[.!]?$|\b(?:before|after|for|on) (?:each"
    r"|every|any)\b"
    r"|\bwhere(?:ver)? (?:possible|it makes sense)\b|^(?:one|two|max(?:imum)?|min(?:imum)?|at (?:most"
    r"|least))\b.* per \w"
)
_OVER = re.compile(r"^[\w -]{3,40} (?:over|before|first|everywhere)\b(?! (?:the|a|an|all|to|there|here)\b)")
"""A preference without a verb: "composition over inheritance"."""
_PROGRAMS = (TOOLS - {"make"}) | word_set(
    "curl wget cp mv rm mkdir chmod chown export cd ls cat grep sed awk scp tar sudo echo kill"
)
_TICKET = re.compile(r"[A-Z]{2,12}-\d{1,6}$|(?:todo|fixme|backlog|wip)\b", re.IGNORECASE)
_SLOT = re.compile(
    r"\b(?:style|manager|framework|language|linter|formatter|runner|tool|version|port|database|branch"
    r"|time ?zone|indentation|encoding|editor"
    r"|naming|format|licen[sc]e|owner|build|testing|tests|deploy\w*|hosting|bundler|compiler|runtime"
    r"|queue|cache|registry|region|length)$",
    re.IGNORECASE,
)


_SLOTTED = re.compile(
    r"^(?:\w+ ){0,3}(?:version|port|length|width|size|limit|timeout|indent\w*|coverage|time ?zone|encoding"
    r"|locale)"
    r" (?:of |at least |max(?:imum)? |is )?(?:\d|utc\b|utf)"
)
"""A setting followed by its value: "line length 100"."""
_PLURAL = re.compile(r"(?<!thi)(?<!gues)(?<!alway)(?<!ye)s$")
_METADATA = re.compile(
    r"^(?:last |date |version |document )?(?:updated|modified|edited|reviewed|changed|created|published"
    r"|authors?|status"
    r"|date|tags?|title|category|layout|slug|reading time)$",
    re.IGNORECASE,
)


def is_statement(text: str) -> bool:
    """Whether a bare text is a statement: an order, a sentence with a verb, a name with its meaning.

    A heading, the lead-in of a list, a bare noun phrase, or a line cut off in the middle does not.
    """
    lowered = straight(text).rstrip()
    if lowered.endswith(COLONS) or _CUT_OFF.search(lowered):
        return False
    words = words_of(_NOT_PROSE.sub(" x ", lowered))
    if len(words) < 2:
        return False
    if _SLOTTED.match(lowered):
        return True
    if label := _LABEL.match(text):
        return _is_definition(label["label"], label["value"])
    if COMPOUND.match(lowered) and not has_finite(words):
        return False
    if is_chat(text, lowered, words):
        return False
    first = words[1] if words[0] in _LEADING else words[0]
    if len(words) >= 4 and is_order(words):
        return True
    if first in VERBS:  # "Test coverage" is not an order
        return len(words) > 2 or lowered[-1] in ".!" or first in ("use", "prefer", "avoid", "never")
    if _is_title(text, words):
        return is_contrast(text)
    if words[0] in _NEGATIVE_STARTS and len(words) >= 3:
        return True
    if is_contrast(text):
        return True
    if first in BASES and len(words) >= 4 and not has_finite(words):
        return True  # "Duplicate code twice before …": a verb that is more often a noun
    if (
        words[0] in VERB_FORMS
        and not has_finite(words)
        and "'" not in words[0]
        and words[0] not in ("can", "will", "must", "may")
    ):
        # "Exposes `x` via y" lacks a subject but states something; "Added a button" is from a change log.
        if words[0].endswith("ed") or words[0] in ("built", "made", "wrote"):
            verb = any(w in _BASE_OR_AUX and words[i] != "to" for i, w in enumerate(words[1:]))
            return len(words) > 3 and (verb or bool(_CHOSEN.match(lowered)))
        return len(words) >= 4 and (has_specifics(text) or has_proper_noun(text))
    if _GERUND.match(lowered) and not any(
        word in VERB_FORMS and before not in DETERMINERS for before, word in pairwise(words[1:])
    ):
        return False  # "Checking the logs...": what someone is doing
    if len(words) >= 4 and text[:1].isupper() and lowered.endswith("."):
        return True  # written as a sentence, whatever its verb
    if (
        words[0] in ("i'm", "we're", "they're")
        or (
            words[0] in ("i", "we", "they")
            and (len(words) >= 4 or (len(words) == 3 and _PLURAL.search(lowered)))
        )
        or has_verb(_main_clause(words))
    ):
        return True
    named = has_specifics(text) or any(word in TOOLS for word in words) or has_proper_noun(text)
    if named and len(words) >= 6 and words[0] in DETERMINERS and any(w[-1] == "s" for w in words[2:-1]):
        return True  # "the cron for invoices kicks off 3am": one of its words is a verb, known or not
    return named and len(words) >= 5 and bool(_LINKING.search(lowered)) and not text[:1].islower()


def is_contrast(text: str) -> bool:
    """Whether a few words prefer one thing to another ("tabs, not spaces"): a norm without a verb."""
    lowered = straight(text)
    words = words_of(lowered)
    if len(words) < 3:
        return False
    if _LABEL.match(text) and not lowered.startswith(("only", "no ", "not ")):
        return False
    if _CONTRAST.search(lowered):
        return True
    return bool(_OVER.match(lowered)) and not any(
        word in VERB_FORMS and word not in BASES for word in words[1:]
    )


def is_command_line(text: str) -> bool:
    """Whether a text is a shell command and says nothing about it."""
    words = text.split()
    if not words or words[0] not in _PROGRAMS or any(word.lower() in _SENTENCE_WORDS for word in words):
        return False
    return (
        len(words) <= 2
        or any(word[0] in "-$|&>'\"~" or "/" in word or "=" in word for word in words[1:])
        or all(word.islower() for word in words[:3])
    )


def _is_title(text: str, words: list[str]) -> bool:
    """Whether a few words are a title: "Getting Started", "Running tests", "Quick start guide"."""
    if words[0] in ("i", "we", "my", "our", "he", "she", "they") or len(words) > 5:
        return False
    if text.rstrip().endswith((".", "!")) or any(word in PLAINLY_FINITE for word in words):
        return False
    if has_finite(words):
        return False  # "Images load lazily"
    tokens = [token for token in text.split() if token[0].isalpha()]
    if len(words) <= 4 and all(word in VERBS or word not in VERB_FORMS for word in words[1:]):
        return True  # "Quick start guide": no word in it must be a verb
    return words[0].endswith("ing") or (len(tokens) > 1 and all(token[0].isupper() for token in tokens))


def _main_clause(words: list[str]) -> list[str]:
    """The words before a relative clause ("options that change at night" is no statement)."""
    relative = next((i for i, word in enumerate(words) if i > 1 and word in ("that", "which", "who")), None)
    return words[:relative]


def _is_definition(label: str, value: str) -> bool:
    """Whether "label: value" is a statement: a sentence, words about a name, or a value for a setting."""
    words = words_of(value)
    if words and label.lower().startswith(("before ", "after ", "when ", "to ", "on every ")):
        return True
    if _TICKET.match(label) or _METADATA.match(label):
        return False
    if len(words) >= 2 and (words[0] in VERBS or _SLOT.search(label)):
        return True
    if len(words) >= 3 or "`" in value or any(word in TOOLS for word in words):
        return True
    coded = "`" in label or "/" in label
    return (
        not coded
        and bool(words)
        and (value[:1].isupper() or any(c.isdigit() for c in value))
        and len(words_of(label)) <= 4
    )
