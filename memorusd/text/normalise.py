"""One spelling for what means the same: Unicode's compatibility forms, case, the two scripts of Chinese."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Protocol

from .scripts import HAN, has_han

__all__ = ["fold", "nfkc", "simplified"]

_HAN_RUN = re.compile(f"[{HAN}]+")  # the converter is given nothing else: it fails on lone surrogates


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


def nfkc(text: str) -> str:
    """`text` in Unicode's normal form KC: full-width letters, ligatures and the like become plain ones."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def fold(text: str) -> str:
    """`text` in normal form KC and without distinction of case, to compare by."""
    return nfkc(text).casefold()


def simplified(text: str) -> str:
    """`text` with traditional Chinese characters written as simplified ones, one for one, by OpenCC's table.

    Words are not replaced, so positions stay: character i of the result stands for character i of `text`.
    """
    return _HAN_RUN.sub(_simplified_run, text) if has_han(text) else text


def _simplified_run(match: re.Match[str]) -> str:
    run = match[0]
    converted = _converter().convert(run)
    return converted if len(converted) == len(run) else "".join(map(_converter().convert, run))


@lru_cache(maxsize=1)
def _converter() -> _Converter:
    from opencc import OpenCC  # only texts with Chinese characters pay for its tables

    converter: _Converter = OpenCC("t2s")
    return converter
