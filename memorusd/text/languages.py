"""Which language a text is in."""

from __future__ import annotations

import re

from .scripts import HANGUL, KANA, count_cjk

__all__ = ["identify"]

_HANGUL = re.compile(f"[{HANGUL}]")
_KANA = re.compile(f"[{KANA}]")
_SHORTEST = 20
"""Letters below which a guess is worth little."""


def identify(text: str) -> str | None:
    """The likeliest language of `text` as its ISO 639-1 code; None where there is too little to judge by.

    Where Chinese, Japanese and Korean letters prevail their scripts decide; elsewhere a classifier over
    character sequences (py3langid, after Lui and Baldwin, 2012). Its model takes 2 s to load, once, with the
    first text that needs it.
    """
    letters = sum(map(str.isalpha, text))
    if letters and count_cjk(text) * 2 >= letters:
        if _KANA.search(text):
            return "ja"
        return "ko" if _HANGUL.search(text) else "zh"
    if letters < _SHORTEST:
        return None
    import py3langid

    language: str = py3langid.classify(text)[0]
    return language
