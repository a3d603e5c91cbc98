"""What is lost and what is not when a push or a mirror is cut off, and who may use what."""

from __future__ import annotations

import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memorus_proto.errors import ConfigError, StoreError
from memorusd.knowledge.bullet import Bullet, new_id, utc_now
from memorusd.knowledge.embed import ModelId
from memorusd.knowledge.store.mirror import MirrorStore
from memorusd.knowledge.store.mirror.adapter import CollectionName

MODEL = ModelId("tiny", "r1", 4)
Opener = Callable[..., MirrorStore]


@pytest.fixture(params=["pgvector", "chroma"])
def settings(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    server = request.getfixturevalue({"pgvector": "postgres", "chroma": "chroma"}[request.param])
    return request.param, server.config(f"c{uuid.uuid4().hex[:12]}")


@pytest.fixture
def connect(settings: tuple[str, dict[str, Any]], tmp_path: Path) -> Iterator[Opener]:
    opened: list[MirrorStore] = []

    def one(name: str) -> MirrorStore:
        store = MirrorStore.connect(tmp_path / name / "mirror.db", *settings, lambda: 4)
        opened.append(store)
        if store.model() is None:
            store.set_model(MODEL)
        return store

    yield one
    for store in opened:
        store.close()


def put(store: MirrorStore, text: str, request_id: str | None = None) -> Any:
    now = utc_now()
    bullet = Bullet(new_id(), text, now, now)

    def work(transaction: Any) -> str:
        transaction.put(bullet, np.ones(4, np.float32), "ADD")
        return bullet.id

    return store.write(work, request_id=request_id)


def test_a_push_whose_mirror_did_not_commit_comes_back_and_is_not_done_twice(
    connect: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies after the server has it and before the mirror does."""
    store = connect("one")
    replication = store._mirror._database._writer._around

    def dies(transaction: Any) -> Any:
        from contextlib import contextmanager

        @contextmanager
        def around() -> Iterator[None]:
            assert replication is not None
            with replication(transaction):
                yield
            raise KeyboardInterrupt

        return around()

    with monkeypatch.context() as patch:
        patch.setattr(store._mirror._database._writer, "_around", dies)
        with pytest.raises(KeyboardInterrupt):
            put(store, "once", "the request")
    assert store.count() == 0, "the mirror was rolled back"
    assert put(store, "twice", "the request") in {bullet.id for bullet in all_of(store)}
    assert [bullet.text for bullet in all_of(store)] == ["once"]
    other = connect("two")
    assert put(other, "thrice", "the request") == all_of(store)[0].id
    assert all_of(other) == all_of(store)


def test_a_push_that_fails_undoes_all_of_it(connect: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    store, other = connect("one"), connect("two")
    put(store, "kept")
    with monkeypatch.context() as patch:
        patch.setattr(type(store._connection._connected()), "upsert", broken)
        with pytest.raises(StoreError):
            put(store, "lost")
    assert [b.text for b in all_of(store)] == [b.text for b in all_of(other)] == ["kept"]
    put(store, "after")
    assert sorted(b.text for b in all_of(other)) == ["after", "kept"]


def test_a_lost_answer_is_no_failure(connect: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server has done it, and the connection breaks before it says so."""
    store = connect("one")
    adapter = type(store._connection._connected())
    upsert = adapter.upsert
    calls: list[str] = []

    def once(self: Any, name: CollectionName, rows: Any) -> None:
        upsert(self, name, rows)
        if name == "writers" and not calls:
            calls.append(name)
            raise ConnectionResetError

    monkeypatch.setattr(adapter, "upsert", once)
    put(store, "kept")
    assert calls
    assert [b.text for b in all_of(store)] == [b.text for b in all_of(connect("two"))] == ["kept"]


def test_ids_that_are_no_uuids(connect: Opener) -> None:
    store = connect("one")
    now = utc_now()
    odd = Bullet("kept-id", "an odd one", now, now, metadata={"deep": {"a": [1]}, "data": "mine"})
    store.write(lambda transaction: transaction.put(odd, np.ones(4, np.float32), "IMPORT"))
    store.reconcile()
    other = connect("two")
    assert other.get("kept-id") == store.get("kept-id") == odd
    other.write(lambda transaction: transaction.delete("kept-id"))
    assert store.get("kept-id") is None


def test_an_unreachable_server_is_an_error_for_every_read(connect: Opener) -> None:
    store = connect("one")
    put(store, "kept")
    store._connection.close()
    store._connection._config = {**store._connection._config, "port": 1}
    for call in (
        store.refresh,
        store.model,
        lambda: store.get("x"),
        lambda: store.history("x"),
        store.reconcile,
    ):
        with pytest.raises(StoreError) as caught:
            call()
        assert caught.value.data["reason"] == "unreachable"
        assert caught.value.retryable
    assert store.status()["reachable"] is False


def test_a_directory_of_qdrant_is_one_processs(tmp_path: Path) -> None:
    config = {"path": str(tmp_path / "qdrant"), "collection_name": "c"}
    store = MirrorStore.connect(tmp_path / "a" / "m.db", "qdrant", config, lambda: 4)
    script = (
        "import sys; from pathlib import Path\n"
        "from memorus_proto.errors import StoreError\n"
        "from memorusd.knowledge.store.mirror import MirrorStore\n"
        "try:\n"
        "    MirrorStore.connect(Path(sys.argv[1]), 'qdrant', "
        "{'path': sys.argv[2], 'collection_name': 'c'}, lambda: 4)\n"
        "except StoreError as error:\n"
        "    print(error.data['reason'], error)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "b" / "m.db"), config["path"]]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    store.close()
    assert done.stdout.startswith("locked the Qdrant directory")
    assert "takes only one" in done.stdout


def test_wrong_settings_and_missing_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def connected(provider: str, config: dict[str, Any]) -> None:
        MirrorStore.connect(tmp_path / "m.db", provider, config, lambda: 4)

    with pytest.raises(ConfigError, match=r"pip install pymilvus"):
        connected("milvus", {})
    with pytest.raises(ConfigError, match="Extra fields not allowed: colour"):
        connected("pgvector", {"colour": "red", "user": "u", "password": "p", "host": "h", "port": 1})
    with pytest.raises(ConfigError, match="must be provided"):
        connected("pgvector", {})


def broken(*_: Any) -> None:
    raise ConnectionResetError


def all_of(store: MirrorStore) -> list[Bullet]:
    store.refresh()
    return [stored.bullet for stored in store.load()[1]]
