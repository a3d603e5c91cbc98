"""Simplified forms: one character for one, whatever stands around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorusd.text.han_patterns import HanPattern
from memorusd.text.normalise import simplified


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("資料庫為什麼報錯", "资料库为什么报错"),
        ("use 資料庫 only", "use 资料库 only"),
        ("数据库", "数据库"),
        ("不要 \ud800 報錯", "不要 \ud800 报错"),
        ("no Chinese", "no Chinese"),
    ],
)
def test_simplified(text: str, expected: str) -> None:
    assert simplified(text) == expected


@given(
    st.text(alphabet=st.characters(min_codepoint=0x3000, max_codepoint=0x9FFF) | st.sampled_from("a \ud800"))
)
def test_positions_stay(text: str) -> None:
    assert len(simplified(text)) == len(text)


def test_a_pattern_in_simplified_characters_matches_both() -> None:
    pattern = HanPattern("报错|不要", 0)
    for text in ("一直報錯", "一直报错"):
        match = pattern.search(text)
        assert match is not None
        assert match.span() == (2, 4)
    assert pattern.match("一直報錯") is None
    assert [m.start() for m in pattern.finditer("報錯，不要")] == [0, 3]
