"""`memorusctl import --from-mem0`: stores that mem0 itself has made, brought over whole."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_client import Memory
from memorus_client.daemon import stop_daemon

from ..contract.openai_server import config, serve
from .processes import Postgres

COUNT = 180
SECRET = "sk-proj-Zq8vN3rT5wXy7B2mK9pL4dF6hJ1sG0aQcE"

MADE = """
import json, sys
from memorus import Memory  # mem0's own, and the SQLite provider

memory = Memory(json.loads(sys.argv[1]))
made = [
    memory.add(
        f"Machine {n} stands in room {n}.", user_id=f"u{n % 3}", infer=False, metadata={"n": n, "m": [n]}
    )
    for n in range(int(sys.argv[2]))
]
made.append(memory.add(
    [{"role": "assistant", "name": "bot", "content": f"The token is {sys.argv[3]}, keep it."}],
    agent_id="a", run_id="r", infer=False,
))
memory.update(made[0]["results"][0]["id"], "Machine 0 was sold.")
ids = [result["id"] for one in made for result in one["results"]]
print(json.dumps([memory.get(id) for id in ids]))
"""


@pytest.fixture(autouse=True)
def mem0_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MEM0_DIR", str(tmp_path / "mem0"))
    yield
    stop_daemon()


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., tuple[dict[str, Any], list[Any]]]:
    """Have mem0 fill a store; returns the config for it, and what mem0 says that is in it."""

    def make(count: int = 3, **store: Any) -> tuple[dict[str, Any], list[Any]]:
        with serve() as server:
            settings = config(server, tmp_path, **store)
            done = subprocess.run(
                [sys.executable, "-c", MADE, json.dumps(settings), str(count), SECRET],
                capture_output=True,
                text=True,
                timeout=100,
                check=False,
            )
        assert done.returncode == 0, done.stderr
        return settings, json.loads(done.stdout)

    return make


def brought(place: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the import says, and the memories by id."""
    done = ctl("import", "--from-mem0", str(place), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    with Memory() as memory:
        return json.loads(done.stdout), {m["id"]: m for m in memory.get_all(limit=1000)["results"]}


def ctl(*words: str) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).with_name("memorusctl"))
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=100, check=False)


def same(theirs: list[Any], ours: dict[str, Any]) -> None:
    assert ours.keys() == {memory["id"] for memory in theirs}
    for memory in theirs:
        mine = ours[memory["id"]]
        if SECRET not in memory["memory"]:
            assert mine["memory"] == memory["memory"]
        for name in ("user_id", "agent_id", "run_id", "role", "actor_id", "created_at", "updated_at"):
            assert mine.get(name) == memory.get(name), name
        assert (mine["metadata"] or {}) == (memory["metadata"] or {})


def test_an_embedded_qdrant_is_brought_over_whole(made: Any, tmp_path: Path) -> None:
    _, theirs = made(COUNT)
    counts, ours = brought(tmp_path / "qdrant")
    assert (counts["imported"], counts["merged"], counts["errors"]) == (COUNT + 1, 0, [])
    assert counts["redactions"] == 1
    assert not [m for m in ours.values() if SECRET in m["memory"]]
    same(theirs, ours)
    with Memory() as memory:
        found = memory.search("where does machine 17 stand?", user_id="u2")["results"][0]
    assert found["memory"] == "Machine 17 stands in room 17."
    again, _ = brought(tmp_path / "qdrant")
    assert (again["imported"], again["skipped"]) == (0, COUNT + 1)


def test_a_pgvector_is_brought_over_by_its_config(made: Any, tmp_path: Path, postgres: Postgres) -> None:
    store = {**postgres.config(f"c{uuid.uuid4().hex[:12]}"), "embedding_model_dims": 32}
    settings, theirs = made(COUNT, vector_store={"provider": "pgvector", "config": store})
    (tmp_path / "mem0.json").write_text(json.dumps(settings))
    same(theirs, brought(tmp_path / "mem0.json")[1])


def test_our_sqlite_for_mem0_is_brought_over(made: Any, tmp_path: Path) -> None:
    store = {"path": str(tmp_path / "rows.db"), "collection_name": "mem0"}
    _, theirs = made(vector_store={"provider": "sqlite", "config": store})
    (tmp_path / "mem0.toml").write_text(
        f'[vector_store]\nprovider = "sqlite"\n[vector_store.config]\npath = "{tmp_path}/rows.db"\n'
    )
    for place in ("rows.db", "mem0.toml"):
        same(theirs, brought(tmp_path / place)[1])


def test_what_cannot_be_had_is_said(made: Any, tmp_path: Path, postgres: Postgres) -> None:
    def said(place: Path | str, config: Any = None) -> tuple[int, str]:
        if config is not None:
            Path(place).write_text(json.dumps({"vector_store": config}))
        done = ctl("import", "--from-mem0", str(place))
        return done.returncode, done.stderr

    made(1)
    file = tmp_path / "mem0.json"
    assert said(tmp_path / "nowhere")[0] == 2
    assert "is not the directory of an embedded Qdrant" in said(tmp_path)[1]
    file.write_text("vector_store: {}")
    assert "is not JSON" in said(file)[1]
    path = str(tmp_path / "qdrant")
    status, text = said(file, {"provider": "qdrant", "config": {"path": path, "collection_name": "other"}})
    assert (status, "no collection other" in text, "mem0" in text) == (3, True, True)
    status, text = said(file, {"provider": "qdrant", "config": {"path": str(tmp_path / "none")}})
    assert (status, (tmp_path / "none").exists()) == (3, False)
    assert "did you mean qdrant?" in said(file, {"provider": "qdrnt"})[1]
    never = postgres.config("never_made")
    status, text = said(file, {"provider": "pgvector", "config": never})
    assert (status, "the collection never_made" in text, "is empty" in text) == (3, True, True)
    status, text = said(
        file, {"provider": "pgvector", "config": {**never, "port": 1, "password": "Tr0ub4dor"}}
    )
    assert (status, "cannot be reached" in text, "Tr0ub4dor" in text) == (4, True, False)
    assert ctl("import", "a.json", "--from-mem0", "b").returncode == 2
