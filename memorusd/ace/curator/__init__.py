"""Keeps the knowledge base consistent: merges duplicates, notices contradictions.

`find_neighbours` finds the bullets that a new one is compared with, `CurrentNeighbours` keeps them true
inside a transaction, and `decide` says what becomes of the new one. `find_conflicts` searches what is stored.
"""

from __future__ import annotations

from .conflict_detection import Conflict, find_conflicts
from .decide import Decision, decide
from .merge_bullets import merge_bullets
from .neighbours import CurrentNeighbours, Neighbour, Neighbourhood, find_neighbours, place_of
from .verbatim import keep_verbatim

__all__ = [
    "Conflict",
    "CurrentNeighbours",
    "Decision",
    "Neighbour",
    "Neighbourhood",
    "decide",
    "find_conflicts",
    "find_neighbours",
    "keep_verbatim",
    "merge_bullets",
    "place_of",
]
