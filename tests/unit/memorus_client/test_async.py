"""The async client: many calls on one connection, and what cancelling one of them does to the others."""

from __future__ import annotations

import asyncio
import gc
import importlib.util
import logging
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from memorus_client import AsyncMemory, Memory
from memorus_client._retries import RETRIES
from memorus_client.daemon import daemon_status, start_daemon, stop_daemon
from memorus_proto.errors import Busy, DaemonUnavailable, InvalidRequest, NotFound, ProtocolError

BACKENDS = ["asyncio", *(["trio"] if importlib.util.find_spec("trio") else [])]
Run = Callable[[Callable[[], Awaitable[Any]]], Any]


@pytest.fixture(params=BACKENDS)
def run(request: pytest.FixtureRequest) -> Run:
    return lambda main: anyio.run(main, backend=request.param)


async def gather(*calls: Awaitable[Any]) -> list[Any]:
    """The results of all, which run at the same time."""
    results: list[Any] = [None] * len(calls)

    async def one(place: int, call: Awaitable[Any]) -> None:
        results[place] = await call

    async with anyio.create_task_group() as tasks:
        for place, call in enumerate(calls):
            tasks.start_soon(one, place, call)
    return results


def test_fifty_at_once_on_one_connection(run: Run, shared: Path) -> None:
    async def main() -> None:
        async with AsyncMemory() as memory:
            texts = [f"Number {n} is the house of family {n * 7}." for n in range(50)]
            added = await gather(*(memory.add(text, user_id="fifty", infer=False) for text in texts))
            ids = [answer["results"][0]["id"] for answer in added]
            status = await anyio.to_thread.run_sync(daemon_status)
            assert status is not None
            assert status["connections"] == 2  # ours, and the one that asks
            got = await gather(*(memory.get(id) for id in ids))
            assert [one["memory"] for one in got] == texts
            found = await gather(*(memory.search(text, user_id="fifty", limit=1) for text in texts))
            assert [one["results"][0]["memory"] for one in found] == texts
            await memory.delete_all(user_id="fifty")

    run(main)


def test_errors_reach_the_call_they_belong_to(run: Run, shared: Path) -> None:
    async def main() -> None:
        async with AsyncMemory() as memory:

            async def fails(call: Awaitable[Any], error: type[Exception]) -> bool:
                try:
                    await call
                except error:
                    return True
                return False

            calls: list[Awaitable[Any]] = []
            for _ in range(10):
                calls += [
                    fails(memory.delete("nobody"), NotFound),
                    fails(memory.search(""), InvalidRequest),
                    fails(memory.add("x", metadata={"bad": object()}, infer=False), InvalidRequest),
                ]
            assert await gather(*calls) == [True] * 30

    run(main)


class Script:
    """A fake daemon that collects requests and answers when, and in the order, the test says."""

    def __init__(self) -> None:
        self.requests: dict[str, int] = {}
        self.cancelled: list[int] = []
        self.peer: Any = None
        self._arrived = threading.Condition()

    def __call__(self, peer: Any, number: int) -> None:
        self.peer = peer
        peer.hello()
        while True:
            message = peer.read()
            with self._arrived:
                if message[0] == 0:
                    self.requests[message[3]["memory_id"]] = message[1]
                elif message[1] == "$/cancel":
                    self.cancelled.append(message[2]["id"])
                self._arrived.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        def wait() -> bool:
            with self._arrived:
                return self._arrived.wait_for(condition, 20)

        assert await anyio.to_thread.run_sync(wait), (self.requests, self.cancelled)

    def answer(self, *names: str) -> None:
        for name in names:
            self.peer.answer(self.requests[name], f"answer {name}")


def test_answers_may_come_in_any_order(run: Run, fake: Any, home: Path) -> None:
    script = Script()
    daemon = fake(script)

    async def main() -> None:
        memory: Any = AsyncMemory()
        names = [f"call {n}" for n in range(5)]

        async def answer() -> None:
            await script.until(lambda: len(script.requests) == 5)
            for name in reversed(names):
                script.answer(name)
                await anyio.sleep(0.01)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(answer)
            assert await gather(*(memory.get(name) for name in names)) == [f"answer {n}" for n in names]
        await memory.close()

    run(main)
    assert daemon.accepted == 1


@pytest.mark.parametrize("victim", ["first", "second", "third"])
def test_cancelling_one_leaves_the_others_right(run: Run, fake: Any, home: Path, victim: str) -> None:
    """The first is the one that reads for all: it has to hand over."""
    script = Script()
    daemon = fake(script)
    names = ["first", "second", "third"]

    async def main() -> None:
        memory: Any = AsyncMemory()
        scopes = {name: anyio.CancelScope() for name in names}
        answers: dict[str, Any] = {}

        async def ask(name: str) -> None:
            with scopes[name]:
                answers[name] = await memory.get(name)

        async with anyio.create_task_group() as tasks:
            for name in names:
                tasks.start_soon(ask, name)
                await script.until(partial(script.requests.__contains__, name))
            scopes[victim].cancel()
            await script.until(lambda: bool(script.cancelled))
            # The daemon answers the cancelled call too, and that is for nobody.
            script.answer(*reversed(names))
        assert answers == {name: f"answer {name}" for name in names if name != victim}
        assert script.cancelled == [script.requests[victim]]
        async with anyio.create_task_group() as tasks:
            scopes["fourth"] = anyio.CancelScope()
            tasks.start_soon(ask, "fourth")
            await script.until(lambda: "fourth" in script.requests)
            script.answer("fourth")
        assert answers["fourth"] == "answer fourth"
        await memory.close()

    run(main)
    assert daemon.accepted == 1


def test_readers_cancelled_one_after_the_other(run: Run, fake: Any, home: Path) -> None:
    script = Script()
    daemon = fake(script)

    async def main() -> None:
        memory: Any = AsyncMemory()
        scopes = [anyio.CancelScope() for _ in range(10)]
        answers: list[Any] = []

        async def ask(number: int) -> None:
            with scopes[number]:
                answers.append(await memory.get(f"call {number}"))

        async with anyio.create_task_group() as tasks:
            for number in range(10):
                tasks.start_soon(ask, number)
            await script.until(lambda: len(script.requests) == 10)
            for scope in scopes[:9]:
                scope.cancel()  # all in one go: who is woken to read on may be cancelled itself
            await script.until(lambda: len(script.cancelled) == 9)
            script.answer("call 9")
        assert answers == ["answer call 9"]
        await memory.close()

    run(main)
    assert daemon.accepted == 1


def test_native_cancelling_and_time_limits(shared: Path) -> None:
    async def main() -> None:
        async with AsyncMemory() as memory:
            await memory.status()
            kept: list[str] = []
            for turn in range(20):
                slow = [
                    asyncio.create_task(
                        memory.add(f"{turn} {n} " + "long " * 300, user_id="cancelled", infer=False)
                    )
                    for n in range(4)
                ]
                sure = asyncio.create_task(memory.add(f"sure {turn}", user_id="sure", infer=False))
                await asyncio.sleep(0.001 * turn)
                for task in slow:
                    task.cancel()
                done = await asyncio.gather(*slow, return_exceptions=True)
                assert all(isinstance(one, (dict, asyncio.CancelledError)) for one in done), done
                kept += [one["results"][0]["id"] for one in done if isinstance(one, dict)]
                assert (await sure)["ace_ingest"]["bullets_added"] == 1
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(memory.add("late " * 1_000, user_id="cancelled", infer=False), 0.0001)
            found = [one["memory"] for one in (await memory.get_all(user_id="sure"))["results"]]
            assert sorted(found) == sorted(f"sure {turn}" for turn in range(20))
            there = {one["id"] for one in (await memory.get_all(user_id="cancelled"))["results"]}
            assert set(kept) <= there

    asyncio.run(main())


def test_two_loops_in_sequence(shared: Path) -> None:
    memory = AsyncMemory()

    async def use(text: str) -> int:
        await gather(*(memory.add(f"{text} {n}", user_id="loops", infer=False) for n in range(5)))
        return len((await memory.get_all(user_id="loops"))["results"])

    assert anyio.run(use, "one") == 5
    assert anyio.run(use, "two") == 10
    assert anyio.run(use, "three") == 15
    anyio.run(memory.close)
    gc.collect()  # a connection that was left behind in a loop that has ended would complain now


def test_a_lost_daemon_is_replaced_under_fifty_calls(
    run: Run, home: Path, own_daemon: None, kill_daemon: Callable[[], Any]
) -> None:
    async def main() -> None:
        async with AsyncMemory() as memory:
            await memory.status()
            texts = [f"Text {n} survives." for n in range(50)]
            added: list[Any] = []

            async def add() -> None:
                added.extend(await gather(*(memory.add(text, infer=False) for text in texts)))

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(add)
                await anyio.sleep(0.05)
                await anyio.to_thread.run_sync(kill_daemon)
            found = (await memory.get_all())["results"]
            assert sorted(one["memory"] for one in found) == sorted(texts)
            assert {one["id"] for one in found} == {one["results"][0]["id"] for one in added}

    run(main)


def test_a_draining_daemon_is_left_for_the_next(run: Run, home: Path, own_daemon: None) -> None:
    async def main() -> None:
        async with AsyncMemory() as memory:
            await memory.add("one", infer=False)
            first = (await anyio.to_thread.run_sync(start_daemon))["instance"]
            texts = [f"Text {n}." for n in range(20)]

            async def stop() -> None:
                await anyio.to_thread.run_sync(stop_daemon)

            async with anyio.create_task_group() as tasks:
                for text in texts:
                    tasks.start_soon(partial(memory.add, text, infer=False))
                tasks.start_soon(stop)
            await memory.add("two", infer=False)
            assert (await anyio.to_thread.run_sync(start_daemon))["instance"] != first
            found = [one["memory"] for one in (await memory.get_all())["results"]]
            assert sorted(found) == sorted([*texts, "one", "two"])

    run(main)


def test_when_no_other_can_be_had_the_engine_runs_here(
    run: Run,
    home: Path,
    own_daemon: None,
    kill_daemon: Callable[[], Any],
    broken_daemon: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        async with AsyncMemory() as memory:
            await memory.add("one", infer=False)
            broken_daemon("raise SystemExit('boom')")
            await anyio.to_thread.run_sync(kill_daemon)
            await gather(memory.add("two", infer=False), memory.add("three", infer=False))
            found = sorted(one["memory"] for one in (await memory.get_all())["results"])
            assert found == ["one", "three", "two"]
            assert not memory.daemon_available

    with caplog.at_level(logging.WARNING):
        run(main)
    assert "boom" in caplog.text


def test_busy_is_tried_again(run: Run, fake: Any, home: Path) -> None:
    asked: list[str] = []

    def serve(peer: Any, number: int) -> None:
        peer.hello()
        while True:
            _, id, _, params = peer.read()
            asked.append(params["request_id"])
            if len(asked) <= 3:
                peer.refuse(id, Busy("too much", data={"retry_after": 0.001}))
            else:
                peer.answer(id, {"results": []})

    daemon = fake(serve)

    async def main() -> None:
        async with AsyncMemory() as memory:
            assert await memory.add("x", infer=False) == {"results": []}

    run(main)
    assert len(asked) == 4
    assert len(set(asked)) == 1
    assert daemon.accepted == 1


def test_a_daemon_that_hangs_up_each_time_is_told(
    run: Run, fake: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve(peer: Any, number: int) -> None:
        peer.hello()
        peer.read()

    daemon = fake(serve)
    monkeypatch.setattr("memorus_client._retries.RETRIES", 3)

    async def main() -> None:
        async with AsyncMemory() as memory:
            with pytest.raises(DaemonUnavailable, match=r"lost 4 times during memory\.get"):
                await memory.get("x")

    run(main)
    assert daemon.accepted == 4
    assert RETRIES > 3


def test_nonsense_in_the_middle_ends_the_connection_and_the_next_is_fine(
    run: Run, fake: Any, home: Path
) -> None:
    def serve(peer: Any, number: int) -> None:
        peer.hello()
        _, id, _, _ = peer.read()
        if number == 1:
            peer.socket.sendall(b"\xff\xff\xff\xff")
            peer.read()
        peer.answer(id, "fine")
        peer.read()

    daemon = fake(serve)

    async def main() -> None:
        memory: Any = AsyncMemory()
        with pytest.raises(ProtocolError, match="over the limit"):
            await memory.get("x")
        assert await memory.get("x") == "fine"
        await memory.close()

    run(main)
    assert daemon.accepted == 2


WAITS = """
import os, sys, time
while not os.path.exists(os.environ["MEMORUS_HOME"] + "/go"):
    time.sleep(0.01)
del os.environ["PYTHONPATH"]
os.execv(sys.executable, [sys.executable, "-m", "memorusd", *sys.argv[1:]])
"""


def test_the_loop_goes_on_while_a_daemon_is_started(
    run: Run, home: Path, own_daemon: None, broken_daemon: Callable[[str], None]
) -> None:
    """It starts only once another task has done something, so a loop that stands still never gets there."""
    broken_daemon(WAITS)

    async def main() -> None:
        async def let_it_start() -> None:
            while not (home / "logs").exists():  # noqa: ASYNC110 - another process makes it
                await anyio.sleep(0.01)
            (home / "go").touch()

        async with AsyncMemory() as memory, anyio.create_task_group() as tasks:
            tasks.start_soon(let_it_start)
            assert (await memory.status())["in_process"] is False

    run(main)


def test_both_clients_see_the_same(shared: Path) -> None:
    async def main() -> list[str]:
        async with AsyncMemory() as memory:
            await memory.add("by the async one", user_id="both", infer=False)
            return [one["memory"] for one in (await memory.get_all(user_id="both"))["results"]]

    Memory().add("by the other", user_id="both", infer=False)
    assert asyncio.run(main()) == ["by the async one", "by the other"]
