"""The Generator: finds the bullets that answer a question.

    score = (keyword_weight * keyword + semantic_weight * semantic) * metadata, conversation
            * decay * recency * scope

`keyword` is the BM25 of L1 and L2 as a share of what a text of average length would have that holds
every word of the question; `semantic` is L4's cosine. Both are absolute, so scores can be compared
between questions, and one near 0 says that nothing here answers. Every layer can be switched off.
"""

from .explain import explain
from .generator import LAYERS, Found, Generator

__all__ = ["LAYERS", "Found", "Generator", "explain"]
