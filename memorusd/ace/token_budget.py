"""Estimates how many tokens a text costs a language model, and trims results to a budget."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from ..text.scripts import count_cjk

__all__ = ["count_tokens", "trim"]

_CJK_LETTERS_PER_TOKEN = 1.5
_OTHER_LETTERS_PER_TOKEN = 4


def count_tokens(text: str) -> int:
    """Estimated tokens, rounded up; 0 only for the empty text."""
    cjk = count_cjk(text)
    return ceil(cjk / _CJK_LETTERS_PER_TOKEN + (len(text) - cjk) / _OTHER_LETTERS_PER_TOKEN)


def trim(texts: Sequence[str], budget: int | None) -> tuple[int, int]:
    """(how many of the first `texts` fit into `budget` tokens, how many tokens those have).

    The first text is always kept. A budget of None does not limit.
    """
    total = 0
    for number, text in enumerate(texts):
        cost = count_tokens(text)
        if number and budget is not None and total + cost > budget:
            return number, total
        total += cost
    return len(texts), total
