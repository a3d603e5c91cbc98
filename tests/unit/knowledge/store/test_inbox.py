"""The inbox: on disk before the call returns, left to others only by those who are gone."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import InvalidRequest
from memorusd.knowledge.bullet import Bullet
from memorusd.knowledge.store import Transaction
from memorusd.knowledge.store.sqlite import SqliteStore


def worker_files(path: Path) -> list[str]:
    return [file.name for file in path.parent.iterdir() if ".worker-" in file.name]


def test_what_a_closed_store_left_is_taken_over_once(
    path: Path, store: SqliteStore, open_store: Callable[..., SqliteStore]
) -> None:
    store.post("a", b"first")
    store.post("b", b"second")
    store.post("a", b"again")
    store.ack("b")
    assert store.take_over() == [], "its own work is nobody's to take over"
    assert len(worker_files(path)) == 1
    store.close()
    assert worker_files(path) == []
    other, third = open_store(), open_store()
    (entry,) = other.take_over()
    assert (entry.request_id, entry.call) == ("a", b"first")
    assert third.take_over() == [], "the one who took it over is at work on it"
    other.ack("a")
    other.close()
    assert third.take_over() == []


def test_settling_is_part_of_the_transaction(
    store: SqliteStore, open_store: Callable[..., SqliteStore], bullet: Callable[..., Bullet]
) -> None:
    store.post("a", b"first")

    def fails(transaction: Transaction) -> None:
        transaction.ack("a")
        raise InvalidRequest("no")

    with pytest.raises(InvalidRequest):
        store.write(fails)
    store.write(lambda t: t.put(bullet(), None, "ADD"))
    store.close()
    again = open_store()
    assert len(again.take_over()) == 1
    again.write(lambda t: t.ack("a"))
    again.close()
    assert open_store().take_over() == []


def test_the_living_keep_theirs_and_the_killed_do_not(
    path: Path, store: SqliteStore, start: Callable[..., Any]
) -> None:
    process = start(
        """
        store = SqliteStore.open(path)
        store.post("theirs", b"call")
        print("posted", flush=True)
        time.sleep(60)
        """
    )
    assert process.stdout.readline().strip() == "posted"
    assert store.take_over() == []
    process.send_signal(signal.SIGKILL)
    process.wait()
    (entry,) = store.take_over()
    assert entry.request_id == "theirs"
    assert len(worker_files(path)) == 1


def test_a_forked_child_does_not_hold_its_parents_place(
    store: SqliteStore, open_store: Callable[..., SqliteStore]
) -> None:
    store.post("parents", b"call")
    read, write = os.pipe()
    child = os.fork()
    if not child:  # outlives the parent's store, holding nothing of it
        try:
            os.close(write)
            os.read(read, 1)
        finally:
            os._exit(0)
    os.close(read)
    try:
        store.close()
        assert [entry.request_id for entry in open_store().take_over()] == ["parents"]
    finally:
        os.close(write)
        os.waitpid(child, 0)


def test_a_reset_empties_the_inbox(store: SqliteStore, open_store: Callable[..., SqliteStore]) -> None:
    store.post("a", b"first")
    store.reset()
    store.close()
    assert open_store().take_over() == []


def test_an_impossible_id_is_refused(store: SqliteStore) -> None:
    with pytest.raises(InvalidRequest):
        store.post("a\0b", b"call")
