"""The rule-based Reflector reaches its goals on all labelled cases, and on the held-out part alone."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from .labelled import Scores, cases, scores


def _explained(measured: Scores) -> str:
    return "\n".join(measured.faults)


@pytest.fixture(scope="module", params=[None, True], ids=["all", "held"])
def measured(request: pytest.FixtureRequest) -> Scores:
    """The scores on all cases, and on those that the rules were not built with."""
    return scores(request.param)


def test_knowledge_is_found(measured: Scores) -> None:
    assert measured.recall >= 0.90, _explained(measured)


def test_noise_is_not_kept(measured: Scores) -> None:
    assert measured.precision >= 0.90, _explained(measured)


def test_chitchat_is_not_kept(measured: Scores) -> None:
    assert measured.chitchat_kept <= 0.02, _explained(measured)


def test_types_are_right(measured: Scores) -> None:
    assert measured.type_accuracy >= 0.80, _explained(measured)


def test_sections_are_right(measured: Scores) -> None:
    assert measured.section_accuracy >= 0.80, _explained(measured)


def test_the_set_is_what_its_readme_says() -> None:
    rows: list[dict[str, Any]] = cases()
    assert len(rows) >= 250
    assert sum(row["held"] for row in rows) >= 100
    wanted = [row for row in rows if row["keep"]]
    assert 0.40 <= len(wanted) / len(rows) <= 0.60
    assert sum(row["lang"] == "zh" for row in wanted) >= 0.12 * len(wanted)
    kinds = Counter(row["kind"] for row in rows)
    assert {"norm", "correction", "request", "errorfix", "retry", "fact", "decision", "personal"} <= set(
        kinds
    )
