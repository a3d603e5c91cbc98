"""How many tokens a text costs a language model, estimated without one."""

from __future__ import annotations

import re

__all__ = ["count_tokens"]

# Chinese, Japanese and Korean letters: about 1.5 characters a token, against 4 elsewhere.
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")


def count_tokens(text: str) -> int:
    """Estimated tokens, rounded up; 0 only for the empty text."""
    wide = len(_WIDE.findall(text))
    return -int(-(wide / 1.5 + (len(text) - wide) / 4) // 1)
