"""Text to terms: what two texts must share for the word index to see that they speak of the same thing.

Words are stemmed, and words without content are left out. What developers name (`get_user_by_id`,
`--force`, `src/app.py`, `v1.2.3`) is a term as a whole, and each of its parts is one too. Chinese,
Japanese, Korean and other scripts without spaces become single characters and pairs of them.
"""

from __future__ import annotations

import re

from .normalise import nfkc
from .scripts import HIRAGANA, UNSPACED, is_unspaced
from .stems import stem
from .stopwords import STOP_WORDS

__all__ = ["terms", "words"]

_CACHED = 1 << 16
_CACHED_LENGTH = 32

# A chunk is a run of unspaced letters, or of other word characters with the joints that names have inside.
_CHUNK = re.compile(
    rf"[{UNSPACED}]+"
    rf"|(?:--?(?=[^\W\d_]))?(?:(?![{UNSPACED}])[\w@#])+(?:[-./\\:+'’=@]+(?:(?![{UNSPACED}])\w)+)*(?:\+\+|#)?"
)
_HIRAGANA = re.compile(f"[{HIRAGANA}]")
_JOINT = re.compile(r"[^\w]|_")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\dA-Z_]+|\d+|[^\W_]+")
_POSSESSIVE = re.compile(r"['’](?:s|S)?$|['’](?:ll|re|ve|d|m|t|LL|RE|VE|D|M|T)$")

_STOP_WORDS = STOP_WORDS["en"]

_known: dict[str, tuple[str, ...]] = {}


def terms(text: str) -> list[str]:
    """The terms of `text`, in order and as often as they occur."""
    result: list[str] = []
    # No chunk holds a space, and what stands between two is mostly a word seen before.
    for word in nfkc(text).split():
        known = _known.get(word)
        if known is None:
            known = tuple(term for chunk in _CHUNK.findall(word) for term in _split(chunk))
            if len(word) <= _CACHED_LENGTH:
                if len(_known) >= _CACHED:
                    _known.clear()
                _known[word] = known
        result += known
    return result


def words(text: str) -> list[str]:
    """The words of `text` as they are written, possessive endings off: to recognise names by."""
    chunks = _CHUNK.findall(text)
    return [_POSSESSIVE.sub("", chunk) for chunk in chunks]


def _split(chunk: str) -> tuple[str, ...]:
    if is_unspaced(chunk[0]):
        # A single hiragana is an ending or a particle, as "of" and "the" are.
        letters = (letter for letter in chunk if not _HIRAGANA.match(letter))
        return (*letters, *(chunk[i : i + 2] for i in range(len(chunk) - 1)))
    chunk = _POSSESSIVE.sub("", chunk)
    whole = chunk.casefold()
    parts = [stem for part in _PART.findall(chunk) if (stem := _content_stem(part.casefold())) is not None]
    if _JOINT.search(whole) or len(parts) > 1:
        return (whole, *parts)
    return tuple(parts)


def _content_stem(word: str) -> str | None:
    """None for a word without content."""
    return None if word in _STOP_WORDS else stem(word)
