"""Both halves of the Reflector together: the real rules, and a model on a real connection."""

from __future__ import annotations

import pytest

from memorusd.ace.options import ReflectorSettings
from memorusd.ace.reflector import Message, Reflector, RuleReflector

from .llm_server import content, needs_litellm, serve
from .test_llm_call import answer


def settings(base: str) -> ReflectorSettings:
    given = {"llm_model": "openai/test-model", "llm_api_base": base, "llm_api_key": "k"}
    return ReflectorSettings.model_validate(given)


@pytest.mark.parametrize(
    "text",
    [
        "Always use UTC for the timestamps in the billing service.",
        "No, that's wrong, use pnpm instead of npm.",
        "Thanks a lot, that was quick!",
        "What does this function return?",
        "记住：部署之前要先跑数据库迁移。",
        "谢谢，辛苦了！",
    ],
)
def test_clear_turns_cost_nothing(text: str) -> None:
    with serve() as server:
        reflection = Reflector(RuleReflector()).reflect([Message("user", text)], settings(server.base))
    assert server.requests == []
    assert reflection.mode == "hybrid"
    assert reflection.candidates or reflection.skipped


@needs_litellm
def test_a_doubtful_turn_is_asked_about() -> None:
    doubtful = Message("user", "I think we usually deploy the api on Fridays because the load is low then.")
    clear = Message("user", "Always use UTC for the timestamps in the billing service.")
    rules = RuleReflector()
    chosen = ReflectorSettings()
    assert rules.reflect([doubtful], chosen).doubtful == (0,)  # otherwise the test needs another text
    bullet = {
        "text": "The api is usually deployed on Fridays, because the load is low then.",
        "type": "knowledge",
        "section": "workflow",
        "score": 60,
        "message": 1,
    }
    with serve() as server:
        server.replies = [content(answer(bullet))]
        reflection = Reflector(rules).reflect([clear, doubtful], settings(server.base))
    assert len(server.requests) == 1
    assert [(c.message, c.pattern) for c in reflection.candidates] == [(0, "norm"), (1, "llm")]
    assert reflection.candidates[1].text == bullet["text"]
    assert (reflection.mode, reflection.doubtful, reflection.errors) == ("hybrid", (), ())
