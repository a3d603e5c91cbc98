"""Scripts, and one spelling for the two of Chinese."""

from __future__ import annotations

import re

import pytest

from memorusd.text.normalise import fold, simplified
from memorusd.text.scripts import (
    CJK,
    CJK_PUNCTUATION,
    FULLWIDTH,
    count_cjk,
    has_cjk,
    has_han,
    is_unspaced,
    unspaced_share,
)


@pytest.mark.parametrize(
    "letter", ["中", "々", "〇", "あ", "ア", "ㇰ", "ｶ", "ㄅ", "한", "ㅋ", "ᄏ", "豈", "𠮷"]
)
def test_cjk_letters(letter: str) -> None:
    assert has_cjk(letter)
    assert count_cjk(f"a{letter}b{letter}") == 2
    assert is_unspaced(letter)
    assert re.fullmatch(f"[{CJK}]", letter)


@pytest.mark.parametrize("letter", ["a", "é", "ß", "я", "ع", "。", "，", "1", "😀"])
def test_other_characters_are_not_cjk(letter: str) -> None:
    assert not has_cjk(letter)
    assert not is_unspaced(letter)


@pytest.mark.parametrize("mark", ["　", "、", "。", "「", "！", "，", "：", "～", "｡", "￥"])
def test_punctuation_is_a_class_of_its_own(mark: str) -> None:
    assert re.fullmatch(f"[{CJK_PUNCTUATION}]", mark)
    assert not has_cjk(mark)


def test_punctuation_and_letters_share_nothing() -> None:
    both = [chr(code) for code in range(0x10000) if re.match(f"[{CJK}](?<=[{CJK_PUNCTUATION}])", chr(code))]
    assert both == []


def test_full_width_letters_and_digits_are_not_cjk() -> None:
    assert re.fullmatch(f"[{FULLWIDTH}]+", "ＡＢ１２（ｶ")
    assert not has_cjk("ＡＢ１２（")


def test_han_is_not_kana() -> None:
    assert has_han("漢字")
    assert not has_han("かな 한글 abc")


def test_thai_and_khmer_write_without_spaces() -> None:
    assert unspaced_share("ภาษาไทย") > 0.5
    assert unspaced_share("plain English") == 0.0
    assert unspaced_share("日本 ab") == 0.5


def test_traditional_becomes_simplified_letter_for_letter() -> None:
    text = "資料庫由維護團隊負責, ok?"
    assert simplified(text) == "资料库由维护团队负责, ok?"
    assert len(simplified(text)) == len(text)
    assert simplified("no Chinese here") == "no Chinese here"


def test_fold_joins_case_and_width() -> None:
    assert fold("ＡＰＩ Straße") == fold("api STRASSE")
