"""How many tokens a text costs a language model, estimated without one; and what fits into a budget."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["count_tokens", "trim"]

# Chinese, Japanese and Korean letters: about 1.5 characters a token, against 4 elsewhere.
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def count_tokens(text: str) -> int:
    """Estimated tokens, rounded up; 0 only for the empty text."""
    wide = len(_WIDE.findall(text))
    return -int(-(wide / 1.5 + (len(text) - wide) / 4) // 1)


def trim(texts: Sequence[str], budget: int | None) -> tuple[int, int]:
    """(how many of `texts`, from the first on, fit into `budget` tokens, what those cost).

    The first always fits; None is no bound.
    """
    total = 0
    for number, text in enumerate(texts):
        cost = count_tokens(text)
        if number and budget is not None and total + cost > budget:
            return number, total
        total += cost
    return len(texts), total
