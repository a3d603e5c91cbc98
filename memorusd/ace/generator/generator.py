"""The merge: four layers look, one formula decides."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from ...knowledge.ages import Ages
from ...knowledge.bullet import GLOBAL
from ...knowledge.embed import Vectors
from ...knowledge.index import View, top
from ...knowledge.selection import Selection
from ..options import RetrievalSettings
from .conversation import Conversation
from .exact import ExactMatcher
from .fuzzy import FuzzyMatcher
from .metadata import MetadataMatcher
from .question import Question, read_question
from .vector import VectorSearcher

__all__ = ["LAYERS", "Embed", "Found", "Generator", "Weigh"]

LAYERS = ("exact", "fuzzy", "metadata", "vector", "conversation")

Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]
Slots = npt.NDArray[np.intp]
Embed = Callable[[str], Vectors | None]
"""The vector of a text; None where none can be had."""
Weigh = Callable[[Ages, float], npt.NDArray[np.float64]]
"""Decay's weights, 0 to 1, at a time in Unix seconds."""

_LOOKED_AT = 64
"""Bullets that each searching layer brings to the merge, at least,"""
_EACH = 2
"""and so many for each result asked for."""
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first."""

    ids: list[str]
    scores: list[float]
    candidates: int
    """How many bullets the caller may see."""
    embedded: bool
    """Whether the question had a vector."""


class Generator:
    """Stateless: everything it knows comes with the call."""

    def __init__(self, settings: RetrievalSettings, layers: Collection[str] = LAYERS) -> None:
        self._settings = settings
        self._layers = frozenset(layers)
        self._exact = ExactMatcher()
        self._fuzzy = FuzzyMatcher()
        self._metadata = MetadataMatcher()
        self._vector = VectorSearcher()
        self._conversation = Conversation()

    def search(
        self,
        text: str,
        k: int,
        view: View,
        selection: Selection,
        embed: Embed,
        weigh: Weigh | None = None,
        asked_at: datetime | None = None,
    ) -> Found:
        """The `k` bullets of the view that the selection allows and that answer `text` best.

        `embed` is called once, with the text or what of it means something to the model. What has no
        score at all is left out. The times that `text` names count from `asked_at`, now if it is None.
        """
        mask = view.select(selection)
        question = read_question(text, view, mask, asked_at.timestamp() if asked_at else time.time())
        query = embed(question.embedded) if "vector" in self._layers else None
        slots, scores = self._score(question, query, max(_LOOKED_AT, _EACH * k), view, mask)
        scores *= self.shade(view, slots, selection, weigh)
        # Of equals the newer: it is the likelier to hold still.
        best = np.lexsort((-view.columns.created[slots], -scores))[:k]
        best = best[scores[best] > 0]
        return Found(
            [view.ids[slot] for slot in slots[best]],
            np.clip(scores[best], 0.0, 1.0).tolist(),
            int(np.count_nonzero(mask)),
            query is not None or "vector" not in self._layers,
        )

    def _score(
        self, question: Question, query: Vectors | None, k: int, view: View, mask: Mask
    ) -> tuple[Slots, Scores]:
        """Candidates (ascending) and their relevance, 0 to 1."""
        keyword, perfect = self._keyword(question, view, mask)
        worded = np.flatnonzero(keyword > 0)
        chosen = np.zeros(view.n, np.bool_)
        chosen[worded[top(keyword[worded], k)]] = True
        if query is not None:
            chosen[self._vector.nearest(query, k, view, mask)] = True
        slots = np.flatnonzero(chosen)
        talks = "conversation" in self._layers
        if talks:
            slots = self._conversation.around(view, mask, slots)
        scores = self._merge(question, query, keyword[slots].astype(np.float64) / perfect, view, slots)
        if "metadata" in self._layers:
            scores = np.minimum(scores * self._metadata.match(question, view, mask, slots), 1.0)
        else:
            scores = np.minimum(scores, 1.0)
        if talks and len(slots):
            scores = self._conversation.share(view, slots, scores)
        return slots, scores

    def _keyword(self, question: Question, view: View, mask: Mask) -> tuple[npt.NDArray[np.float32], float]:
        """L1 and L2 of every slot, and what a perfect match of average length has (a short one has more)."""
        if "exact" not in self._layers:
            return np.zeros(view.n, np.float32), 1.0
        exact = self._exact.match(question, view, mask)
        scores = exact.scores
        if "fuzzy" in self._layers and exact.unknown:
            added = self._fuzzy.match(question, exact.unknown, view, mask)
            scores = scores if added is None else scores + added
        return scores, max(exact.perfect, 1e-9)

    def _merge(
        self, question: Question, query: Vectors | None, keyword: Scores, view: View, slots: Slots
    ) -> Scores:
        """The weighted mean of what the words say and, as far as the model can read the question, it says."""
        words = self._settings.keyword_weight
        if query is None or not len(slots):
            return keyword
        meaning = self._settings.semantic_weight * (1.0 - question.unreadable) ** 2
        # A bullet that waits for its vector is judged by its words alone.
        meanings = np.where(view.has_vector[slots], meaning, 0.0)
        both = words * keyword + meanings * self._vector.cosines(query, view, slots)
        return both / np.maximum(words + meanings, 1e-9)

    def shade(self, view: View, slots: Slots, selection: Selection, weigh: Weigh | None) -> Scores:
        """decay * recency * scope: at most 1, and never so little that it would drown relevance."""
        settings, now = self._settings, time.time()
        created, recalled, count = view.ages
        ages = Ages(created[slots], recalled[slots], count[slots])
        factors = np.ones(len(slots))
        if weigh is not None:
            factors -= settings.decay_influence * (1.0 - weigh(ages, now))
        recent = now - ages.created <= settings.recency_boost_days * _DAY
        factors *= np.where(recent, 1.0, 1.0 / settings.recency_boost_factor)
        if selection.scope not in (None, GLOBAL):
            own = view.codes("scope")[slots] == view.code("scope", selection.scope)
            factors *= np.where(own, 1.0, 1.0 / settings.scope_boost)
        return factors
