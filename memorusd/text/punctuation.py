"""Punctuation marks that the rules look for, in Latin and in CJK text."""

from __future__ import annotations

__all__ = [
    "CJK_CLOSERS",
    "CJK_ENDS",
    "CJK_QUESTION_MARK",
    "COLONS",
    "FULL_STOPS",
    "PAUSES",
    "QUESTION_MARKS",
    "SENTENCE_ENDS",
]

COLONS = (":", "：")
CJK_QUESTION_MARK = "？"
QUESTION_MARKS = ("?", CJK_QUESTION_MARK)
FULL_STOPS = (".", "!", "。")
CJK_CLOSERS = "」』）"
CJK_ENDS = "。！？"
"""Marks that end a sentence without a space after them."""
SENTENCE_ENDS = (".", "!", "…", ";", *COLONS, *QUESTION_MARKS, "。", "！")
"""Marks after which a line does not continue in the next one."""
PAUSES = "，,。.!！：: "
"""Marks and spaces that separate an opening from what follows."""
