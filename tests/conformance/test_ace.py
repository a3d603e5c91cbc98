"""What ACE makes of what is said, through every transport: distilled, merged, corrected, carried off."""

from __future__ import annotations

import copy
import json
import time
from typing import Any

import pytest

from memorus_proto.errors import InvalidRequest


def events(answer: dict[str, Any]) -> list[str]:
    return [result["event"] for result in answer["results"]]


def texts(memory: Any, **owner: str) -> set[str]:
    return {m["memory"] for m in memory.get_all(**owner)["results"]}


def test_knowledge_is_kept_and_chatter_is_not(memory: Any) -> None:
    answer = memory.add(
        [
            {"role": "user", "content": "Hi there! Could you help me?"},
            {"role": "assistant", "content": "Of course, what is it about?"},
            {"role": "user", "content": "Remember that the staging database is reset every Sunday night."},
            {"role": "assistant", "content": "Thanks, got it!"},
        ]
    )
    assert texts(memory) == {"The staging database is reset every Sunday night."}
    assert answer["ace_ingest"]["mode"] == "rules"
    assert (answer["ace_ingest"]["bullets_added"], answer["ace_ingest"]["errors"]) == (1, [])
    assert all(r["reason"] for r in answer["results"] if r["event"] == "SKIP")


def test_what_is_kept_is_described(memory: Any) -> None:
    (result,) = memory.add("Run pytest with -n 2, because CI has two cores.")["results"]
    kept = memory.get(result["id"])
    assert "pytest" in kept["tools"]
    assert 0 < kept["instructivity_score"] <= 100
    assert kept["section"] != "general"


def test_what_the_caller_says_of_it_wins(memory: Any) -> None:
    (result,) = memory.add("Always use UTC timestamps", type="trick", section="debugging", tags=["time"])[
        "results"
    ]
    kept = memory.get(result["id"])
    assert (kept["type"], kept["section"]) == ("trick", "debugging")
    assert kept["tags"][0] == "time"


def test_the_same_in_other_words_is_one_memory(memory: Any) -> None:
    (first,) = memory.add("Always use UTC timestamps", tags=["a"])["results"]
    answer = memory.add("Timestamps should always be in UTC", tags=["b"])
    (second,) = answer["results"]
    assert (second["event"], second["id"]) == ("MERGE", first["id"])
    assert second["reason"]
    assert answer["ace_ingest"]["bullets_merged"] == 1
    (kept,) = memory.get_all()["results"]
    assert set(kept["tags"]) >= {"a", "b"}
    assert [c["event"] for c in memory.history(kept["id"])] == ["ADD", "MERGE"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Always use tabs for indentation", "Never use tabs for indentation"),
        ("The API listens on port 8080", "The API listens on port 9090"),
        ("缩进必须使用制表符", "缩进不要使用制表符"),
    ],
)
def test_what_contradicts_is_never_merged_but_told(memory: Any, one: str, other: str) -> None:
    (first,) = memory.add(one)["results"]
    (second,) = memory.add(other)["results"]
    assert second["event"] == "ADD"
    assert len(texts(memory)) == 2
    assert [c["id"] for c in second["conflicts"]] == [first["id"]]
    (found,) = memory.detect_conflicts()
    assert {found["id_a"], found["id_b"]} == {first["id"], second["id"]}
    assert {found["memory_a"], found["memory_b"]} == texts(memory)
    assert found["reason"]
    assert found["kind"]


def test_conflicts_of_one_owner_are_not_anothers(memory: Any) -> None:
    memory.add("Always use tabs for indentation", user_id="ann")
    (second,) = memory.add("Never use tabs for indentation", user_id="bob")["results"]
    assert "conflicts" not in second
    assert memory.detect_conflicts() == []


def test_nobodys_memory_is_merged_into_anothers(memory: Any) -> None:
    for owner in ({"user_id": "ann"}, {"user_id": "bob"}, {}, {"user_id": "ann", "scope": "project:x"}):
        assert events(memory.add("Always use UTC timestamps", **owner)) == ["ADD"]
    assert len(memory.get_all()["results"]) == 4


def test_a_correction_takes_the_place_of_what_it_corrects(memory: Any) -> None:
    (first,) = memory.add("The API listens on port 8080.")["results"]
    answer = memory.add(
        [{"role": "user", "content": "No, that's wrong: the API listens on port 9090, not 8080."}]
    )
    (second,) = [r for r in answer["results"] if r["event"] != "SKIP"]
    assert (second["event"], second["id"]) == ("SUPERSEDE", first["id"])
    assert second["previous_memory"] == "The API listens on port 8080."
    (kept,) = memory.get_all()["results"]
    assert "9090" in kept["memory"]
    assert [c["event"] for c in memory.history(first["id"])] == ["ADD", "SUPERSEDE"]
    assert memory.search("which port does the API listen on?")["results"][0]["id"] == first["id"]


def test_raw_texts_are_kept_as_they_are(memory: Any) -> None:
    for n in (1, 1, 2):
        memory.add("thanks, see you!", infer=False, metadata={"n": n})
    kept = memory.get_all()["results"]
    assert [(m["memory"], m["metadata"]) for m in kept] == [
        ("thanks, see you!", {"n": 2}),
        ("thanks, see you!", {"n": 1}),
    ]


def test_who_does_not_wait_is_served_all_the_same(memory: Any) -> None:
    answer = memory.add("The invoices are numbered per calendar year.", wait=False)
    assert answer["results"] == []
    assert answer["ace_ingest"]["mode"] == "queued"
    deadline = time.monotonic() + 30
    while not texts(memory):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert texts(memory) == {"The invoices are numbered per calendar year."}
    while memory.status()["inbox"]["waiting"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_status_tells_how_it_distils(memory: Any) -> None:
    reflector = memory.status()["reflector"]
    assert reflector["mode"] == "rules"
    assert "llm_model" in reflector["why"]


def fill(memory: Any) -> None:
    memory.add("Use pnpm in the web folder.", user_id="ann", scope="project:web", tags=["js"])
    memory.add("Deploys go through the blue-green script.", agent_id="ci", run_id="r-1")
    memory.add(
        [{"role": "user", "name": "bob", "content": "We use PostgreSQL 16, because of logical replication."}],
        metadata={"deep": {"n": [1, 2.5, None, True, "x"]}},
    )
    memory.add("thanks", infer=False, metadata={"n": 1})
    memory.add("thanks", infer=False, metadata={"n": 2})


def test_a_round_trip_into_an_empty_store_loses_nothing(memory: Any) -> None:
    fill(memory)
    first = memory.export()
    assert first["total"] == len(first["memories"]) == 5
    memory.reset()
    counts = memory.import_data(json.dumps(first))
    assert counts == {"imported": 5, "merged": 0, "skipped": 0, "redactions": 0, "errors": []}
    assert memory.export()["memories"] == first["memories"]
    assert memory.search("how are releases deployed?", agent_id="ci")["results"][0]["run_id"] == "r-1"
    assert memory.import_data(first)["skipped"] == 5
    assert memory.export()["memories"] == first["memories"]


def test_counts_and_times_are_taken_over(memory: Any) -> None:
    entry = {
        "id": "kept-id",
        "memory": "The build runs on Tuesdays.",
        "created_at": "2024-01-02T03:04:05+02:00",
        "recall_count": 7,
        "last_recalled_at": "2024-02-01T00:00:00Z",
        "origin": "agent",
    }
    memory.import_data([entry])
    (out,) = memory.export()["memories"]
    assert out["id"] == "kept-id"
    assert out["created_at"] == out["updated_at"] == "2024-01-02T01:04:05+00:00"
    assert (out["recall_count"], out["last_recalled_at"]) == (7, "2024-02-01T00:00:00+00:00")
    assert out["origin"] == "agent"


def test_an_import_is_merged_with_what_is_known(memory: Any) -> None:
    (known,) = memory.add("Always use UTC timestamps")["results"]
    counts = memory.import_data(
        [
            {"memory": "Timestamps should always be in UTC", "recall_count": 3},
            {"memory": "The build runs on Tuesdays."},
        ]
    )
    assert (counts["imported"], counts["merged"], counts["skipped"]) == (1, 1, 0)
    assert len(texts(memory)) == 2
    entries = {e["id"]: e for e in memory.export()["memories"]}
    assert entries[known["id"]]["recall_count"] == 3
    assert {e["origin"] for e in entries.values()} == {"import"}, "the least trusted origin wins"


def test_a_newer_entry_replaces_and_an_older_one_does_not(memory: Any) -> None:
    (known,) = memory.add("The build runs on Tuesdays.")["results"]
    (entry,) = memory.export()["memories"]
    older = {**entry, "memory": "The build runs on Mondays.", "updated_at": "2020-01-01T00:00:00Z"}
    newer = {**entry, "memory": "The build runs on Fridays.", "updated_at": "2100-01-01T00:00:00Z"}
    assert memory.import_data([older])["skipped"] == 1
    assert texts(memory) == {"The build runs on Tuesdays."}
    assert memory.import_data([newer])["merged"] == 1
    assert texts(memory) == {"The build runs on Fridays."}
    foreign = {**newer, "user_id": "eve", "updated_at": "2101-01-01T00:00:00Z", "memory": "Mine now."}
    assert memory.import_data([foreign])["skipped"] == 1
    assert memory.get(known["id"])["memory"] == "The build runs on Fridays."


def test_bad_entries_are_told_by_their_place_and_the_others_kept(memory: Any) -> None:
    many: list[Any] = [{"memory": f"Machine {n} stands in room {n}."} for n in range(600)]
    bad = {
        3: "no text",
        256: {"memory": ""},
        300: {"memory": "x", "colour": "red"},
        301: {"memory": "x", "tag": ["a"]},
        599: {"memory": "x", "created_at": "yesterday"},
    }
    for position, entry in bad.items():
        many[position] = entry
    seen: list[tuple[int, int]] = []
    counts = memory.import_data(copy.deepcopy(many), progress=lambda done, of: seen.append((done, of)))
    assert [e["position"] for e in counts["errors"]] == list(bad)
    assert "did you mean tags?" in counts["errors"][3]["error"]
    assert counts["imported"] == 595
    assert seen[-1] == (600, 600)
    assert len(memory.get_all()["results"]) == 595


@pytest.mark.parametrize("data", ["{", '{"a": 1}', {"memories": 3}, 7, None])
def test_what_is_no_export_is_refused(memory: Any, data: Any) -> None:
    with pytest.raises(InvalidRequest):
        memory.import_data(data)
    assert texts(memory) == set()


def test_formats(memory: Any) -> None:
    fill(memory)
    with pytest.raises(InvalidRequest, match="json or jsonl or markdown"):
        memory.export(format="yaml")
    with pytest.raises(InvalidRequest):
        memory.import_data({}, format="markdown")
    text = memory.export(format="markdown", user_id="ann")
    assert text.startswith("# Memorus")
    assert "- Use pnpm in the web folder." in text
    assert text.count("\n## ") == 1
    whole = memory.export(format="markdown")
    assert "\n## General\n" in whole


def test_an_import_is_redacted(memory: Any) -> None:
    secret = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    counts = memory.import_data(
        [{"memory": f"The token is {secret}", "tags": [secret], "metadata": {"k": secret}}]
    )
    assert counts["redactions"] >= 3
    assert secret not in json.dumps(memory.export())
