"""The blocking client keeps working whatever becomes of the daemon, and each write happens once."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_client import AsyncMemory, Memory
from memorus_client._retries import RETRIES, retry_pause
from memorus_client._sync.transports import SocketTransport
from memorus_client.daemon import daemon_status, start_daemon, stop_daemon
from memorus_proto.errors import Busy, DaemonUnavailable, InvalidRequest, NotFound
from memorus_proto.frames import Decoder
from memorus_proto.messages import RESPONSE
from memorus_proto.paths import Paths

Kill = Callable[[], "int | None"]


def texts(memory: Memory, **owner: Any) -> list[str]:
    return sorted(result["memory"] for result in memory.get_all(**owner)["results"])


def test_after_a_clean_exit(home: Path, own_daemon: None) -> None:
    memory = Memory()
    memory.add("one", infer=False)
    first = start_daemon()["instance"]
    assert stop_daemon()
    memory.add("two", infer=False)
    assert start_daemon()["instance"] != first
    assert texts(memory) == ["one", "two"]


def test_after_a_kill(home: Path, own_daemon: None, kill_daemon: Kill) -> None:
    memory = Memory()
    memory.add("one", infer=False)
    for text in ("two", "three"):
        assert kill_daemon()
        memory.add(text, infer=False)
    assert texts(memory) == ["one", "three", "two"]
    assert memory.daemon_available


def test_after_an_idle_exit(
    home: Path, own_daemon: None, monkeypatch: pytest.MonkeyPatch, gone: Callable[[int], None]
) -> None:
    monkeypatch.setenv("MEMORUS_DAEMON__IDLE_TIMEOUT", "0.2")
    memory = Memory()
    memory.add("one", infer=False)
    status = start_daemon()
    memory.close()
    gone(status["pid"])
    memory.add("two", infer=False)
    assert start_daemon()["instance"] != status["instance"]
    assert texts(memory) == ["one", "two"]


def test_more_kept_connections_than_retries(home: Path, own_daemon: None, kill_daemon: Kill) -> None:
    """All of them are dead at once; trying them one by one would run out of retries."""
    memory = Memory()
    memory.add("one", infer=False)
    transport = memory._transport
    assert isinstance(transport, SocketTransport)
    more = [transport._connections._acquire() for _ in range(3 * RETRIES)]
    transport._connections._idle += more
    assert daemon_status()["connections"] > 3 * RETRIES  # type: ignore[index]
    kill_daemon()
    assert texts(memory) == ["one"]


def test_a_daemon_that_drains_answers_and_the_next_takes_over(home: Path, own_daemon: None) -> None:
    memory = Memory()
    memory.status()
    done: list[str] = []
    errors: list[BaseException] = []
    end = threading.Event()

    def write(number: int) -> None:
        try:
            while not end.is_set():
                text = f"{number}-{len(done)}-{time.monotonic_ns()}"
                memory.add(text, infer=False)
                done.append(text)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    pid = start_daemon()["pid"]
    os.kill(pid, signal.SIGTERM)
    while (status := daemon_status()) is None or status["pid"] == pid:
        time.sleep(0.01)
    before = len(done)
    while len(done) < before + 8 and not errors:
        time.sleep(0.01)
    end.set()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert texts(memory) == sorted(done)


def test_when_no_other_can_be_had_the_engine_runs_here(
    home: Path,
    own_daemon: None,
    kill_daemon: Kill,
    broken_daemon: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Memory() as memory:
        memory.add("one", infer=False)
        broken_daemon("raise SystemExit('boom')")
        kill_daemon()
        with caplog.at_level(logging.WARNING):
            memory.add("two", infer=False)
        assert texts(memory) == ["one", "two"]
        assert not memory.daemon_available
        assert "boom" in caplog.text


class Proxy:
    """Stands between clients and the daemon, and loses the first answer to `memory.add`."""

    def __init__(self, daemon: Path) -> None:
        self.dropped = 0
        self._daemon = daemon

    def serve(self, peer: Any, number: int) -> None:
        with socket.socket(socket.AF_UNIX) as real:
            real.connect(str(self._daemon))
            forward = threading.Thread(target=self._forward, args=(peer.socket, real))
            forward.start()
            decoder = Decoder()
            while data := real.recv(65536):
                answers = [m for m in decoder.feed(data) if m[0] == RESPONSE and m[3] and "results" in m[3]]
                if answers and not self.dropped:
                    # The daemon has done it and said so; the client shall not hear of it.
                    self.dropped += 1
                    break
                peer.socket.sendall(data)
            peer.socket.shutdown(socket.SHUT_RDWR)
            forward.join(10)

    @staticmethod
    def _forward(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


@pytest.fixture(params=["sync", "async"])
def through_proxy(
    request: pytest.FixtureRequest,
    home: Path,
    own_daemon: None,
    fake: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[Proxy, Callable[[str], Any]]]:
    direct = Paths.from_environ()
    start_daemon()
    proxy = Proxy(direct.socket)
    with monkeypatch.context() as patch:
        patch.setenv("MEMORUS_RUNTIME_DIR", str(tmp_path / "proxied"))
        fake(proxy.serve, Paths.from_environ().socket)

        def add(text: str) -> Any:
            if request.param == "sync":
                with Memory() as memory:
                    return memory.add(text, infer=False)

            async def run() -> Any:
                async with AsyncMemory() as memory:
                    return await memory.add(text, infer=False)

            return asyncio.run(run())

        yield proxy, add


def test_a_lost_answer_is_fetched_again_and_stored_once(
    through_proxy: tuple[Proxy, Callable[[str], Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, add = through_proxy
    [added] = add("Said once.")["results"]
    assert proxy.dropped == 1
    assert added["event"] == "ADD"
    with Memory({"daemon": {"enabled": False}}) as direct:
        assert [result["id"] for result in direct.get_all()["results"]] == [added["id"]]
        assert [change["event"] for change in direct.history(added["id"])] == ["ADD"]


def test_busy_is_tried_again(fake: Any, home: Path) -> None:
    asked: list[dict[str, Any]] = []

    def serve(peer: Any, number: int) -> None:
        peer.hello()
        while True:
            _, id, _, params = peer.read()
            asked.append(params)
            if len(asked) <= 3:
                peer.refuse(id, Busy("too much", data={"retry_after": 0.001}))
            else:
                peer.answer(id, {"results": []})

    daemon = fake(serve)
    assert Memory().add("x", infer=False) == {"results": []}
    assert len(asked) == 4
    assert len({params["request_id"] for params in asked}) == 1  # the same call each time
    assert daemon.accepted == 1  # and no reason to connect again


def test_busy_for_ever_is_told(fake: Any, home: Path) -> None:
    asked: list[str] = []

    def serve(peer: Any, number: int) -> None:
        peer.hello()
        while True:
            _, id, method, _ = peer.read()
            asked.append(method)
            peer.refuse(id, Busy("too much", data={"retry_after": 0.0001}))

    fake(serve)
    with pytest.raises(Busy):
        Memory().get("x")
    assert asked == ["memory.get"] * (RETRIES + 1)


def test_a_daemon_that_hangs_up_each_time_is_told(fake: Any, home: Path) -> None:
    def serve(peer: Any, number: int) -> None:
        peer.hello()
        peer.read()

    daemon = fake(serve)
    memory = Memory()
    transport = memory._open()
    assert isinstance(transport, SocketTransport)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("memorus_client._sync.transports.sleep", lambda seconds: None)
        with pytest.raises(DaemonUnavailable, match=f"lost {RETRIES + 1} times during memory.get"):
            memory.get("x")
    assert daemon.accepted == RETRIES + 1


def test_other_errors_are_not_tried_again(fake: Any, home: Path) -> None:
    asked: list[str] = []

    def serve(peer: Any, number: int) -> None:
        peer.hello()
        while True:
            _, id, method, _ = peer.read()
            asked.append(method)
            peer.refuse(id, NotFound("no such memory"))

    daemon = fake(serve)
    memory = Memory()
    for _ in range(2):
        with pytest.raises(NotFound):
            memory.delete("x")
    assert len(asked) == 2
    assert daemon.accepted == 1


def test_what_cannot_be_sent_leaves_the_connection_usable(fake: Any, home: Path) -> None:
    def serve(peer: Any, number: int) -> None:
        peer.hello()
        while True:
            _, id, method, _ = peer.read()
            peer.answer(id, method)

    daemon = fake(serve)
    memory: Any = Memory()
    for bad in (object(), 2**70, {1: 2}, "x" * (17 * 2**20)):
        with pytest.raises(InvalidRequest):
            memory.add("x", metadata={"bad": bad}, infer=False)
    assert memory.get("x") == "memory.get"
    assert daemon.accepted == 1


def test_pauses_grow_and_end() -> None:
    busy = Busy("x", data={"retry_after": 0.2})
    pauses = [retry_pause(busy, tries) for tries in range(RETRIES + 1)]
    assert pauses[:3] == [0.2, 0.4, 0.8]
    assert pauses[-1] is None
    assert retry_pause(EOFError(), 0) == 0
    assert retry_pause(InvalidRequest("x"), 0) is None
    assert retry_pause(NotFound("x"), 0) is None


def test_ctrl_c_in_the_middle_of_a_call(fake: Any, home: Path) -> None:
    """The answer to the call that was interrupted must not be taken for that to the next."""

    def serve(peer: Any, number: int) -> None:
        peer.hello()
        while True:
            _, id, _, params = peer.read()
            if params.get("memory_id") == "slow":
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.1)
            peer.answer(id, params.get("memory_id"))

    fake(serve)
    memory: Any = Memory()
    assert memory.get("a") == "a"
    with pytest.raises(KeyboardInterrupt):
        memory.get("slow")
    assert memory.get("b") == "b"
    assert memory.get("c") == "c"


def test_ctrl_c_while_the_real_one_works(shared: Path) -> None:
    memory = Memory()
    memory.add("before", user_id="ctrl-c", infer=False)
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        interrupted = 0
        for number in range(20):
            signal.setitimer(signal.ITIMER_REAL, 0.0005 * (number + 1))
            try:
                memory.add(f"number {number}: " + "many words " * 200, user_id="ctrl-c", infer=False)
            except KeyboardInterrupt:
                interrupted += 1
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        assert interrupted
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    [added] = memory.add("after", user_id="ctrl-c", infer=False)["results"]
    assert memory.get(added["id"])["memory"] == "after"  # type: ignore[index]
    found = texts(memory, user_id="ctrl-c")
    assert {"before", "after"} <= set(found)
    assert len(found) == len(set(found))


ANIMALS = ["bear", "cat", "dog", "eagle", "fox", "goat", "hare", "ibis", "jackal", "koala", "lynx", "mole"]


def test_threads_share_one_memory(shared: Path) -> None:
    memory = Memory()
    errors: list[BaseException] = []

    def use(number: int) -> None:
        try:
            for turn in range(5):
                text = f"The {ANIMALS[number]} is in room {turn + 20}."
                [added] = memory.add(text, user_id="threads", infer=False)["results"]
                assert memory.get(added["id"])["memory"] == text  # type: ignore[index]
                best = memory.search(text, user_id="threads", limit=1)["results"][0]
                assert best["memory"] == text
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert len(texts(memory, user_id="threads")) == 60


def test_a_client_that_is_never_closed_warns_nobody(shared: Path) -> None:
    Memory().status()
    script = (
        "import asyncio, gc\n"
        "from memorus_client import AsyncMemory, Memory\n"
        "memory = Memory(); memory.status(); memory.itself = memory; del memory; gc.collect()\n"
        "async def run():\n"
        "    memory = AsyncMemory(); await memory.status(); memory.itself = memory\n"
        "asyncio.run(run()); gc.collect()\n"
        "memory = Memory(); memory.status()\n"
    )
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
