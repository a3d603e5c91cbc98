"""French: the words that deny, contrast and join clauses."""

from __future__ import annotations

from .word_table import WordTable

__all__ = ["TABLE"]

TABLE = WordTable(
    code="fr",
    roles={
        "negation": "pas jamais",
        "contrast": "sans",
        "conjunction": "et",
        "opener": "si mais",
    },
)
