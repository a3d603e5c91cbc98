"""Word stems, by Snowball's algorithms: `formatting`, `formatted` and `formats` become one word."""

from __future__ import annotations

import threading
from functools import lru_cache

import Stemmer  # type: ignore[import-not-found]

__all__ = ["LANGUAGES", "stem"]

LANGUAGES = {
    "ar": "arabic", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
"""Language codes (ISO 639-1) and the names of Snowball's algorithms for them."""

_lock = threading.Lock()  # a stemmer is for one thread at a time


def stem(word: str, language: str = "en") -> str:
    """The stem of a lower-case word; of a language that has no algorithm, the word itself."""
    if language not in LANGUAGES:
        return word
    with _lock:
        return str(_stemmer(language).stemWord(word))


@lru_cache(maxsize=len(LANGUAGES))
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(LANGUAGES[language], 0)  # no cache of its own: its users keep one
