"""Knowledge that is used stays, and what is not used fades out of recall, through every transport."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from memorus_proto.errors import NotFound


def ago(days: float) -> str:
    return (datetime.now(timezone.utc) - timedelta(days=days)).isoformat()


def texts(answer: dict[str, Any]) -> set[str]:
    return {m["memory"] for m in answer["results"]}


def counts(memory: Any) -> dict[str, int]:
    return {e["memory"]: e["recall_count"] for e in memory.export()["memories"]}


FRESH = {"memory": "The fresh build runs on Tuesdays.", "created_at": ago(1)}
FADING = {"memory": "The fading build ran on Mondays.", "created_at": ago(60)}
FADED = {"memory": "The faded build ran on Sundays.", "created_at": ago(400)}
PERMANENT = {"memory": "The permanent build runs on Fridays.", "created_at": ago(400), "recall_count": 15}


def test_a_sweep_archives_what_has_faded(memory: Any) -> None:
    memory.import_data([FRESH, FADING, FADED, PERMANENT])
    wanted = {"archived": 1, "updated": 1, "permanent": 1, "unchanged": 1}
    assert memory.run_decay_sweep(dry_run=True) == wanted
    assert len(memory.get_all()["results"]) == 4
    assert memory.run_decay_sweep() == wanted
    left = {m["memory"] for m in (FRESH, FADING, PERMANENT)}
    assert texts(memory.get_all()) == left
    assert texts(memory.search("when does the build run?")) == left
    (gone,) = memory.get_all(archived=True)["results"]
    assert gone["memory"] == FADED["memory"]
    assert memory.get(gone["id"])["memory"] == FADED["memory"], "it can still be looked up"
    assert memory.export()["total"] == 4
    assert [c["event"] for c in memory.history(gone["id"])] == ["IMPORT", "ARCHIVE"]
    assert memory.run_decay_sweep()["archived"] == 0


def test_what_was_archived_can_be_restored(memory: Any) -> None:
    memory.import_data([FRESH, FADED])
    memory.run_decay_sweep()
    (gone,) = memory.get_all(archived=True)["results"]
    memory.restore(gone["id"])
    assert texts(memory.get_all()) == texts(memory.search("build")) == {FRESH["memory"], FADED["memory"]}
    assert memory.run_decay_sweep()["archived"] == 0, "it is as fresh as if it had been recalled"
    memory.restore(gone["id"])
    with pytest.raises(NotFound):
        memory.restore("no-such-id")


def test_one_sweep_takes_only_a_share_and_the_weakest_first(memory: Any) -> None:
    entries = [{"memory": f"Machine {n} stood in room {n}.", "created_at": ago(400 + n)} for n in range(20)]
    memory.import_data(entries)
    assert memory.run_decay_sweep()["archived"] == 5
    gone = texts(memory.get_all(archived=True))
    assert gone == {f"Machine {n} stood in room {n}." for n in range(15, 20)}


def test_recalls_are_counted_once_a_day_and_only_for_what_was_given(memory: Any) -> None:
    memory.import_data([FRESH, {"memory": "Ana likes tea.", "user_id": "ana"}])
    for _ in range(5):
        memory.search("when does the build run?", limit=1, scope="global")
    memory.export()
    memory.detect_conflicts()
    memory.get_all()
    deadline = time.monotonic() + 30
    while not counts(memory)[FRESH["memory"]]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    for _ in range(3):
        memory.search("when does the build run?", limit=1, scope="global")
    memory.run_decay_sweep(dry_run=True)  # what is pending is counted before
    assert counts(memory) == {FRESH["memory"]: 1, "Ana likes tea.": 0}
    (found,) = [e for e in memory.export()["memories"] if e["recall_count"]]
    assert found["last_recalled_at"][:10] == datetime.now(timezone.utc).isoformat()[:10]
    assert [c["event"] for c in memory.history(found["id"])] == ["IMPORT"], "a count is no change of it"


def test_the_answer_as_a_text_for_a_prompt(memory: Any, open_memory: Any) -> None:
    assert memory.context("anything at all") == ""
    memory.add("Deploys go through the blue-green <script>.")
    found = memory.search("how do we deploy?", context=True)
    assert found["context"] == memory.context("how do we deploy?")
    assert found["context"].startswith("<memorus_context>")
    assert "&lt;script&gt;" in found["context"]
    plain = open_memory(integration={"context_template": "plain"})
    assert (
        plain.context("how do we deploy?").splitlines()[1] == "1. Deploys go through the blue-green <script>."
    )
    again = memory.add([{"role": "user", "content": found["context"]}])
    assert {r["event"] for r in again["results"]} == {"SKIP"}, "memory must not feed on itself"
