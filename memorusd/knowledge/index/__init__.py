"""The index: derived from the store and kept in memory, to answer searches fast.

It follows the store's journal and can be rebuilt from the store at any time.
"""

from .analysis import label_key
from .bm25 import KeywordScores, Postings, bm25_scores
from .index import Hit, Index
from .passages import Embedded, embed_texts, split_passages
from .text_features import HAS_FIRST_PERSON, HAS_TIME
from .vector_scan import VectorRows, dot_products, nearest, top_k
from .view import View

__all__ = [
    "HAS_FIRST_PERSON",
    "HAS_TIME",
    "Embedded",
    "Hit",
    "Index",
    "KeywordScores",
    "Postings",
    "VectorRows",
    "View",
    "bm25_scores",
    "dot_products",
    "embed_texts",
    "label_key",
    "nearest",
    "split_passages",
    "top_k",
]
