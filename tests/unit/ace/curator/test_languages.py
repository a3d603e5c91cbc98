"""The tables of languages: what the parser can use, and nothing twice."""

from __future__ import annotations

from collections import Counter

import pytest

from memorusd.ace.curator.clauses import _METHODS, parse_clauses
from memorusd.ace.curator.languages import TABLES, WordTable, forms
from memorusd.text.normalise import simplified
from memorusd.text.stopwords import STOP_WORDS


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)
def test_the_parser_knows_every_role(table: WordTable) -> None:
    assert set(table.roles) - {"auxiliary"} <= set(_METHODS)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)
def test_every_pair_has_two_sides_and_no_form_two_words(table: WordTable) -> None:
    pairs = f"{table.contraries} {table.sides} {table.actions}".split()
    assert [pair for pair in pairs if pair.count("/") != 1] == []
    for groups in (table.synonyms, table.irregular, table.literals):
        words = [form for group in groups.split(";") if group for form in group.split(":")[1].split()]
        assert [form for form, times in Counter(words).items() if times > 1] == []
        assert len(forms(groups)) == len(words)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.code)
def test_general_stop_words_stand_in_the_text_layer_alone(table: WordTable) -> None:
    general = frozenset().union(*STOP_WORDS.values())
    assert set(table.extra_stop_words.split()) & general == set()
    assert set(table.meaningful.split()) <= general


def test_chinese_phrases_are_simplified() -> None:
    [chinese] = (table for table in TABLES if table.code == "zh")
    phrases = " ".join(chinese.phrases.values())
    assert simplified(phrases) == phrases


def test_a_denial_of_every_language_denies() -> None:
    for table in TABLES:
        for word in table.roles.get("negation", "").split():
            assert -1 in parse_clauses(f"{word} deploy pnpm").signs.values(), word
