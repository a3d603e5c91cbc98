"""After a reset, no byte of what was remembered is in any file of the store."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import StoreError
from memorusd.knowledge.bullet import Bullet
from memorusd.knowledge.embed import ModelId, Vectors
from memorusd.knowledge.store import Transaction
from memorusd.knowledge.store.sqlite import SqliteStore, schema

SECRETS = [b"sk-secret", "密碼是".encode(), b"in-metadata", b"in-result", b"before-image"]


def found_in(path: Path) -> list[bytes]:
    content = b"".join(file.read_bytes() for file in path.parent.iterdir())
    return [secret for secret in SECRETS if secret in content]


def fill(
    store: SqliteStore,
    add: Callable[..., Bullet],
    bullet: Callable[..., Bullet],
    vector: Callable[[int], Vectors],
) -> None:
    for i in range(300):
        add(store, f"sk-secret 密碼是 {i}", metadata={"x": "in-metadata"}, user_id="sk-secret")
    old = add(store, "before-image")
    store.write(lambda t: t.put(bullet("after", id=old.id), vector(1), "UPDATE"), request_id="a")
    store.write(lambda t: t.delete(old.id) and None, request_id="b")
    store.write(lambda t: "in-result", request_id="c")


def test_no_byte_is_left(
    store: SqliteStore,
    path: Path,
    add: Callable[..., Bullet],
    bullet: Callable[..., Bullet],
    vector: Callable[[int], Vectors],
    model: ModelId,
) -> None:
    fill(store, add, bullet, vector)
    assert found_in(path) == SECRETS
    seq = store.refresh()
    _, reader = store.load()
    next(reader)  # this one's own snapshot does not stand in the way
    store.reset()
    assert found_in(path) == []
    assert path.with_name("memorus.db-wal").stat().st_size == 0
    assert (store.count(), store.refresh(), store.model()) == (0, seq + 1, model)
    assert store.changed_since(0) == (seq + 1, [], True)
    assert list(store.load()[1]) == []
    assert store.write(lambda t: "anew", request_id="c") == "anew"
    add(store, "life goes on")
    assert store.refresh() == seq + 2


def test_results_of_the_same_group_go_too(store: SqliteStore, path: Path) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def slow(transaction: Transaction) -> bool:
        entered.set()
        return go_on.wait(10)

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(store.write, slow)
        entered.wait(10)
        result = pool.submit(store.write, lambda t: "in-result", request_id="r")
        while len(store._database._commits._waiting) < 1:
            pass
        reset = pool.submit(store.reset)
        while len(store._database._commits._waiting) < 2:
            pass
        go_on.set()
        for each in (first, result, reset):
            each.result()
    assert result.result() == "in-result"
    assert found_in(path) == []


def test_a_repeated_reset_does_not_take_what_came_after(
    store: SqliteStore,
    path: Path,
    add: Callable[..., Bullet],
    bullet: Callable[..., Bullet],
    vector: Callable[[int], Vectors],
) -> None:
    fill(store, add, bullet, vector)
    store.reset(request_id="reset")
    add(store, "after")
    store.reset(request_id="reset")
    assert store.count() == 1
    assert found_in(path) == []


def test_a_reader_elsewhere_holds_it_up(
    store: SqliteStore,
    path: Path,
    add: Callable[..., Bullet],
    bullet: Callable[..., Bullet],
    vector: Callable[[int], Vectors],
    start: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(store, add, bullet, vector)
    other = start(
        """
        store = SqliteStore.open(path)
        _, rows = store.load()
        next(rows)
        print("reading", flush=True)
        sys.stdin.readline()
        print(sum(1 for _ in rows))
        store.close()
        """
    )
    assert other.stdout.readline() == "reading\n"
    with monkeypatch.context() as patch:
        patch.setattr("memorusd.knowledge.store.sqlite.database._PATIENCE", 0.3)
        with pytest.raises(StoreError, match="still reading") as caught:
            store.reset(request_id="r")
    assert caught.value.data["reason"] == "locked"
    assert caught.value.retryable
    assert store.count() == 0
    assert other.communicate("go on\n", timeout=30)[0] == "299\n"
    store.reset(request_id="r")
    assert found_in(path) == []


def test_copies_of_older_versions_go_too(
    store: SqliteStore,
    path: Path,
    add: Callable[..., Bullet],
    bullet: Callable[..., Bullet],
    vector: Callable[[int], Vectors],
    open_store: Callable[..., SqliteStore],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(store, add, bullet, vector)
    store.close()
    with monkeypatch.context() as patch:
        patch.setattr(schema, "STEPS", [*schema.STEPS, lambda connection: None])
        with closing(SqliteStore.open(path)) as migrated:
            assert schema.backups(path)
            migrated.reset()
        assert found_in(path) == []
        assert not schema.backups(path)


def test_deleted_pages_are_overwritten_also_without_a_reset(
    store: SqliteStore, path: Path, add: Callable[..., Bullet]
) -> None:
    gone = [add(store, f"sk-secret {i} " + "x" * 2000) for i in range(50)]

    def delete(bullet: Bullet) -> None:
        store.write(lambda transaction: transaction.delete(bullet.id))

    for bullet in gone:
        delete(bullet)
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("DELETE FROM journal")
        connection.commit()
    assert b"sk-secret" not in path.read_bytes()
