"""What is derived from the store to answer fast: in memory, follows the journal, never the truth."""

from .entry import NOBODY, label_key
from .index import Hit, Index
from .parts import Embedded, embed_texts, passages
from .scan import Rows, dots, nearest, top
from .traits import FIRST_PERSON, TIME
from .view import View
from .words import Scored, bm25

__all__ = [
    "FIRST_PERSON",
    "NOBODY",
    "TIME",
    "Embedded",
    "Hit",
    "Index",
    "Rows",
    "Scored",
    "View",
    "bm25",
    "dots",
    "embed_texts",
    "label_key",
    "nearest",
    "passages",
    "top",
]
