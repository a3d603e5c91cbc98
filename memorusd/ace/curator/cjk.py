"""Chinese, Japanese and Korean: no blanks between words, and a default embedding model that is nearly blind.

Known phrases are taken out with what they do: deny, put aside, order in time, or nothing at all. Of what is
left each character is a term, but kana are grammar. Chinese is compared in simplified characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ...text.normalise import simplified
from ...text.scripts import HANGUL, HIRAGANA, KANA
from .base_forms import base_form
from .languages import TABLES, forms
from .languages.ko import TABLE as KOREAN

__all__ = ["cjk_pieces"]

_KANA = re.compile(f"[{KANA}]")
_HIRAGANA = re.compile(f"[{HIRAGANA}]")
_HANGUL = re.compile(f"[{HANGUL}]")


def cjk_pieces(run: str) -> Iterator[tuple[str, str, str]]:
    """(action, term, text as written) for each piece of a run of CJK letters.

    The actions: `term` is to be compared, `empty` carries nothing; `not`, `enable`, `disable`, `aside`,
    `aside_before`, `before`, `after` and `split` do what their names say to the clause.
    """
    pattern, actions, literals = _vocabulary()
    # Japanese keeps its own characters: 別 (another) would become 别 (do not).
    compared = run if _KANA.search(run) else simplified(run)
    for match in pattern.finditer(compared):
        piece, written = match[0], run[slice(*match.span())]
        action = actions.get(piece)
        if piece in literals:
            yield "term", literals[piece], written
        elif action == "word":
            for letter, letter_written in zip(piece, written, strict=True):
                yield "term", letter, letter_written
        elif action == "but":
            yield "split", piece, written
        elif action == "write":
            yield "term", base_form("write"), written
        elif action is not None:
            yield action, piece, written
        elif _HANGUL.match(piece):
            yield _korean(piece), _PARTICLES.sub("", piece) or piece, written
        elif not _HIRAGANA.match(piece):
            yield "term", piece, written


@cache
def _vocabulary() -> tuple[re.Pattern[str], dict[str, str], dict[str, str]]:
    """A pattern that splits a run into pieces, the phrases' actions, the words for numbers and weekdays."""
    actions: dict[str, str] = {}
    literals: dict[str, str] = {}
    for table in TABLES:
        if table is not KOREAN:
            for action, phrases in table.phrases.items():
                actions |= {
                    form: action for phrase in phrases.split() for form in (phrase, simplified(phrase))
                }
            if table.phrases:
                literals |= forms(table.literals)
    longest_first = sorted(actions | literals, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)) + f"|[{HANGUL}]+|.")
    return pattern, actions, literals


_PARTICLES = re.compile(f"(?:{'|'.join(KOREAN.particles.split())})$")
_KOREAN = {action: tuple(words.split()) for action, words in KOREAN.phrases.items()}


def _korean(word: str) -> str:
    """The action of a Korean word."""
    if word in _KOREAN["aside_before"] or word.endswith(_KOREAN["ending_aside_before"]):
        return "aside_before"
    if word in _KOREAN["not"] or any(part in word for part in _KOREAN["holding_not"]):
        return "not"
    return "empty" if (_PARTICLES.sub("", word) or word) in _KOREAN["empty"] else "term"
