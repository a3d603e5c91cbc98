"""Sentences and Markdown: what ends a sentence, what does not, and what is taken off a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorusd.text.markdown import without_markup
from memorusd.text.sentences import end_of_sentence, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Use pnpm. Never npm!", ["Use pnpm.", "Never npm!"]),
        ("我们用 pnpm。不用 npm！", ["我们用 pnpm。", "不用 npm！"]),
        ("Use a linter, e.g. ruff. It is fast.", ["Use a linter, e.g. ruff.", "It is fast."]),
        ("Call `a. b` first. Then stop.", ["Call `a. b` first.", "Then stop."]),
        ("1. Install it. 2. Run it.", ["1. Install it.", "2. Run it."]),
        ("It is in config.toml, version 1.2.", ["It is in config.toml, version 1.2."]),
        ("  no end ", ["no end"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


@given(st.text(alphabet=".!?。` a1\n…", max_size=60))
def test_no_character_is_lost(text: str) -> None:
    position = 0
    while position < len(text):
        end = end_of_sentence(text, position)
        assert end > position
        position = end
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Always** use *tabs*", "Always use tabs"),
        ("See [the docs](https://a.b/c) and [above](#top)", "See the docs (https://a.b/c) and above"),
        ("Call `init()`  once,\nnot 2 * 3 * 4", "Call `init()` once, not 2 * 3 * 4"),
    ],
)
def test_markup_is_taken_off(text: str, expected: str) -> None:
    assert without_markup(text) == expected
