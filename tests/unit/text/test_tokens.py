"""Terms and words, and the stems and stop words that terms are made with."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from memorusd.text.stems import stem
from memorusd.text.stopwords import STOP_WORDS
from memorusd.text.tokens import terms, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("the and of", []),
        ("Deploys are deploying", ["deploy", "deploy"]),
        ("get_user_by_id", ["get_user_by_id", "user", "id"]),
        ("getUserById", ["getuserbyid", "user", "id"]),
        ("--force", ["--force", "forc"]),
        ("src/app.py", ["src/app.py", "src", "app", "py"]),
        ("v1.2.3", ["v1.2.3", "v", "1", "2", "3"]),
        ("C++", ["c++", "c"]),
        ("Ann's dog’s", ["ann", "dog"]),
        ("數據庫", ["數", "據", "庫", "數據", "據庫"]),
        ("使う", ["使", "使う"]),
        ("用pnpm", ["用", "pnpm"]),
        ("ＰＮＰＭ", ["pnpm"]),
        ("ｶﾞｽ", ["ガ", "ス", "ガス"]),
        ("𠀀𠀁", ["𠀀", "𠀁", "𠀀𠀁"]),
        ("db𠀀", ["db", "𠀀"]),
    ],
)
def test_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected
    assert terms(text) == expected  # from the cache


def test_words_are_as_written() -> None:
    assert words("Ann's friend Bob-Lee, isn't he?") == ["Ann", "friend", "Bob-Lee", "isn", "he"]


def test_stems_by_language() -> None:
    assert stem("deploying") == "deploy"
    assert stem("häuser", "de") == "haus"
    assert stem("verbatim", "xx") == "verbatim"


def test_threads_share_a_stemmer() -> None:
    forms = ["deploys", "deploying", "tables", "running"] * 300
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(stem, forms)) == ["deploy", "deploy", "tabl", "run"] * 300


@pytest.mark.parametrize("language", sorted(STOP_WORDS))
def test_stop_words_are_lower_case_words(language: str) -> None:
    assert all(word.isalpha() and word == word.lower() for word in STOP_WORDS[language])


def test_english_stop_words_have_both_halves_of_a_contraction() -> None:
    assert {"the", "don", "t", "yourselves"} <= STOP_WORDS["en"]


def test_a_search_loads_neither_the_language_model_nor_opencc() -> None:
    code = (
        "import sys; import memorusd.ace.recall, memorusd.text.normalise;"
        "from memorusd.text.normalise import simplified; simplified('café');"
        "print(sorted(sys.modules.keys() & {'opencc'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
