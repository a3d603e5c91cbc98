"""A server that hangs or is gone: errors in bounded time, a status all the same, and nothing lost."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_client import Memory
from memorus_proto.errors import StoreError

from .processes import Postgres


@pytest.fixture
def memory(home: Path, postgres: Postgres) -> Iterator[Memory]:
    """In this process, on a collection of its own."""
    store = {"provider": "pgvector", "config": postgres.config(f"c{uuid.uuid4().hex[:12]}")}
    with Memory({"vector_store": store, "daemon": {"enabled": False}}) as memory:
        memory.add("The build runs on Tuesdays.", infer=False)
        yield memory


@pytest.mark.full
@pytest.mark.parametrize("call", ["search", "add"])
def test_a_server_that_hangs_is_an_error_and_then_works_again(
    memory: Memory, postgres: Postgres, call: str
) -> None:
    postgres.freeze()
    begun = time.monotonic()
    try:
        with pytest.raises(StoreError) as caught:
            memory.search("build") if call == "search" else memory.add("Tea is at four.", infer=False)
        lasted = time.monotonic() - begun
    finally:
        postgres.freeze(thaw=True)
    assert (caught.value.data["reason"], caught.value.retryable) == ("unreachable", True)
    # Not how fast it is, but that it ends long before the test's own time-out.
    assert lasted < 60, lasted
    wait(lambda: answers(memory))
    assert [m["memory"] for m in memory.get_all()["results"]] == ["The build runs on Tuesdays."]


def test_without_a_server_status_tells(memory: Memory, postgres: Postgres) -> None:
    from memorusctl.commands import status as command
    from memorusctl.formatting import plain_lines

    postgres.stop(kill=True)
    try:
        status = memory.status()
        assert status["store"]["reachable"] is False
        assert "cannot be reached" in status["store"]["error"]
        assert status["memories"] == 1, "as of the last time that it was there"
        assert any("cannot be reached" in line for line in plain_lines(command.show(status)))
        with pytest.raises(StoreError, match="cannot be reached"):
            memory.get_all()
    finally:
        postgres.start()
    wait(lambda: answers(memory))
    assert memory.status()["store"]["reachable"] is True
    assert "error" not in memory.status()["index"]


def test_what_was_accepted_in_an_outage_is_kept_when_it_ends(memory: Memory, postgres: Postgres) -> None:
    postgres.stop(kill=True)
    try:
        accepted = memory.add("Always run the linter before pushing.", user_id="ann", wait=False)
        assert accepted["ace_ingest"]["mode"] == "queued"
        time.sleep(3)
        assert memory.status()["inbox"]["waiting"] == 1
    finally:
        postgres.start()
    wait(lambda: memory.status()["inbox"]["waiting"] == 0)
    assert len(memory.get_all(user_id="ann", shared=False)["results"]) == 1


def answers(memory: Memory) -> bool:
    try:
        memory.get_all()
    except StoreError:
        return False
    return True


def wait(done: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.1)
