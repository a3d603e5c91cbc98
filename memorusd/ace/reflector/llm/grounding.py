"""Compares a model's text with what it was shown, and cuts texts to length."""

from __future__ import annotations

import re

from ....text.punctuation import CJK_ENDS
from ..languages.zh import fragments as zh

__all__ = ["clip", "content_words", "numbers", "occurs", "shorten_code"]

_WORD = re.compile(r"[^\W_]+")
_MARKER = re.compile(r"\[REDACTED:[^\]\s]*\]?")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
_NUMBER = re.compile(r"\d[\d.,_]*\d")
_FENCE = re.compile(r"(```[^\n]*\n)(.*?)(\n?```|\Z)", re.S)
_END = re.compile(rf"[.!?](?=\s)|[{CJK_ENDS}]")
_STEM = 5

# Words of any advice: that two texts share them proves nothing.
_EMPTY = frozenset(
    word
    for line in (
        "about after all also always and any are avoid because been before but can could default does don",
        "ensure every for from has have how into instead its make must need never not now off only our out",
        "over prefer project recommended remember should some sure than that the their them then there these",
        "they this those use used user users uses using via was were what when where which while will with",
        "would you your",
        zh.ADVICE_WORDS,
    )
    for word in line.split()
)


def content_words(text: str) -> frozenset[str]:
    """The content words of a text, cut to their first letters; CJK text as pairs of characters."""
    words: set[str] = set()
    for word in _WORD.findall(_MARKER.sub(" ", text).casefold()):
        for run in _CJK.findall(word):
            words.update(run[i : i + 2] for i in range(max(1, len(run) - 1)))
        words.update(_stem(part) for part in _CJK.split(word) if _is_content(part))
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
