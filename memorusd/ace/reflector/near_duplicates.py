"""Merges near-duplicate candidates of one interaction, compared by their words, numbers and negations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...text.normalise import simplified
from ...text.scripts import CJK
from .languages.zh import fragments as zh
from .reflection import Candidate
from .word_sets import word_set

__all__ = ["merge_near_duplicates"]

_TOKEN = re.compile(rf"[{CJK}]|[^\W_]+(?:[._/:'-][^\W_]+)*", re.UNICODE)
_EMPTY = word_set(
    """
    a an the please is are to of in on for and that this our we you it be with at by
    """
)
_NEGATIONS = word_set(
    """
    not no never don't dont cannot can't avoid without doesn't isn't aren't won't
    """
) | word_set(zh.NEGATIONS)
_CONTRASTS = word_set("not instead rather than over before after but from") | word_set(zh.CONTRASTS)
_MIN_SHARED = 0.8
_MAX_COMPARED = 24


def merge_near_duplicates(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The best of each group of near-duplicates, at the place of the first.

    Two candidates are near-duplicates if they share at least 0.8 of their content words (Jaccard), every
    number and every negation, and, if the order matters ("use A, not B"), have them in the same order. Only
    candidates that share one of their longest words are compared, so time stays linear.
    """
    kept = list(candidates)
    while len(merged := _merge_once(kept)) < len(kept):
        kept = merged
    return kept


def _merge_once(candidates: Sequence[Candidate]) -> list[Candidate]:
    kept: list[Candidate] = []
    seen: list[tuple[str, ...]] = []
    by_word: dict[str, list[int]] = {}
    for candidate in candidates:
        words = _words(candidate.text)
        keys = sorted(set(words), key=lambda word: (-len(word), word))[:3]
        for index in sorted({i for key in keys for i in by_word.get(key, ())}):
            if _is_near_duplicate(words, seen[index]):
                if _rank(candidate) > _rank(kept[index]):
                    kept[index] = candidate
                break
        else:
            for key in keys:
                places = by_word.setdefault(key, [])
                if len(places) < _MAX_COMPARED:
                    places.append(len(kept))
            kept.append(candidate)
            seen.append(words)
    return kept


def _rank(candidate: Candidate) -> tuple[bool, float, int]:
    return candidate.corrects is not None, candidate.score, len(candidate.text)


def _words(text: str) -> tuple[str, ...]:
    plain = simplified(text.lower().replace("’", "'"))
    return tuple(word for word in _TOKEN.findall(plain) if word not in _EMPTY)


def _is_near_duplicate(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    if left == right:
        return True
    one, other = set(left), set(right)
    both = len(one & other)
    if both < _MIN_SHARED * (len(one) + len(other) - both):
        return False
    if any(any(c.isdigit() for c in word) or word in _NEGATIONS for word in one ^ other):
        return False
    if (one | other) & _CONTRASTS:
        return [w for w in left if w in other] == [w for w in right if w in one]
    return True
