"""Checking a model's response: known forms, values in range, inventions dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from memorusd.ace.options import ReflectorSettings
from memorusd.ace.reflector.llm import request
from memorusd.ace.reflector.llm.grounding import clip, shorten_code
from memorusd.ace.reflector.llm.response import MalformedResponse, ModelBullet, parse_response, to_candidate
from memorusd.ace.reflector.reflection import Candidate, Message, Reflection, Skipped
from memorusd.knowledge.bullet import SECTIONS, TYPES

SAID = [
    Message("user", "No, not npm: we use pnpm 9.1 here. The token is [REDACTED:password]."),
    Message("user", "部署之前先运行数据库迁移。"),
]
SETTINGS = ReflectorSettings(min_score=30, max_content_length=120, max_code_lines=2)


def made(
    said: list[Message] = SAID, settings: ReflectorSettings = SETTINGS, **item: Any
) -> Candidate | Skipped:
    return to_candidate(ModelBullet.model_validate(item), dict(enumerate(said)), said, settings)


@pytest.mark.parametrize(
    "answer",
    [
        '{"bullets": [{"text": "a"}]}',
        '```json\n{"bullets": [{"text": "a"}]}\n```',
        'Here it is:\n{"bullets": [{"text": "a"}]}\nAnything else?',
        '<think>{"bullets": [{"text": "draft"}]} no</think>{"bullets": [{"text": "a"}]}',
        '[{"text": "a"}]',
        '{"text": "a"}',
    ],
)
def test_json_is_found(answer: str) -> None:
    assert [item.text for item in parse_response(answer).bullets] == ["a"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("", "no JSON"),
        ("nothing to keep", "no JSON"),
        ('{"bullets": [{"text": "a"}', "cut off"),
        ('{"bullets": [{"text": "  "}]}', "bullets.0.text"),
        ('{"bullets": [{"text": 7}]}', "bullets.0.text"),
        ('{"bullets": {"text": "a"}}', "bullets"),
        ('{"bullets": ["a"]}', "bullets.0"),
        ('{"results": []}', "bullets"),
        ("[" * 100_000, "cut off"),
    ],
)
def test_what_has_no_form_is_refused(answer: str, problem: str) -> None:
    with pytest.raises(MalformedResponse, match=problem):
        parse_response(answer)


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("Pitfall", "pitfall"),
        ("fact", "knowledge"),
        ("tip", "trick"),
        ("preferences", "preference"),
        ("banana", "knowledge"),
        (None, "knowledge"),
        (3, "knowledge"),
    ],
)
def test_types_are_ours(given: Any, known: str) -> None:
    assert ModelBullet(text="a", type=given).type == known


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("Commands", "commands"),
        ("command", "commands"),
        ("config", "tools"),
        ("banana", "general"),
        ([], "general"),
    ],
)
def test_sections_are_ours(given: Any, known: str) -> None:
    assert ModelBullet(text="a", section=given).section == known


@pytest.mark.parametrize(
    ("given", "score"),
    [
        (70, 70),
        ("70", 70),
        (0.7, 70),
        (900, 100),
        (-3, 0),
        (None, 50),
        ("high", 50),
        (float("nan"), 50),
        (float("inf"), 100),
        (1, 1),
        (0, 0),
    ],
)
def test_scores_are_bounded(given: Any, score: float) -> None:
    assert ModelBullet(text="a", score=given).score == pytest.approx(score)


def test_lists_are_cleaned() -> None:
    item = ModelBullet.model_validate(
        {"text": "a", "tools": "git, npm", "tags": ["x", "x", 3, "", "y" * 99], "entities": {}}
    )
    assert (item.tools, item.tags, item.entities) == (("git", "npm"), ("x",), ())


def test_a_correction() -> None:
    one = made(text="Use pnpm, not npm.", type="preference", corrects="npm", score=80, message=0)
    assert isinstance(one, Candidate)
    assert (one.pattern, one.corrects, one.message) == ("correction", "npm", 0)


@pytest.mark.parametrize("corrects", ["", None, "yarn", [], "  "])
def test_no_correction_without_its_words(corrects: Any) -> None:
    one = made(text="Use pnpm.", corrects=corrects, score=80, message=0)
    assert isinstance(one, Candidate)
    assert (one.pattern, one.corrects) == ("llm", None)


@pytest.mark.parametrize(
    "text",
    [
        "Always write unit tests for every feature.",
        "You should always use the best tool for the user.",
        "Use pnpm 9.2.",
        "pnpm listens on 8080.",
        "[REDACTED:password]",
        "总是编写单元测试。",
    ],
)
def test_inventions_are_dropped(text: str) -> None:
    one = made(text=text, score=90, message=0)
    assert isinstance(one, Skipped)
    assert one.reason == "the model's text does not stem from what was said"


@pytest.mark.parametrize(
    "text", ["Use pnpm 9.1.", "The token of pnpm is [REDACTED:password].", "先运行迁移，再部署。"]
)
def test_what_was_said_is_kept(text: str) -> None:
    one = made(text=text, score=90)
    assert isinstance(one, Candidate)
    assert one.text == text


def test_names_that_nobody_said_are_dropped() -> None:
    one = made(
        text="Use pnpm.", score=80, tools=["PNPM", "yarn"], entities=["Ada"], rule="When on 8080, use pnpm"
    )
    assert isinstance(one, Candidate)
    assert (one.tools, one.entities, one.rule) == (("PNPM",), (), None)


@pytest.mark.parametrize("index", [7, -1, None, "x"])
def test_a_wrong_index_is_found_by_its_words(index: Any) -> None:
    one = made(text="部署之前先运行数据库迁移。", score=80, message=index)
    assert isinstance(one, Candidate)
    assert one.message == 1
    assert made(text="Use pnpm.", score=80, message=index).message == 0


def test_below_min_score_is_skipped() -> None:
    one = made(text="Use pnpm.", score=29, message=0)
    assert isinstance(one, Skipped)
    assert one.reason == "the model's score 29 is below 30"


def test_texts_are_clipped() -> None:
    one = made(text="Use pnpm here. " * 30, score=80, rule="When here, use pnpm, because of this. " * 9)
    assert isinstance(one, Candidate)
    assert one.text == ("Use pnpm here. " * 8).strip()
    assert one.rule is not None
    assert len(one.rule) <= 120


@pytest.mark.parametrize(
    ("text", "length", "clipped"),
    [
        ("short", 5, "short"),
        ("One is here. Two is not.", 15, "One is here."),
        ("one two three four", 12, "one two…"),
        ("一二三四五六七八", 5, "一二三四…"),
        ("先迁移数据库。然后部署服务器吧", 10, "先迁移数据库。"),
        ("key [REDACTED:password] is here", 20, "key…"),
        ("[REDACTED:password] is here", 12, "…"),
    ],
)
def test_clip(text: str, length: int, clipped: str) -> None:
    assert clip(text, length) == clipped
    assert len(clip(text, length)) <= length


def test_code_is_shortened() -> None:
    text = "Run:\n```sh\na\nb\nc\n```\nthen rest."
    assert shorten_code(text, 2) == "Run:\n```sh\na\nb\n```\nthen rest."
    assert shorten_code(text, 3) == text
    assert shorten_code("Run:\n```sh\na\nb", 1) == "Run:\n```sh\na\n```"
    assert "```" not in shorten_code(text, 0)


def test_the_prompt_names_every_type_and_section() -> None:
    prompt = request.ModelRequest(
        [Message("user", "hi")], {0}, Reflection((), (), "rules"), SETTINGS
    ).prompt()
    for word in (*TYPES, *SECTIONS, *ModelBullet.model_fields):
        assert word in prompt[0]["content"], word
    assert json.JSONDecoder().raw_decode(prompt[1]["content"])[0]["messages"][0]["text"] == "hi"
