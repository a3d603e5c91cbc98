"""German: the words that deny, contrast and join clauses."""

from __future__ import annotations

from .word_table import WordTable

__all__ = ["TABLE"]

TABLE = WordTable(
    code="de",
    roles={
        "negation": "nicht nie niemals kein keine keinen keinem keiner",
        "contrast": "ohne",
        "conjunction": "und",
        "opener": "wenn weil aber sondern",
    },
)
