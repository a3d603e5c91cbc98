"""Words that show what a question asks for."""

from __future__ import annotations

import pytest

from memorusd.text import cues


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (cues.WHEN, "Which year did we move?"),
        (cues.WHEN, "我们什么时候搬家?"),
        (cues.WHEN, "いつ引っ越した"),
        (cues.NOW, "the CURRENT port"),
        (cues.NOW, "most recently used"),
        (cues.FORMER, "what I used to drink"),
        (cues.FORMER, "最初のポート"),
        (cues.ASSISTANT, "remind me of it"),
    ],
)
def test_a_cue_is_found(table: cues.Cues, text: str) -> None:
    assert cues.cue_pattern(table).search(text)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        (cues.WHEN, "whenever it rains"),
        (cues.NOW, "I know the currents"),
        (cues.FORMER, "the performer"),
        (cues.ASSISTANT, "the youth"),
    ],
)
def test_a_part_of_a_word_is_no_cue(table: cues.Cues, text: str) -> None:
    assert not cues.cue_pattern(table).search(text)


@pytest.mark.parametrize(
    ("text", "found"), [("My dog", True), ("what I like", True), ("i/o and IT", False), ("我的狗", True)]
)
def test_case_can_matter(text: str, found: bool) -> None:
    pattern = cues.cue_pattern(cues.FIRST_PERSON, ignore_case=False)
    assert (pattern.search(text) is not None) is found
