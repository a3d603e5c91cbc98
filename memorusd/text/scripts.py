"""Which characters belong to which script: the one definition that every pattern is built from.

The constants are the insides of regular-expression character classes, for use as `f"[{CJK}]"`. They cover
the assigned blocks of Unicode 16.
"""

from __future__ import annotations

import re

__all__ = [
    "CJK",
    "CJK_PUNCTUATION",
    "FULLWIDTH",
    "HAN",
    "HANGUL",
    "HIRAGANA",
    "KANA",
    "UNSPACED",
    "count_cjk",
    "count_unspaced",
    "has_cjk",
    "has_han",
    "is_unspaced",
    "unspaced_share",
]

HAN = r"\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese characters, also as Japanese and Korean use them."""
HIRAGANA = r"\u3041-\u309f"
KANA = HIRAGANA + r"\u30a0-\u30ff\u31f0-\u31ff\uff66-\uff9f"
"""Hiragana and katakana, small and half-width ones too."""
HANGUL = r"\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"
"""Korean syllables, and the letters they are made of."""
CJK = HAN + KANA + r"\u3100-\u312f\u31a0-\u31bf" + HANGUL
"""Chinese (with Bopomofo), Japanese and Korean."""
CJK_PUNCTUATION = (
    r"\u3000-\u3004\u3008-\u303f\uff00-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\uffe0-\uffef"
)
"""Punctuation and symbols of these scripts, full-width and half-width, with the ideographic space."""
FULLWIDTH = r"\uff00-\uffef"
"""Full-width Latin letters, digits and punctuation, and half-width kana and Hangul."""
UNSPACED = CJK + r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Scripts that write without spaces between words: CJK, Thai, Lao, Burmese, Khmer. (Korean has spaces, but
its words carry their particles, so they are searched by syllable as well.)"""

_CJK = re.compile(f"[{CJK}]")
_HAN = re.compile(f"[{HAN}]")
_UNSPACED = re.compile(f"[{UNSPACED}]")


def has_cjk(text: str) -> bool:
    """Whether `text` has a Chinese, Japanese or Korean letter."""
    return not text.isascii() and _CJK.search(text) is not None


def has_han(text: str) -> bool:
    """Whether `text` has a Chinese character."""
    return not text.isascii() and _HAN.search(text) is not None


def count_cjk(text: str) -> int:
    """How many letters of `text` are Chinese, Japanese or Korean."""
    return 0 if text.isascii() else len(_CJK.findall(text))


def is_unspaced(letter: str) -> bool:
    """Whether one character is of a script that writes without spaces."""
    return _UNSPACED.match(letter) is not None


def count_unspaced(text: str) -> int:
    """How many characters of `text` are of scripts that write without spaces."""
    return 0 if text.isascii() else len(_UNSPACED.findall(text))


def unspaced_share(text: str) -> float:
    """The share of the letters of `text` that are of scripts without spaces, 0 to 1."""
    if text.isascii():
        return 0.0
    letters = sum(map(str.isalpha, text))
    return count_unspaced(text) / letters if letters else 0.0
