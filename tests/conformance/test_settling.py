"""Following changes, settling contradictions and explaining scores, through every transport alike."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from memorus_proto.errors import InvalidRequest, NotFound


def test_changes_are_followed_from_any_place(memory: Any) -> None:
    start = memory.changes()
    assert start["changes"] == []
    kept = memory.add("The build runs on Tuesdays.", user_id="ada", infer=False)["results"][0]["id"]
    memory.add("Bob likes tea.", user_id="bob", scope="project:x", infer=False)
    memory.update(kept, "The build runs on Fridays.")
    memory.delete(kept)
    told = memory.changes(start["seq"], user_id="ada")
    assert [c["event"] for c in told["changes"]] == ["ADD", "UPDATE", "DELETE"]
    assert [c["memory"] for c in told["changes"]] == [
        "The build runs on Tuesdays.", "The build runs on Fridays.", None,
    ]  # fmt: skip
    assert {c["memory_id"] for c in told["changes"]} == {kept}
    assert told["changes"][0]["user_id"] == "ada"
    # In pieces it is the same, and the end is the end.
    seq, pieces = start["seq"], []
    while (piece := memory.changes(seq, limit=1))["seq"] != seq:
        pieces += piece["changes"]
        seq = piece["seq"]
    assert [c for c in pieces if c.get("user_id") == "ada"] == told["changes"]
    assert len(pieces) == 4
    assert memory.changes(seq) == {"changes": [], "seq": seq}
    assert [c["scope"] for c in memory.changes(start["seq"], scope="project:x")["changes"]] == ["project:x"]
    memory.reset()
    assert memory.changes(seq)["changes"][-1]["event"] == "RESET"
    for wrong in ({"since": -1}, {"since": 1.5}, {"wait": 31}, {"wait": -1}, {"since": True}):
        with pytest.raises(InvalidRequest):
            memory.changes(**wrong)


def test_a_call_that_waits_ends_with_the_first_change(
    memory: Any, open_memory: Any, way: tuple[str, str, str]
) -> None:
    if way[:2] == ("qdrant", "in-process"):
        pytest.skip("a directory of qdrant's has room for one process, and one client in it")
    seq = memory.changes()["seq"]
    other = open_memory()  # each async client has an event loop of its own
    other.status()
    writer = threading.Timer(0.3, lambda: other.add("It happened.", infer=False))
    writer.start()
    told = memory.changes(seq, wait=30)
    writer.join()
    assert [c["memory"] for c in told["changes"]] == ["It happened."]
    assert memory.changes(told["seq"], wait=0.2)["changes"] == []


@pytest.fixture
def pair(memory: Any) -> tuple[str, str]:
    for text in ("The API listens on port 8080.", "The API listens on port 9090."):
        memory.add(text, infer=False)
    (found,) = memory.detect_conflicts()
    return found["id_a"], found["id_b"]


@pytest.mark.parametrize(("keep", "left"), [("a", 1), ("b", 1), ("both", 2), ("merge", 1)])
def test_a_contradiction_is_settled(keep: str, left: int, memory: Any, pair: tuple[str, str]) -> None:
    answer = memory.resolve_conflict(*pair, keep)
    results = memory.get_all()["results"]
    assert {m["id"] for m in results} == set(answer["kept"])
    assert len(results) == left
    assert set(answer["kept"]) | set(answer["deleted"]) == set(pair)
    assert memory.detect_conflicts() == []
    if keep == "merge":
        assert results[0]["memory"] == answer["memory"]
        assert {"8080", "9090"} <= {word.strip(".") for word in answer["memory"].split()}


def test_only_two_that_are_there_can_be_settled(memory: Any, pair: tuple[str, str]) -> None:
    with pytest.raises(NotFound):
        memory.resolve_conflict(pair[0], "nobody", "a")
    with pytest.raises(InvalidRequest):
        memory.resolve_conflict(pair[0], pair[0], "a")
    with pytest.raises(InvalidRequest):
        memory.resolve_conflict(*pair, "c")
    assert len(memory.get_all()["results"]) == 2


def test_status_tells_what_is_there(memory: Any, transport: str) -> None:
    memory.add("A trick.", type="trick", scope="project:x", infer=False)
    status = memory.status()
    assert (status["memories"], status["archived"]) == (1, 0)
    assert (status["types"], status["scopes"]) == ({"trick": 1}, {"project:x": 1})
    assert status["average_weight"] == 1.0
    assert (status["daemon"] is None) == (transport == "in-process") == status["in_process"]
    kept = memory.get_all()["results"][0]
    assert (kept["weight"], kept["recall_count"]) == (1.0, 0)


def test_a_score_is_explained(memory: Any) -> None:
    memory.add("The API listens on port 9090.", infer=False)
    (found,) = memory.search("API port", explain=True)["results"]
    assert sum(found["explain"]["layers"].values()) == pytest.approx(found["score"], abs=1e-3)
    assert "explain" not in memory.search("API port")["results"][0]
