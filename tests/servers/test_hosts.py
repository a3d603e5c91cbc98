"""Several homes, each with its daemon or engine, on one database server; and plain mem0 beside them."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_client import Memory
from memorus_client.daemon import stop_daemon
from memorus_proto.errors import MemorusError, StoreError
from memorusd.knowledge.embed.onnx import OnnxEmbedder

from .processes import Postgres

Host = Callable[..., Memory]


@pytest.fixture
def collection() -> str:
    return f"c{uuid.uuid4().hex[:12]}"


@pytest.fixture(params=["pgvector", "chroma"])
def settings(request: pytest.FixtureRequest, collection: str) -> dict[str, Any]:
    server = request.getfixturevalue({"pgvector": "postgres", "chroma": "chroma"}[request.param])
    return {"provider": request.param, "config": server.config(collection)}


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """A client of the host with that name, whose home is its own."""
    opened: list[Memory] = []
    homes: set[Path] = set()

    def client(name: str, store: dict[str, Any], *, daemon: bool = False) -> Memory:
        home = tmp_path / name
        homes.add(home)
        monkeypatch.setenv("MEMORUS_HOME", str(home))
        memory = Memory({"vector_store": store, "daemon": {"enabled": daemon}})
        opened.append(memory)
        memory.status()
        return memory

    yield client
    for memory in opened:
        memory.close()
    for home in homes:
        monkeypatch.setenv("MEMORUS_HOME", str(home))
        stop_daemon()


def texts(memory: Memory) -> list[str]:
    return sorted(m["memory"] for m in memory.get_all()["results"])


def pg(postgres: Postgres, collection: str) -> dict[str, Any]:
    return {"provider": "pgvector", "config": postgres.config(collection)}


def test_two_daemons_see_each_others_memories(host: Host, postgres: Postgres, collection: str) -> None:
    store = pg(postgres, collection)
    one, two = host("one", store, daemon=True), host("two", store, daemon=True)
    assert one.daemon_available
    assert two.daemon_available
    (added,) = one.add("The staging database is reset every Sunday.", user_id="ann")["results"]
    assert two.search("when is staging reset?", user_id="ann")["results"][0]["id"] == added["id"]
    two.update(added["id"], "The staging database is reset every Monday.")
    assert (one.get(added["id"]) or {})["memory"] == "The staging database is reset every Monday."
    assert [c["event"] for c in one.history(added["id"])] == ["ADD", "UPDATE"]
    (second,) = two.add("The staging database is reset every Monday.", user_id="ann")["results"]
    assert second["id"] == added["id"], "what another host has added is known when a new one is judged"
    one.delete(added["id"])
    assert texts(two) == []
    assert two.get(added["id"]) is None


def test_every_store_shares(host: Host, settings: dict[str, Any]) -> None:
    one, two = host("one", settings), host("two", settings)
    ids = [one.add(f"Machine {n} stands in room {n}.", infer=False)["results"][0]["id"] for n in range(3)]
    assert {m["id"] for m in two.get_all()["results"]} == set(ids)
    two.delete(ids[0])
    assert one.search("machine", limit=5)["ace_search"]["total_candidates"] == 2
    one.reset()
    assert texts(two) == []
    assert two.history(ids[1]) == []
    two.add("A new beginning.", infer=False)
    assert texts(one) == ["A new beginning."]


def test_a_new_home_gets_all_there_is(host: Host, settings: dict[str, Any]) -> None:
    one = host("one", settings)
    entries = [
        {"memory": f"Machine {n} stands in room {n}.", "metadata": {"n": n, "deep": {"list": [n, None]}}}
        for n in range(350)
    ]
    assert one.import_data(entries)["imported"] == 350
    (kept,) = one.add("The build runs on Tuesdays.", tags=["ci"])["results"]
    one.update(kept["id"], "The build runs on Fridays.")
    late = host("late", settings)
    assert exported(late) == exported(one)
    assert len(late.get_all(limit=10_000)["results"]) == 351
    assert [c["event"] for c in late.history(kept["id"])] == ["ADD", "UPDATE"]
    assert sum(late.run_decay_sweep(dry_run=True).values()) == 351
    assert late.search("when does the build run?")["results"][0]["id"] == kept["id"]


def test_two_hosts_add_the_same_at_once(host: Host, settings: dict[str, Any]) -> None:
    hosts = [host("one", settings), host("two", settings)]
    together = threading.Barrier(2)

    def work(memory: Memory) -> None:
        for n in range(10):
            together.wait()
            memory.add(f"Machine {n} stands in room {n}.", infer=False)

    threads = [threading.Thread(target=work, args=(memory,)) for memory in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hosts[0].run_decay_sweep()
    wanted = sorted(f"Machine {n} stands in room {n}." for n in range(10))
    assert [texts(memory) for memory in hosts] == [wanted, wanted]


def test_the_server_is_killed_and_comes_back(host: Host, postgres: Postgres, collection: str) -> None:
    store = pg(postgres, collection)
    hosts = [host("one", store, daemon=True), host("two", store, daemon=True)]
    acknowledged: set[str] = set()
    errors: list[BaseException] = []
    stop = threading.Event()

    def work(memory: Memory, name: str) -> None:
        for n in range(10_000):
            if stop.is_set():
                return
            text = f"Machine {name}-{n} stands in room {n}."
            try:
                memory.add(text, infer=False)
                acknowledged.add(text)
                assert text in {r["memory"] for r in memory.search(text)["results"]}
            except MemorusError as error:
                errors.append(error)
                time.sleep(0.1)

    threads = [threading.Thread(target=work, args=(memory, str(n))) for n, memory in enumerate(hosts)]
    for thread in threads:
        thread.start()
    wait(lambda: len(acknowledged) > 20)
    postgres.stop(kill=True)
    try:
        wait(lambda: len(errors) > 1)
    finally:
        postgres.start()
    before = len(acknowledged)
    wait(lambda: len(acknowledged) > before + 20)
    stop.set()
    for thread in threads:
        thread.join(60)
    assert {type(error) for error in errors} == {StoreError}
    assert {error.data["reason"] for error in errors if isinstance(error, StoreError)} <= {
        "unreachable",
        "io",
    }
    assert all(error.retryable for error in errors if isinstance(error, StoreError))
    for memory in hosts:
        assert acknowledged <= set(texts_of_all(memory))
    assert exported(hosts[0]) == exported(hosts[1])


def test_secrets_are_in_no_error(host: Host, postgres: Postgres, collection: str) -> None:
    store = pg(postgres, collection)
    store["config"]["password"] = "Tr0ub4dor&3x"
    store["config"]["port"] = 1
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        host("one", store)
    assert "Tr0ub4dor" not in str(caught.value)
    assert caught.value.retryable
    store["config"] = {"connection_string": "postgresql://ann:Tr0ub4dor@127.0.0.1:1/x?nonsense=1"}
    with pytest.raises(MemorusError) as refused:
        host("two", store)
    assert "Tr0ub4dor" not in str(refused.value)


@pytest.fixture
def plain(settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """mem0's own Memory on the same collection, with our model and no language model."""
    monkeypatch.setenv("MEM0_TELEMETRY", "False")
    monkeypatch.setenv("MEM0_DIR", str(tmp_path / "mem0"))
    import mem0

    config = json.loads(json.dumps(settings["config"]))
    if settings["provider"] == "pgvector":
        config["embedding_model_dims"] = 384
    memory = mem0.Memory.from_config(
        {
            "vector_store": {"provider": settings["provider"], "config": config},
            "llm": {"provider": "openai", "config": {"api_key": "none"}},
            "embedder": {"provider": "openai", "config": {"api_key": "none"}},
            "history_db_path": str(tmp_path / "history.db"),
        }
    )
    model = OnnxEmbedder(tmp_path / "models")

    class Ours:
        def embed(self, text: str, action: str | None = None) -> list[float]:
            return [float(x) for x in model.embed_query(text)]

        def embed_batch(self, texts: list[str], action: str = "add") -> list[list[float]]:
            return [self.embed(text) for text in texts]

    memory.embedding_model = Ours()
    yield memory
    model.close()
    if settings["provider"] == "pgvector":
        memory.vector_store.connection_pool.close(timeout=1)
    else:
        for server in (memory.vector_store.client._server, memory.vector_store.client._admin_client._server):
            server._session.close()


def test_what_plain_mem0_wrote_is_ours_too(host: Host, settings: dict[str, Any], plain: Any) -> None:
    old = plain.add("Ann deploys with the blue-green script.", user_id="ann", infer=False, metadata={"n": 1})
    memory = host("one", settings)
    (found,) = memory.search("how does Ann deploy?", user_id="ann")["results"]
    assert (found["id"], found["metadata"]) == (old["results"][0]["id"], {"n": 1})
    assert found["created_at"] == plain.get(found["id"])["created_at"]
    wait(lambda: memory.search("how does Ann deploy?")["ace_search"]["mode"] == "full")
    new = plain.add("Bob reviews on Mondays.", user_id="bob", infer=False)["results"][0]["id"]
    assert {m["id"] for m in memory.get_all()["results"]} == {found["id"], new}
    plain.delete(found["id"])
    assert [m["id"] for m in memory.get_all()["results"]] == [new]
    plain.update(new, "Bob reviews on Fridays.")
    memory.run_decay_sweep()
    assert (memory.get(new) or {})["memory"] == "Bob reviews on Fridays."
    assert [c["event"] for c in memory.history(new)] == ["ADD", "UPDATE"]


def test_what_we_wrote_is_plain_mem0s_too(host: Host, settings: dict[str, Any], plain: Any) -> None:
    memory = host("one", settings)
    (kept,) = memory.add(
        "Use pnpm in the web folder.", user_id="ann", tags=["js"], metadata={"n": 1, "deep": {"a": [1]}}
    )["results"]
    (listed,) = plain.get_all(filters={"user_id": "ann"})["results"]
    assert (listed["id"], listed["memory"], listed["user_id"]) == (kept["id"], kept["memory"], "ann")
    assert listed["metadata"]["n"] == 1
    assert listed["hash"] == (memory.get(kept["id"]) or {})["hash"]
    (found,) = plain.search("web packages", filters={"user_id": "ann"})["results"]
    assert found["id"] == kept["id"]
    plain.update(kept["id"], "Use npm in the web folder.")
    memory.run_decay_sweep()
    changed = memory.get(kept["id"])
    assert changed is not None
    assert changed["memory"] == "Use npm in the web folder."
    assert changed["tags"][0] == "js"
    assert changed["metadata"] == {"n": 1, "deep": {"a": [1]}}


def exported(memory: Memory) -> list[Any]:
    document: Any = memory.export()
    return list(document["memories"])


def texts_of_all(memory: Memory) -> list[str]:
    return [entry["memory"] for entry in exported(memory)]


def wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)
