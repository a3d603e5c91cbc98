"""Russian: the words that deny and contrast."""

from __future__ import annotations

from .word_table import WordTable

__all__ = ["TABLE"]

TABLE = WordTable(
    code="ru",
    roles={
        "negation": "не никогда нельзя нет",
        "contrast": "без",
    },
)
