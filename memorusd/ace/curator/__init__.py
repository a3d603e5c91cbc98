"""Keeps the knowledge base consistent: merges duplicates, notices contradictions.

`decide` judges one new bullet among its neighbours, which `look` finds and `Present` keeps true inside
a transaction; `find_conflicts` looks through what is stored.
"""

from __future__ import annotations

from .conflicts import Conflict
from .decide import Decision, Neighbour, decide
from .detect import find_conflicts
from .lookup import Neighbourhood, Present, look, owner_of
from .merge import merge
from .raw import keep_raw

__all__ = [
    "Conflict",
    "Decision",
    "Neighbour",
    "Neighbourhood",
    "Present",
    "decide",
    "find_conflicts",
    "keep_raw",
    "look",
    "merge",
    "owner_of",
]
