"""What the index notes about a text."""

from __future__ import annotations

import pytest

from memorusd.knowledge.index.text_features import HAS_FIRST_PERSON, HAS_TIME, text_features


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("We moved last week", HAS_TIME | HAS_FIRST_PERSON),
        ("released in 2024", HAS_TIME),
        ("I'm here", HAS_FIRST_PERSON),
        ("the US market", 0),
        ("我昨天买了书", HAS_TIME | HAS_FIRST_PERSON),
        ("3月に東京", HAS_TIME),
        ("the port is open", 0),
    ],
)
def test_time_and_first_person(text: str, flags: int) -> None:
    assert text_features(text).flags == flags


def test_the_share_that_is_a_question() -> None:
    assert text_features("Is it red?").question_share == 1.0
    assert text_features("Yes. Red").question_share == 0.0
    assert 0.0 < text_features("你好。真的吗？").question_share < 1.0


def test_two_letters_without_spaces_count_as_a_word() -> None:
    assert text_features("one two three").word_count == 3
    assert text_features("我昨天买了书").word_count == 3
