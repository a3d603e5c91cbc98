"""compare(): what holds for every text, and what it says about some."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorusd.ace.curator.compare import compare
from memorusd.ace.options import CuratorSettings

SETTINGS = CuratorSettings()
WORDS = st.sampled_from(
    [
        *(
            "use",
            "never",
            "not",
            "tabs",
            "spaces",
            "before",
            "after",
            "the",
            "deploy",
            "instead",
            "of",
            "without",
        ),
        *(
            "8080",
            "9090",
            "v1.2",
            "src/app.py",
            "-x",
            "and",
            "on",
            "off",
            "all",
            "some",
            "from",
            "to",
            "A",
            "B",
        ),
        *(
            "depends",
            ",",
            ".",
            "don't",
            "不要",
            "使用",
            "制表符",
            "代替",
            "之前",
            "because",
            "only",
            "public",
            "private",
        ),
        *(
            "no",
            "longer",
            "replace",
            "with",
            "switch",
            "enable",
            "disable",
            "open",
            "close",
            "禁止",
            "30s",
            "が",
        ),
        *("ない", "않", "를", "unless", "prefer", "over", "stop", "using"),
    ]
)
SENTENCES = st.lists(WORDS, max_size=14).map(" ".join)
TEXTS = st.one_of(st.text(max_size=200), SENTENCES)


@given(TEXTS, TEXTS, st.floats(-1, 1))
def test_the_kind_is_symmetric(a: str, b: str, cosine: float) -> None:
    one, other = compare(a, b, cosine, SETTINGS), compare(b, a, cosine, SETTINGS)
    assert one.kind == other.kind, (one, other)
    assert one.conflict == other.conflict
    assert one.covers == {"a": "b", "b": "a", None: None}[other.covers]


@given(SENTENCES, st.randoms(), st.floats(0.5, 1))
def test_the_kind_is_symmetric_for_the_same_words(text: str, random: object, cosine: float) -> None:
    words = text.split()
    random.shuffle(words)  # type: ignore[attr-defined]
    other = " ".join(words)
    assert compare(text, other, cosine, SETTINGS).kind == compare(other, text, cosine, SETTINGS).kind


@given(TEXTS, st.floats(-1, 1))
def test_a_text_is_the_same_as_itself(text: str, cosine: float) -> None:
    assert compare(text, text, cosine, SETTINGS).kind == "same"
    assert compare(text, f"  {text}\n", cosine, SETTINGS).kind == "same"


@pytest.mark.parametrize(
    "piece", ["a", "a-", "a:", "a=", "1,", "don't ", "不", "ない", "/a", "`", "x before ", "not and ", "=a:"]
)
def test_long_texts_are_read(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    assert compare(text, text[1:] + " b", 0.9, SETTINGS).kind in ("same", "conflict", "related", "different")


@pytest.mark.parametrize(
    ("a", "b", "conflict", "reason"),
    [
        ("Always use tabs", "Never use tabs", "negation", "one says never, the other does not"),
        ("The API listens on port 8080", "The API listens on port 9090", "value", "8080 against 9090"),
        ("Use PostgreSQL for staging", "Use MySQL for staging", "alternative", "PostgreSQL against MySQL"),
        ("Web depends on auth", "Auth depends on web", "order", "Web and auth are swapped"),
        ("Test before deploying", "Test after deploying", "order", "before and after are swapped"),
        ("Use single quotes", "Use double quotes", "contrary", "single against double"),
        ("Use pnpm, not npm", "Use npm", "negation", "one says not, the other does not"),
        ("缩进用制表符", "不要用制表符缩进", "negation", "one says 不要, the other does not"),
    ],
)
def test_a_conflict_is_explained(a: str, b: str, conflict: str, reason: str) -> None:
    relation = compare(a, b, 0.9, SETTINGS)
    assert (relation.kind, relation.conflict, relation.reason) == ("conflict", conflict, reason)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Don't disable TLS checks", "Never disable TLS checks"),
        ("Use pnpm, not npm", "Use pnpm instead of npm"),
        ("Use pnpm, not npm", "Replace npm with pnpm"),
        ("The timeout is 30s", "The timeout is 30 seconds"),
        ("Stop using npm", "Don't use npm"),
        ("Run `tf plan` before `tf apply`", "Before `tf apply`, run `tf plan`"),
        ("Restart it after a change", "After a change, restart it"),
        ("用中文回答", "请使用中文回答"),
        ("缩进用制表符", "縮進請用制表符"),
        ("Don't forget to test", "Remember to test"),
        ("Red and blue are allowed", "Blue and red are allowed"),
    ],
)
def test_what_agrees_is_the_same(a: str, b: str) -> None:
    assert compare(a, b, 0.9, SETTINGS).kind == "same"


def test_the_settings_count() -> None:
    a, b = "Always use UTC timestamps", "Timestamps should always be in UTC"
    assert compare(a, b, 0.79, SETTINGS).kind == "related"
    assert compare(a, b, 0.79, CuratorSettings(similarity_threshold=0.7)).kind == "same"
    assert compare(a, b, 0.49, SETTINGS).kind == "different"
    off = CuratorSettings(conflict_detection=False)
    silent = compare("Use tabs", "Never use tabs", 0.9, off)
    assert (silent.kind, silent.conflict) == ("related", None)


def test_no_cosine_can_merge_what_differs_in_chinese() -> None:
    assert compare("缩进用制表符", "缩进使用制表符", 0.1, SETTINGS).kind == "same"
    assert compare("缩进用制表符", "不要用制表符缩进", 1.0, SETTINGS).kind == "conflict"
    assert compare("缩进用制表符", "部署脚本", 1.0, SETTINGS).kind == "different"


def test_what_says_more_covers_the_other() -> None:
    short, long = "Use pnpm for installs", "Use pnpm for installs, because npm breaks the monorepo"
    assert compare(short, long, 0.9, SETTINGS).covers == "b"
    assert compare(long, short, 0.9, SETTINGS).covers == "a"
    for narrower in (
        "Use pnpm for installs in CI",
        "Use pnpm for installs if npm fails",
        "Use pnpm only for installs",
    ):
        relation = compare(short, narrower, 0.9, SETTINGS)
        assert (relation.kind, relation.covers) == ("related", None), narrower
