"""What the Curator makes of the labelled pairs, with the real embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from memorusd.ace.curator.compare import Relation, compare
from memorusd.ace.options import CuratorSettings

Judged = Sequence[tuple[Any, Relation]]


@pytest.fixture(scope="module")
def judged(pairs: list[Any]) -> Judged:
    settings = CuratorSettings()
    return [(pair, compare(pair.a, pair.b, pair.cosine, settings)) for pair in pairs]


def test_the_set_is_what_it_says(pairs: list[Any]) -> None:
    assert len(pairs) >= 220
    assert 0.3 <= sum(p.held for p in pairs) / len(pairs) <= 0.36
    assert sum(p.lang == "zh" for p in pairs) / len(pairs) >= 0.18
    assert len({frozenset((p.a, p.b)) for p in pairs}) == len(pairs)


def test_nothing_but_the_same_is_merged(judged: Judged) -> None:
    merged = [(p, r) for p, r in judged if r.kind == "same" and p.label != "same"]
    assert merged == []


def test_a_bare_cosine_would_merge_opposites(judged: Judged) -> None:
    """What the words are looked at for: without them most contradictions here would be merged."""
    opposites = [p for p, _ in judged if p.label == "conflict"]
    assert sum(p.cosine >= 0.8 for p in opposites) / len(opposites) > 0.5


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("wide", [False, True])
def test_paraphrases_merge(judged: Judged, held: bool, wide: bool) -> None:
    same = [
        r.kind == "same"
        for p, r in judged
        if p.label == "same" and p.held == held and (p.lang != "en") == wide and (wide or p.cosine >= 0.8)
    ]
    assert sum(same) / len(same) >= 0.7


@pytest.mark.parametrize("held", [False, True])
def test_contradictions_are_found(judged: Judged, held: bool) -> None:
    found = [
        p.label in ("conflict", "alternative") for p, r in judged if r.kind == "conflict" and p.held == held
    ]
    missed = [p for p, r in judged if p.label == "conflict" and r.kind != "conflict" and p.held == held]
    wanted = sum(p.label == "conflict" for p, _ in judged if p.held == held)
    assert sum(found) / len(found) >= 0.85
    assert len(missed) / wanted <= 0.25, missed


def test_every_conflict_says_why(judged: Judged) -> None:
    for pair, relation in judged:
        assert relation.reason, pair
        assert (relation.conflict is not None) == (relation.kind == "conflict"), pair
