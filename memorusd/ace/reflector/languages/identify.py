"""Which language's patterns a sentence is read with."""

from __future__ import annotations

import re
from typing import Literal

from ....text.scripts import HAN, HANGUL, KANA
from ..word_sets import word_set, words_of
from .en.lexicon import VERBS

__all__ = ["Language", "language_of"]

_HAN = re.compile(f"[{HAN}]")
_LETTER = re.compile(r"[^\W\d_]")
_KANA_HANGUL = re.compile(f"[{KANA}{HANGUL}]")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1fff]")
_ACCENTED = re.compile(r"[¡¿À-ÖØ-öø-ÿĀ-ſ]")
_ENGLISH = word_set(
    """
    the a an is are to and of in for on with we you it this that use be not our my your i when
    if must should do don't never always all from by at as or has have run only new every before
    after into no it's i'm they he she his her its can will was were been their them any each
    but so than then there which who
    """
)
_FOREIGN = word_set(
    """
    der die das und ist nicht wird ein eine im mit für auf auch immer nie niemals bitte wir ich
    sie zu den dem des werden muss müssen sind schreib keine kein el la los las es en por para
    con una siempre nunca usa este esta que del se no le les est une dans pour toujours jamais
    avec sur pas nous vous je il elle ne du au aux não é com uma os as sempre em do da dos das o
    e di il lo gli che per non sempre mai sono è nel och att det inte alltid aldrig het een niet
    altijd nooit voor van nie zawsze nigdy jest w na
    """
)


Language = Literal["english", "chinese", "other"]


def language_of(text: str) -> Language:
    """Which patterns a sentence is read with. Chinese is Han without kana, and more than a word of it."""
    han = len(_HAN.findall(text))
    if han or not text.isascii():
        letters = len(_LETTER.findall(text))
        if _KANA_HANGUL.search(text):
            return "other"
        if han >= 2 and han * 6 >= letters:
            return "chinese"
        if len(_OTHER_SCRIPT.findall(text)) * 3 > letters:
            return "other"
    words = words_of(text[:600])
    english = sum(word in _ENGLISH for word in words)
    foreign = sum(word in _FOREIGN for word in words)
    if foreign > english and not (words[0] in VERBS and english):
        return "other"
    if not english and _ACCENTED.search(text):
        return "other"
    return "english"
