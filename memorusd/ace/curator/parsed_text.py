"""What a text comes to once it is parsed: its clauses, and the sign and time of every term."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["ORDER", "Clause", "ParsedText", "signs_and_times"]

ORDER = "@order"
"""The term that stands for a `before` or `after`."""


@dataclass(frozen=True, slots=True)
class ParsedText:
    """What `compare` needs to know of one text."""

    signs: dict[str, int]
    """Each term: 1 where the text affirms it, -1 where it denies it or puts it aside, 0 for both."""
    times: dict[str, int]
    """-1 for the terms that come before, 1 for those that come after, where the text says so."""
    sequence: tuple[str, ...]
    """The terms in their order, with the little words that give a direction ("from", "to", "use")."""
    clauses: tuple[tuple[str, tuple[str, ...]], ...]
    """What each clause begins with (".", "because", "if" …) and its terms."""
    written: dict[str, str]
    """Each term as the text writes it."""
    cues: tuple[str, ...]
    """The words that deny, as they are written."""
    function_words: frozenset[str]
    """Its prepositions and quantifiers."""
    is_cjk: bool
    """Whether it is Chinese, Japanese or Korean, where a cosine says little."""


@dataclass(slots=True)
class Clause:
    """A clause while it is being parsed."""

    opener: str
    denied: bool = False
    joined: bool = False
    """Whether an `and` came after the denial: a second denial is then another clause's."""
    piece: int = 1
    """-1 while what follows is put aside."""
    terms: list[tuple[str, int, int]] = field(default_factory=list)
    """(term, sign of its piece, side of a before or after: 0 ahead of it, 1 behind)"""
    time: int = 0
    """-1 for `before`, 1 for `after`."""
    fronted: bool = False
    """Whether the before or after stands first: "before each commit, …"."""
    earlier: str = ""
    """The role of an earlier word (choice, departure, replacement): it tells what `over` or `from` does."""


def signs_and_times(clauses: Sequence[Clause], is_cjk: bool) -> tuple[dict[str, int], dict[str, int]]:
    """See ParsedText.signs and times."""
    signs: dict[str, int] = {}
    times: dict[str, int] = {}
    ahead = 0
    for i, clause in enumerate(clauses):
        turn = -1 if clause.denied else 1
        following = clauses[i + 1].opener if i + 1 < len(clauses) else ""
        # Without a comma nobody can tell where `before deploying run migrations` has its middle.
        vague = clause.fronted and following not in (",", "，")
        for term, piece, side in clause.terms:
            sign = piece * turn
            signs[term] = sign if signs.get(term, sign) == sign else 0
            time = ahead
            if clause.time and not vague:
                time = -clause.time if side else clause.time
            if time:
                times[term] = time if times.get(term, time) == time else 0
        ahead = 0
        if clause.time:
            signs[ORDER] = turn
            if clause.fronted:
                ahead = clause.time
            elif is_cjk and not any(side for _, _, side in clause.terms):
                ahead = -clause.time
    return signs, times
