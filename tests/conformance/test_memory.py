"""What every method does, through every transport."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from memorus_proto.errors import ConfigError, InvalidRequest, NotFound


def ids(answer: dict[str, Any]) -> list[str]:
    return [result["id"] for result in answer["results"]]


def texts(answer: dict[str, Any]) -> list[str]:
    return [result["memory"] for result in answer["results"]]


def test_add_answers_in_mem0s_shape_with_the_envelope(memory: Any) -> None:
    answer = memory.add("Use pnpm, not npm", user_id="ann", infer=False)
    (result,) = answer["results"]
    assert result == {"id": result["id"], "memory": "Use pnpm, not npm", "event": "ADD"}
    assert answer["ace_ingest"] == {
        "bullets_added": 1,
        "bullets_merged": 0,
        "bullets_skipped": 0,
        "mode": "raw",
        "raw_fallback": False,
        "redactions": 0,
        "errors": [],
    }


def test_a_conversation_becomes_a_bullet_a_message_and_system_messages_none(memory: Any) -> None:
    answer = memory.add(
        [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "The staging port is 8081", "name": "ann"},
            {
                "role": "assistant",
                "content": [{"type": "text", "text": "Noted:"}, {"type": "text", "text": "8081"}],
            },
        ],
        agent_id="helper",
        infer=False,
    )
    assert [(r["event"], r["memory"]) for r in answer["results"]] == [
        ("SKIP", "Be brief."),
        ("ADD", "The staging port is 8081"),
        ("ADD", "Noted:\n8081"),
    ]
    assert "instruction" in answer["results"][0]["reason"]
    assert answer["ace_ingest"]["bullets_skipped"] == 1
    said = memory.get(answer["results"][1]["id"])
    assert (said["role"], said["actor_id"], said["agent_id"], said["origin"]) == (
        "user",
        "ann",
        "helper",
        "user",
    )
    assert memory.get(answer["results"][2]["id"])["origin"] == "agent"


def test_get_has_every_field(memory: Any) -> None:
    before = datetime.now(timezone.utc)
    (id,) = ids(
        memory.add(
            "Deploys go out on Tuesdays",
            user_id="ann",
            agent_id="ci",
            run_id="r1",
            scope="project:web",
            type="method",
            section="workflow",
            tags=["deploy", "ci", "deploy"],
            metadata={"n": 1, "deep": {"list": [1, 2.5, None, True, "x"]}},
            infer=False,
        )
    )
    got = memory.get(id)
    created = datetime.fromisoformat(got.pop("created_at"))
    assert created.utcoffset() == timedelta(0)
    assert before <= created <= datetime.now(timezone.utc)
    assert datetime.fromisoformat(got.pop("updated_at")) == created
    assert got == {
        "id": id,
        "memory": "Deploys go out on Tuesdays",
        "hash": "f0c74df52d00060a88f7f9f99416fbac",
        "metadata": {"n": 1, "deep": {"list": [1, 2.5, None, True, "x"]}},
        "score": None,
        "weight": 1.0,
        "recall_count": 0,
        "user_id": "ann",
        "agent_id": "ci",
        "run_id": "r1",
        "scope": "project:web",
        "type": "method",
        "section": "workflow",
        "origin": "user",
        "tags": ["deploy", "ci"],
    }


def test_search_finds_by_meaning(memory: Any) -> None:
    memory.add("We ship releases with a blue-green switch", user_id="ann", infer=False)
    memory.add("The office coffee machine is broken", user_id="ann", infer=False)
    memory.add("Invoices are numbered per calendar year", user_id="ann", infer=False)
    answer = memory.search("how do we deploy a new version?", user_id="ann")
    assert texts(answer)[0] == "We ship releases with a blue-green switch"
    scores = [result["score"] for result in answer["results"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert answer["ace_search"]["mode"] == "full"
    assert answer["ace_search"]["total_candidates"] == 3
    assert answer["ace_search"]["tokens"] > 0


def test_search_of_an_empty_memory_is_empty(memory: Any) -> None:
    assert memory.search("anything")["results"] == []


def test_threshold_and_limit(memory: Any) -> None:
    for i in range(15):
        memory.add(f"Fact number {i} about the billing service", infer=False)
    assert len(memory.search("billing")["results"]) == 10
    assert len(memory.search("billing", limit=3)["results"]) == 3
    assert len(memory.search("billing", top_k=12)["results"]) == 12
    best = memory.search("billing", limit=1)["results"][0]["score"]
    assert memory.search("billing", threshold=min(1.0, best + 0.001))["results"] == []


@pytest.mark.parametrize("owner", ["user_id", "agent_id", "run_id"])
def test_an_owner_sees_only_its_own(memory: Any, owner: str) -> None:
    (mine,) = ids(memory.add("The cache lives in Redis", **{owner: "a"}, infer=False))
    memory.add("The cache lives in Redis", **{owner: "b"}, infer=False)
    memory.add("The cache lives in Redis", **{owner: "b"}, scope="project:x", infer=False)
    for got in (
        memory.search("where is the cache", **{owner: "a"}),
        memory.search("where is the cache", filters={owner: "a"}),
        memory.get_all(**{owner: "a"}),
        memory.get_all(filters={owner: "a"}),
    ):
        assert ids(got) == [mine]
    assert memory.search("where is the cache", **{owner: "nobody"})["results"] == []
    assert len(memory.get_all()["results"]) == 3


def test_owner_ids_combine(memory: Any) -> None:
    (both,) = ids(memory.add("Tabs, not spaces", user_id="ann", agent_id="editor", infer=False))
    memory.add("Tabs, not spaces", user_id="ann", agent_id="ci", infer=False)
    memory.add("Tabs, not spaces", user_id="bob", agent_id="editor", infer=False)
    assert ids(memory.search("indentation", user_id="ann", agent_id="editor")) == [both]


def test_a_project_sees_itself_and_global_but_no_other(memory: Any) -> None:
    memory.add("global fact about logging", infer=False)
    memory.add("web fact about logging", scope="project:web", infer=False)
    memory.add("api fact about logging", scope="project:api", infer=False)
    assert set(texts(memory.search("logging", scope="project:web"))) == {
        "global fact about logging",
        "web fact about logging",
    }
    assert texts(memory.get_all(scope="global")) == ["global fact about logging"]
    assert set(texts(memory.get_all(scope="workspace:none"))) == {"global fact about logging"}


def test_type_section_and_metadata_filter(memory: Any) -> None:
    memory.add(
        "Never rebase main", type="pitfall", section="workflow", metadata={"team": "core"}, infer=False
    )
    memory.add("Never rebase main", type="method", section="tools", metadata={"team": "web"}, infer=False)
    for selection in (
        {"type": "pitfall"},
        {"section": "workflow"},
        {"filters": {"team": "core"}},
    ):
        assert [r["type"] for r in memory.search("rebase", **selection)["results"]] == ["pitfall"]
        assert [r["type"] for r in memory.get_all(**selection)["results"]] == ["pitfall"]
    assert memory.search("rebase", filters={"unknown": "x"})["results"] == []


def test_get_all_is_newest_first_and_pages_past_its_page(memory: Any) -> None:
    wanted = []
    for start in range(0, 1500, 500):
        batch = [{"role": "user", "content": f"note {i}"} for i in range(start, start + 500)]
        wanted += ids(memory.add(batch, infer=False))
    everything = memory.get_all()
    assert sorted(ids(everything)) == sorted(wanted)
    times = [result["created_at"] for result in everything["results"]]
    assert times == sorted(times, reverse=True)
    assert ids(memory.get_all(limit=1200)) == ids(everything)[:1200]
    assert len(memory.get_all(top_k=7)["results"]) == 7


def test_update_changes_text_meaning_and_history(memory: Any) -> None:
    (id,) = ids(memory.add("The build uses make", metadata={"a": 1}, infer=False))
    memory.add("Lunch is at noon", infer=False)
    assert memory.update(id, text="Cats sleep all day", metadata={"b": 2}) == {
        "message": "Memory updated successfully!"
    }
    got = memory.get(id)
    assert (got["memory"], got["metadata"]) == ("Cats sleep all day", {"a": 1, "b": 2})
    assert got["updated_at"] >= got["created_at"]
    assert ids(memory.search("feline animals resting", limit=1)) == [id]
    first, second = memory.history(id)
    assert (first["event"], first["old_memory"], first["new_memory"]) == ("ADD", None, "The build uses make")
    assert (second["event"], second["old_memory"], second["new_memory"]) == (
        "UPDATE",
        "The build uses make",
        "Cats sleep all day",
    )
    assert memory.update(id, data="By its mem0 1.x name")["message"]
    assert memory.get(id)["memory"] == "By its mem0 1.x name"


def test_delete_forgets_but_keeps_history(memory: Any) -> None:
    (id,) = ids(memory.add("Forget me", infer=False))
    assert memory.delete(id) == {"message": "Memory deleted successfully!"}
    assert memory.get(id) is None
    assert memory.search("forget me")["results"] == []
    last = memory.history(id)[-1]
    assert (last["event"], last["old_memory"], last["is_deleted"]) == ("DELETE", "Forget me", True)


def test_delete_all_takes_what_it_names_and_no_more(memory: Any) -> None:
    memory.add("one", user_id="ann", infer=False)
    memory.add("two", user_id="ann", scope="project:web", infer=False)
    memory.add("three", user_id="bob", infer=False)
    memory.add("four", scope="project:web", infer=False)
    assert memory.delete_all(user_id="ann")["deleted"] == 1
    assert set(texts(memory.get_all())) == {"two", "three", "four"}
    assert memory.delete_all(scope="project:web")["deleted"] == 2
    assert texts(memory.get_all()) == ["three"]


def test_reset_removes_everything(memory: Any) -> None:
    (id,) = ids(memory.add("gone for good", infer=False))
    memory.reset()
    assert memory.get_all()["results"] == []
    assert memory.search("gone")["results"] == []
    assert memory.history(id) == []


def test_status(memory: Any, transport: str, way: tuple[str, str, str]) -> None:
    memory.add("one fact", infer=False)
    status = memory.status()
    assert status["memories"] == 1
    assert status["in_process"] is (transport == "in-process")
    assert status["embedder"]["dimensions"] == 384
    seq = status["store"]["seq"]
    assert status["index"] == {"bullets": 1, "seq": seq, "without_vector": 0, "complete": True}
    assert status["store"]["kind"] == way[0]


def test_two_clients_share_one_memory(memory: Any, open_memory: Any) -> None:
    other = open_memory()
    (id,) = ids(memory.add("Ports below 1024 need root", infer=False))
    assert ids(other.search("privileged ports")) == [id]
    other.delete(id)
    assert memory.search("privileged ports")["results"] == []


def test_a_client_works_again_after_close(open_memory: Any) -> None:
    memory = open_memory()
    memory.reset()
    memory.add("before", infer=False)
    memory.close()
    memory.add("after", infer=False)
    assert len(memory.get_all()["results"]) == 2


def test_settings_of_a_call_are_the_callers(open_memory: Any) -> None:
    few = open_memory(retrieval={"max_results": 2})
    few.reset()
    for i in range(5):
        few.add(f"fact {i}", infer=False)
    assert len(few.search("fact")["results"]) == 2
    assert len(few.search("fact", limit=4)["results"]) == 4
    assert len(open_memory().search("fact")["results"]) == 5


@pytest.mark.parametrize(
    ("config", "hint"),
    [
        ({"retrieval": {"max_result": 3}}, "did you mean retrieval.max_results?"),
        ({"retreival": {}}, "did you mean retrieval?"),
        ({"retrieval": {"max_results": "many"}}, "retrieval.max_results"),
        ({"retrieval": {"max_results": 0}}, "retrieval.max_results"),
    ],
)
def test_bad_settings_are_named(open_memory: Any, config: dict[str, Any], hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        open_memory(**config).status()
    assert hint in str(caught.value)


def test_unknown_ids(memory: Any) -> None:
    assert memory.get("no-such-id") is None
    assert memory.history("no-such-id") == []
    calls: list[Callable[[], Any]] = [
        lambda: memory.delete("no-such-id"),
        lambda: memory.update("no-such-id", text="x"),
    ]
    for call in calls:
        with pytest.raises(NotFound, match="no-such-id"):
            call()


def test_one_owner_in_two_spellings(memory: Any) -> None:
    (id,) = ids(memory.add("Same person", user_id="ann", infer=False))
    assert ids(memory.search("person", user_id="ann", filters={"user_id": "ann"})) == [id]
    with pytest.raises(InvalidRequest, match=r"'ann'.*'bob'"):
        memory.search("person", user_id="ann", filters={"user_id": "bob"})
    with pytest.raises(InvalidRequest, match=r"limit=3.*top_k=4"):
        memory.search("person", limit=3, top_k=4)
