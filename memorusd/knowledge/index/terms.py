"""Text to terms: what two texts must share for the word index to see that they speak of the same thing.

Words are stemmed, and words without content are left out. What developers name (`get_user_by_id`,
`--force`, `src/app.py`, `v1.2.3`) is a term as a whole, and each of its parts is one too. Chinese,
Japanese, Korean and other scripts without spaces become single characters and pairs of them.
"""

from __future__ import annotations

import re
import threading
import unicodedata

import Stemmer  # type: ignore[import-not-found]

__all__ = ["STOP_WORDS", "is_wide", "terms", "wide_letters", "wide_share", "words"]

_CACHED = 1 << 16
_CACHED_LENGTH = 32

# Letters of scripts that write without spaces: Thai, Lao, Khmer, kana, Han, Hangul.
_WIDE = (
    r"\u0e00-\u0eff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\uac00-\ud7af\uf900-\ufaff"
)
_WIDE_LETTER = re.compile(f"[{_WIDE}]")
# A chunk is a run of wide letters, or of other word characters with the joints that names have inside.
_CHUNK = re.compile(
    rf"[{_WIDE}\U00020000-\U0003ffff]+"
    rf"|(?:--?(?=[^\W\d_]))?(?:(?![{_WIDE}])[\w@#])+(?:[-./\\:+'’=@]+(?:(?![{_WIDE}])\w)+)*(?:\+\+|#)?"
)
_JOINT = re.compile(r"[^\w]|_")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+|[^\W_]+")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$|['’](?:ll|re|ve|d|m|t|LL|RE|VE|D|M|T)$")

_CONTENTLESS = """
    a about above after again against all also am an and any are aren as at be because been before being
    below between both but by can could couldn d did didn do does doesn doing don down during each else
    ever few for from further get gets give go goes going gone got had hadn has hasn have haven having
    he her here hers herself him himself his how however i if in into is isn it its itself just let ll m
    many may me might more most much must mustn my myself no nor not now of off on once one only or
    other our ours ourselves out over own please re s same shall she should shouldn since so some such t
    tell than that the their theirs them themselves then there these they this those through to too
    under until up upon us ve very was wasn we were weren what when where which while who whom whose why
    will with without won would wouldn yes you your yours yourself yourselves
"""
STOP_WORDS = frozenset(_CONTENTLESS.split())

_stemmer = Stemmer.Stemmer("english", 0)
_lock = threading.Lock()  # a stemmer is for one thread at a time
_known: dict[str, tuple[str, ...]] = {}


def terms(text: str) -> list[str]:
    """The terms of `text`, in order and as often as they occur."""
    found: list[str] = []
    # No chunk holds a space, and what stands between two is mostly a word seen before.
    for word in unicodedata.normalize("NFKC", text).split():
        known = _known.get(word)
        if known is None:
            known = tuple(term for chunk in _CHUNK.findall(word) for term in _split(chunk))
            if len(word) <= _CACHED_LENGTH:
                if len(_known) >= _CACHED:
                    _known.clear()
                _known[word] = known
        found += known
    return found


def words(text: str) -> list[str]:
    """The words of `text` as they are written, possessive endings off: to recognise names by."""
    chunks = _CHUNK.findall(text)
    return [_POSSESSIVE.sub("", chunk) for chunk in chunks]


def is_wide(letter: str) -> bool:
    """Whether a character is of a script that writes without spaces."""
    return _WIDE_LETTER.match(letter) is not None or "\U00020000" <= letter <= "\U0003ffff"


def wide_share(text: str) -> float:
    """Which share of the letters of `text` is of scripts without spaces, 0 to 1."""
    if text.isascii():
        return 0.0
    letters = sum(map(str.isalpha, text))
    return wide_letters(text) / letters if letters else 0.0


def wide_letters(text: str) -> int:
    """How many characters are of scripts without spaces."""
    return len(_WIDE_LETTER.findall(text))


def _split(chunk: str) -> tuple[str, ...]:
    if is_wide(chunk[0]):
        # A single hiragana is an ending or a particle, as "of" and "the" are.
        letters = (letter for letter in chunk if not "\u3040" <= letter <= "\u309f")
        return (*letters, *(chunk[i : i + 2] for i in range(len(chunk) - 1)))
    chunk = _POSSESSIVE.sub("", chunk)
    whole = chunk.casefold()
    parts = [stem for part in _PART.findall(chunk) if (stem := _stem(part.casefold())) is not None]
    if _JOINT.search(whole) or len(parts) > 1:
        return (whole, *parts)
    return tuple(parts)


def _stem(word: str) -> str | None:
    """None for a word without content."""
    if word in STOP_WORDS:
        return None
    with _lock:
        return str(_stemmer.stemWord(word))
