"""What the Curator knows of each language, as a table. All tables apply to every text.

To add a language, write `<code>.py` with a `TABLE` and put it into `TABLES`.
"""

from __future__ import annotations

from . import de, en, es, fr, ja, ko, pt, ru, zh
from .word_table import WordTable, forms, word_set

__all__ = ["TABLES", "WordTable", "forms", "merged_words", "role_words", "word_set"]

TABLES: tuple[WordTable, ...] = tuple(module.TABLE for module in (en, de, fr, es, pt, ru, zh, ja, ko))


def merged_words(column: str) -> frozenset[str]:
    """The words of every language in one column of the tables."""
    return frozenset(word for table in TABLES for word in str(getattr(table, column)).split())


def role_words(role: str) -> frozenset[str]:
    """The words of every language that have a role in the clause parser."""
    return frozenset(word for table in TABLES for word in table.roles.get(role, "").split())
