"""Hybrid mode: what the model is asked about, and how its bullets and those of the rules are merged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from memorusd.ace.options import ReflectorSettings
from memorusd.ace.reflector.reflection import Message, Skipped
from memorusd.ace.reflector.reflector import Reflector

from .llm_server import LLMServer, content, needs_litellm, serve
from .test_llm_call import Rules, answer, candidate

pytestmark = needs_litellm

TALK = (
    Message("user", "Always run make lint before you push."),
    Message("assistant", "Understood."),
    Message("user", "Hmm, the gateway sits on 7443 these days, by the way, not where it was."),
    Message("user", "Thanks!"),
)
SURE = candidate("Always run make lint before pushing.", 0, score=90)
WEAK = candidate("The gateway sits on 7443 these days.", 2, score=40, pattern="statement")
BULLET: dict[str, Any] = {
    "text": "The gateway listens on port 7443.",
    "type": "knowledge",
    "section": "architecture",
    "score": 75,
    "message": 2,
}


@pytest.fixture
def server() -> Iterator[LLMServer]:
    with serve() as running:
        yield running


def settings(server: LLMServer, **more: Any) -> ReflectorSettings:
    given = {"llm_model": "openai/test-model", "llm_api_base": server.base, "llm_api_key": "k"}
    return ReflectorSettings.model_validate({**given, **more})


def test_where_the_rules_are_sure_no_call_is_made(server: LLMServer) -> None:
    chatter = Skipped("Thanks!", "thanks", 3)
    reflection = Reflector(Rules(SURE, skipped=(chatter,))).reflect(TALK, settings(server))
    assert server.requests == []
    assert (reflection.candidates, reflection.skipped) == ((SURE,), (chatter,))
    assert (reflection.mode, reflection.errors) == ("hybrid", ())


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        (Rules(SURE, WEAK), [2]),
        (Rules(SURE, doubtful=(3,)), [3]),
        (Rules(SURE, candidate("Just above.", 2, score=44.9)), [2]),
        (Rules(SURE, candidate("Well above.", 2, score=45)), None),
        (Rules(WEAK, doubtful=(0, 3)), [0, 2, 3]),
    ],
    ids=["weak", "doubtful", "near", "not near", "all"],
)
def test_only_doubts_are_asked_about(server: LLMServer, rules: Rules, asked: list[int] | None) -> None:
    Reflector(rules).reflect(TALK, settings(server, min_score=30))
    if asked is None:
        assert server.requests == []
        return
    [request] = server.requests
    messages = request.document["messages"]
    assert [m["index"] for m in messages if m["ask"]] == asked
    # Only the message right before is sent with them.
    assert {m["index"] for m in messages} <= {*asked, *(i - 1 for i in asked)}


def test_the_models_word_replaces_the_weak_one(server: LLMServer) -> None:
    server.replies = [content(answer(BULLET))]
    reflection = Reflector(Rules(SURE, WEAK)).reflect(TALK, settings(server))
    assert server.requests[0].document["hints"] == [
        {"message": 2, "text": WEAK.text, "type": "method", "kept": False}
    ]
    assert [c.text for c in reflection.candidates] == [SURE.text, BULLET["text"]]
    assert (reflection.mode, reflection.skipped) == ("hybrid", ())


def test_what_the_model_leaves_out_is_skipped(server: LLMServer) -> None:
    reflection = Reflector(Rules(SURE, WEAK)).reflect(TALK, settings(server))
    assert reflection.candidates == (SURE,)
    assert reflection.skipped == (Skipped(WEAK.text, "the model found it not worth keeping", 2),)


def test_what_a_caller_hands_over_to_be_kept_is_kept(server: LLMServer) -> None:
    note = candidate("Atlas is the staging host.", 0, score=40)
    talk = [Message(None, "Atlas is the staging host.")]
    assert Reflector(Rules(note)).reflect(talk, settings(server)).candidates == (note,)
    server.replies = [content(answer({**BULLET, "text": "The staging host is atlas.", "message": 0}))]
    reflection = Reflector(Rules(note)).reflect(talk, settings(server))
    assert [c.text for c in reflection.candidates] == ["The staging host is atlas."]
    assert server.requests[0].document["messages"][0]["role"] == "note"


def test_a_doubtful_message_that_the_model_understands_is_not_skipped_too(server: LLMServer) -> None:
    server.replies = [content(answer(BULLET))]
    unclear, chatter = Skipped(TALK[2].content, "unclear", 2), Skipped("Thanks!", "thanks", 3)
    rules = Rules(SURE, doubtful=(2,), skipped=(unclear, chatter))
    reflection = Reflector(rules).reflect(TALK, settings(server))
    assert [c.message for c in reflection.candidates] == [0, 2]
    assert (reflection.skipped, reflection.doubtful) == ((chatter,), ())

    server.replies = [content(answer())]
    assert Reflector(rules).reflect(TALK, settings(server)).skipped == (unclear, chatter)


def test_what_is_kept_is_not_kept_twice(server: LLMServer) -> None:
    same = candidate("The gateway listens on port 7443.", 2, score=90)
    weak = candidate("It is not where it was.", 2, score=35)
    server.replies = [content(answer(BULLET))]
    reflection = Reflector(Rules(same, weak)).reflect(TALK, settings(server))
    assert [h["kept"] for h in server.requests[0].document["hints"]] == [True, False]
    assert [c.text for c in reflection.candidates] == [same.text]


def test_a_negation_is_not_the_same(server: LLMServer) -> None:
    server.replies = [content(answer({**BULLET, "text": "The gateway never listens on port 7443."}))]
    sure = candidate("The gateway listens on port 7443.", 2, score=90)
    reflection = Reflector(Rules(sure, doubtful=(2,))).reflect(TALK, settings(server))
    assert len(reflection.candidates) == 2


def test_a_correction_stays_one(server: LLMServer) -> None:
    seen = candidate("The gateway sits on 7443.", 2, score=40, pattern="correction", corrects="")
    server.replies = [content(answer({**BULLET, "corrects": ""}))]
    [made] = Reflector(Rules(seen)).reflect(TALK, settings(server)).candidates
    assert (made.text, made.pattern, made.corrects) == (BULLET["text"], "correction", "")
