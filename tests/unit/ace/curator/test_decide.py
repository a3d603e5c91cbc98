"""decide(): what becomes of a new bullet, case by case."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from memorusd.ace.curator.conflict_detection import conflicts_among
from memorusd.ace.curator.decide import decide
from memorusd.ace.curator.neighbours import Neighbour
from memorusd.ace.options import CuratorSettings
from memorusd.knowledge.bullet import Bullet

SETTINGS = CuratorSettings()
Make = Callable[..., Bullet]


@pytest.mark.parametrize(
    ("new", "corrects", "known", "event", "target", "against"),
    [
        ("Use pnpm", None, {}, "ADD", None, []),
        ("Use pnpm", None, {"Use pnpm": 1.0}, "MERGE", "Use pnpm", []),
        ("Use pnpm", None, {"pnpm should be used": 0.85, "Use pnpm": 0.1}, "MERGE", "Use pnpm", []),
        ("Indent with tabs", None, {"Use tabs for indents": 0.9}, "MERGE", "Use tabs for indents", []),
        ("Use tabs", None, {"Never use tabs": 0.9}, "ADD", None, ["Never use tabs"]),
        ("Port 80 is open", None, {"The build is slow": 0.2}, "ADD", None, []),
        ("Use pnpm for it", "npm", {"Use npm for it": 0.8}, "SUPERSEDE", "Use npm for it", []),
        ("Use pnpm", "npm", {"Use npm": 0.6}, "SUPERSEDE", "Use npm", []),
        ("Use pnpm", "npm", {"npm audit runs nightly in CI": 0.7}, "ADD", None, []),
        ("Use pnpm for packages", "npm", {"Use npm for packages": 0.7, "Use yarn for packages": 0.75},
         "SUPERSEDE", "Use npm for packages", ["Use yarn for packages"]),
        ("The API is on port 81", "", {"The API is on port 80": 0.9, "The UI is on port 80": 0.95},
         "SUPERSEDE", "The API is on port 80", []),
        ("The API is on port 81", "", {"The UI is on port 80": 0.95}, "ADD", None, []),
        ("Use pnpm, not npm", "npm", {"Use pnpm over npm": 0.3, "pnpm instead of npm": 0.9},
         "MERGE", "pnpm instead of npm", []),
        ("Use pnpm, not npm", "npm", {"Never use npm": 0.8}, "ADD", None, []),
        ("Use pnpm. npm is slow", None, {"Use pnpm": 0.85}, "MERGE", "Use pnpm", []),
        ("Use pnpm", None, {"Use pnpm. npm is slow": 0.85}, "MERGE", "Use pnpm. npm is slow", []),
        ("  ", None, {"Use pnpm": 0.1}, "SKIP", None, []),
    ],
)  # fmt: skip
def test_decisions(
    bullet: Make,
    new: str,
    corrects: str | None,
    known: dict[str, float],
    event: str,
    target: str | None,
    against: list[str],
) -> None:
    made = bullet(new, id="new")
    decision = decide(made, corrects, [Neighbour(bullet(t), c) for t, c in known.items()], SETTINGS)
    assert decision.event == event, decision
    assert (decision.target.text if decision.target else None) == target
    assert [c.b.text for c in decision.conflicts] == against
    assert decision.bullet.id == (decision.target.id if decision.target else "new")
    assert all(c.a is decision.bullet and c.reason and c.kind for c in decision.conflicts)
    if event == "SUPERSEDE":
        assert decision.bullet.text == new
    assert decision.reason


def test_nothing_is_lost_with_the_shorter_text(bullet: Make) -> None:
    long, short = bullet("Use pnpm. npm is slow"), bullet("Use pnpm")
    for new, old in ((long, short), (short, long)):
        assert decide(new, None, [Neighbour(old, 0.85)], SETTINGS).bullet.text == long.text


def test_a_tool_does_not_correct_the_user(bullet: Make) -> None:
    old = bullet("The API is on port 80", origin="user")
    for origin, event in (("user", "SUPERSEDE"), ("agent", "SUPERSEDE"), ("tool", "ADD"), ("import", "ADD")):
        new = bullet("The API is on port 81", origin=origin)
        decision = decide(new, "", [Neighbour(old, 0.9)], SETTINGS)
        assert decision.event == event
        assert [c.b for c in decision.conflicts] == ([old] if event == "ADD" else [])


def test_conflicts_are_reported_only_where_wanted(bullet: Make) -> None:
    off = CuratorSettings(conflict_detection=False)
    new, old = bullet("Use tabs"), bullet("Never use tabs")
    assert decide(new, None, [Neighbour(old, 0.9)], off).conflicts == ()
    assert decide(new, "", [Neighbour(old, 0.9)], off).event == "SUPERSEDE"


def test_conflicts_among_pairs(bullet: Make) -> None:
    a, b, c = bullet("Use tabs"), bullet("Never use tabs"), bullet("Use UTC")
    found = list(conflicts_among([(a, b, 0.9), (b, a, 0.9), (a, a, 1.0), (a, c, 0.6)], SETTINGS))
    assert [(x.a, x.b, x.similarity, x.kind) for x in found] == [(a, b, 0.9, "negation")]
