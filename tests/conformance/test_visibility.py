"""Who sees what: each cell of the tables in docs/sharing.md, through every transport alike."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import InvalidRequest

DOCS = Path(__file__).parents[2] / "docs" / "sharing.md"


def arguments(cell: str) -> dict[str, str]:
    return dict(re.findall(r'(\w+)="([^"]+)"', cell))


def table(name: str) -> tuple[list[dict[str, str]], list[tuple[dict[str, str], set[int]]]]:
    """(what `add` was given, by column; what each call names, and the columns where it says yes)."""
    text = DOCS.read_text().split(f"<!-- {name} -->")[1].strip().split("\n\n")[0]
    (_, *columns), _, *rows = ([c.strip() for c in line.strip("|").split("|")] for line in text.splitlines())
    cells = [(arguments(row[0]), {i for i, cell in enumerate(row[1:]) if cell == "yes"}) for row in rows]
    return [arguments(column) for column in columns], cells


def fill(memory: Any, columns: list[dict[str, str]]) -> None:
    for number, named in enumerate(columns):
        memory.add(f"The deploy script has step number {number}", **named, infer=False)


def numbers(memories: list[dict[str, Any]]) -> set[int]:
    found = [int(memory["memory"].split()[-1]) for memory in memories]
    assert len(found) == len(set(found))
    return set(found)


def owner_in_filters(named: dict[str, str]) -> dict[str, Any]:
    owners = {name: value for name, value in named.items() if name != "scope"}
    return {"filters": owners, **({"scope": named["scope"]} if "scope" in named else {})}


def questions(memory: Any, named: dict[str, str], **more: Any) -> Iterator[tuple[str, set[int]]]:
    query = "which steps has the deploy script?"
    for how, arguments in (("arguments", named), ("filters", owner_in_filters(named))):
        yield f"search by {how}", numbers(memory.search(query, limit=50, **arguments, **more)["results"])
        yield f"get_all by {how}", numbers(memory.get_all(**arguments, **more)["results"])
    context = memory.context(query, limit=50, **named, **more)
    yield "context", {int(number) for number in re.findall(r"step number (\d+)", context)}


def test_a_question_sees_what_the_table_says(memory: Any) -> None:
    columns, rows = table("sees")
    fill(memory, columns)
    for named, expected in rows:
        for how, seen in questions(memory, named):
            assert seen == expected, (how, named)


def test_an_exact_call_takes_what_the_table_says(memory: Any, open_memory: Any) -> None:
    columns, rows = table("exact")
    start = memory.changes()["seq"]
    fill(memory, columns)
    isolated = open_memory(retrieval={"shared": False})
    for named, expected in rows:
        for client, more in ((memory, {"shared": False}), (isolated, {})):
            for how, seen in questions(client, named, **more):
                assert seen == expected, (how, named)
        assert numbers(memory.export(**named)["memories"]) == expected, named
        assert numbers(memory.changes(start, **named)["changes"]) == expected, named
        status = memory.status(**named)
        assert (status["memories"], sum(status["scopes"].values())) == (len(expected), len(expected)), named
    assert len(numbers(isolated.get_all(user_id="alice", shared=True)["results"])) == 5


def test_delete_all_takes_what_the_table_says_and_tells_what_stays(memory: Any) -> None:
    columns, rows = table("delete_all")
    for named, expected in rows:
        memory.reset()
        fill(memory, columns)
        answer = memory.delete_all(**named)
        assert answer["deleted"] == len(expected)
        stays = {"project:shop": 1, "project:web": 1, "global": 1} if "scope" not in named else {}
        assert answer["shared"] == stays, named
        assert numbers(memory.get_all()["results"]) == set(range(len(columns))) - expected, named
    with pytest.raises(InvalidRequest):
        memory.delete_all()


STRANGE = [
    "%",
    "_",
    "*",
    "a%",
    "a_",
    "a*",
    "caf\u00e9",
    "cafe\u0301",
    "a",
    "a\u200b",
    "A",
    "1",
    "01",
    "1.0",
    "'",
]


@pytest.mark.parametrize("owner", ["user_id", "agent_id", "run_id"])
def test_nothing_private_leaks_to_an_owner_with_a_similar_id(memory: Any, owner: str) -> None:
    for number, value in enumerate(STRANGE):
        memory.add(f"The deploy script has step number {number}", **{owner: value}, infer=False)
    for number, value in enumerate(STRANGE):
        named = {owner: value}
        for where in (named, {**named, "scope": "project:x"}):
            for how, seen in questions(memory, where):
                assert seen == {number}, (how, where)
        assert numbers(memory.export(**named)["memories"]) == {number}
        assert memory.status(**named)["memories"] == 1
    assert memory.delete_all(**{owner: "%"})["deleted"] == 1
    assert memory.status()["memories"] == len(STRANGE) - 1


def test_a_whole_number_is_the_owner_that_its_digits_name(memory: Any) -> None:
    memory.add("The deploy script has step number 1", user_id=7, infer=False)
    assert numbers(memory.get_all(user_id="7")["results"]) == {1}
    assert numbers(memory.get_all(user_id=7)["results"]) == {1}
    assert memory.get_all(user_id=70)["results"] == []


def test_a_memory_that_names_no_scope_is_private_if_it_has_an_owner(memory: Any) -> None:
    given = [
        {"user_id": "ann"},
        {"agent_id": "ci"},
        {"run_id": "r"},
        {},
        {"user_id": "ann", "scope": "global"},
    ]
    fill(memory, given)
    scopes = {memory["memory"][-1]: memory["scope"] for memory in memory.get_all()["results"]}
    assert [scopes[str(i)] for i in range(5)] == ["private", "private", "private", "global", "global"]
    with pytest.raises(InvalidRequest, match="owner"):
        memory.add("A secret of nobody's", scope="private", infer=False)


def test_agents_of_one_project_improve_each_others_memories(memory: Any) -> None:
    where = {"scope": "project:shop"}
    (first,) = memory.add("The API listens on port 8080.", agent_id="coder", **where)["results"]
    (second,) = memory.add("The API listens on port 8080.", agent_id="tester", **where)["results"]
    assert (second["event"], second["id"]) == ("MERGE", first["id"])
    correction = "No, that's wrong: the API listens on port 9090, not 8080."
    answer = memory.add([{"role": "user", "content": correction}], agent_id="tester", **where)["results"]
    assert [(r["event"], r["id"]) for r in answer if r["event"] != "SKIP"] == [("SUPERSEDE", first["id"])]
    (kept,) = memory.get_all()["results"]
    assert "9090" in kept["memory"]
    assert kept["agent_id"] == "coder"


def test_contradictions_in_one_project_are_found_whoever_wrote_them(memory: Any) -> None:
    for scope, (name, port) in itertools.product((None, "project:shop"), (("ann", 8080), ("bob", 9090))):
        memory.add(f"The API listens on port {port}.", user_id=name, scope=scope, infer=False)
    assert len(memory.detect_conflicts(scope="project:shop")) == 1
    assert memory.detect_conflicts(user_id="ann") == []
    (found,) = memory.detect_conflicts()
    memory.resolve_conflict(found["id_a"], found["id_b"], "a")
    assert memory.status(scope="private")["memories"] == 2


def test_an_export_keeps_scopes_and_one_from_before_private_is_read_as_what_it_meant(memory: Any) -> None:
    columns, _ = table("sees")
    fill(memory, columns)
    export = memory.export()
    scopes = {m["id"]: m["scope"] for m in export["memories"]}
    for data in (export, memory.export(format="jsonl")):
        memory.reset()
        assert memory.import_data(data)["imported"] == len(columns)
        assert {m["id"]: m["scope"] for m in memory.get_all()["results"]} == scopes
    memory.reset()
    old = {"memory": "The deploy script has step number 1", "user_id": "ann", "scope": "global"}
    memory.import_data({"version": "1.0", "memories": [old]})
    assert memory.get_all()["results"][0]["scope"] == "private"
