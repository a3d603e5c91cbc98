"""Spanish: the words that deny and join clauses."""

from __future__ import annotations

from .word_table import WordTable

__all__ = ["TABLE"]

TABLE = WordTable(
    code="es",
    roles={
        "negation": "nunca jamás",
        "conjunction": "y",
        "opener": "si sino",
    },
)
