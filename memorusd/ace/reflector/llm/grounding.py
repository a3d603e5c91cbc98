"""Compares a model's text with what it was shown, and cuts texts to length."""

from __future__ import annotations

import re

from ....text.normalise import fold, simplified
from ....text.punctuation import CJK_ENDS
from ....text.scripts import CJK
from ....text.stopwords import STOP_WORDS
from ..languages.zh import fragments as zh
from ..word_sets import word_set

__all__ = ["clip", "content_words", "numbers", "occurs", "shorten_code"]

_WORD = re.compile(r"[^\W_]+")
_MARKER = re.compile(r"\[REDACTED:[^\]\s]*\]?")
_CJK_RUN = re.compile(f"[{CJK}]+")
_NUMBER = re.compile(r"\d[\d.,_]*\d")
_FENCE = re.compile(r"(```[^\n]*\n)(.*?)(\n?```|\Z)", re.S)
_END = re.compile(rf"[.!?](?=\s)|[{CJK_ENDS}]")
_STEM = 5

_ADVICE_WORDS = word_set(
    """
    always avoid default doesn don ensure every make must need never over prefer project recommended remember
    than use used user users uses using via
    """
)
_EMPTY = STOP_WORDS["en"] | _ADVICE_WORDS | word_set(zh.ADVICE_WORDS)
"""Words of any text or any advice: that two texts share them proves nothing."""


def content_words(text: str) -> frozenset[str]:
    """The content words of a text, cut to their first letters; CJK text as pairs of characters."""
    words: set[str] = set()
    for word in _WORD.findall(simplified(fold(_MARKER.sub(" ", text)))):
        for run in _CJK_RUN.findall(word):
            words.update(run[i : i + 2] for i in range(max(1, len(run) - 1)))
        words.update(_stem(part) for part in _CJK_RUN.split(word) if _is_content(part))
    return frozenset(words - _EMPTY)


def _is_content(word: str) -> bool:
    return word not in _EMPTY and (len(word) > 2 or word.isdigit())


def _stem(word: str) -> str:
    return word if any(letter.isdigit() for letter in word) else word[:_STEM]


def numbers(text: str) -> frozenset[str]:
    """The numbers of three or more digits, and versions: nobody writes these by chance."""
    plain = (match.replace(",", "").replace("_", "") for match in _NUMBER.findall(text))
    return frozenset(number for number in plain if len(number) > 2)


def occurs(words: str, source: str) -> bool:
    """Whether exactly these words are in `source`; case and spacing do not matter."""
    return " ".join(words.casefold().split()) in " ".join(source.casefold().split())


def clip(text: str, length: int) -> str:
    """`text` cut to `length` characters after its last whole sentence, else word; no marker is split."""
    if len(text) <= length:
        return text
    head = text[:length]
    ends = [match.end() for match in _END.finditer(head)]
    if ends and ends[-1] >= length // 2:
        return head[: ends[-1]]
    head = text[: length - 1]
    if not text[length - 1].isspace() and " " in head[length // 2 :]:
        head = head[: head.rindex(" ")]
    opened = head.rfind("[REDACTED:")
    if opened >= 0 and "]" not in head[opened:]:
        head = head[:opened]
    return head.rstrip() + "…"


def shorten_code(text: str, lines: int) -> str:
    """`text` with at most `lines` lines in each fenced block of code; 0 removes the blocks."""

    def shorten(match: re.Match[str]) -> str:
        kept = match[2].split("\n")[:lines]
        return match[1] + "\n".join(kept) + "\n```" if lines else ""

    return _FENCE.sub(shorten, text).strip()
