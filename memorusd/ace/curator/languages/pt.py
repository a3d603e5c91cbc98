"""Portuguese: the words that deny and contrast."""

from __future__ import annotations

from .word_table import WordTable

__all__ = ["TABLE"]

TABLE = WordTable(
    code="pt",
    roles={
        "negation": "não nem",
        "contrast": "sem",
    },
)
