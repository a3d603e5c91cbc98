"""The Generator: finds the bullets that answer a query.

    score = (keyword_weight * keyword + semantic_weight * semantic) * metadata, conversation
            * decay * recency * scope

`keyword` is the BM25 of L1 and L2, as a share of the BM25 of a text of average length that has every word of
the query. `semantic` is L4's cosine. Both are absolute, so scores of different queries can be compared, and
a best score near 0 means that nothing answers. Each layer can be switched off.
"""

from .explain import explain
from .generator import LAYERS, Generator
from .query import Query, Ranking

__all__ = ["LAYERS", "Generator", "Query", "Ranking", "explain"]
