"""What was accepted is never lost, however slow the language model and however sudden the end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from memorus_client import Memory
from memorus_client.daemon import daemon_status, stop_daemon

FACT = "Remember that the staging database is reset every Sunday night."
KEPT = "The staging database is reset every Sunday night."

CLIENT = """
import json, sys
from memorus_client import Memory
config, text, wait = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3] == "wait"
answer = Memory(config).add([{"role": "user", "content": text}], wait=wait)
print(json.dumps(answer), flush=True)
"""


class Silent:
    """A model's server that takes every call and never answers."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._held: list[socket.socket] = []
        self.asked = threading.Event()
        self.said = b""
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._held.append(connection)
            self.said += connection.recv(65536)
            self.asked.set()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)  # wakes accept(), which closing would not
        for each in (self._socket, *self._held):
            each.close()


@pytest.fixture
def silent() -> Iterator[Silent]:
    server = Silent()
    yield server
    try:
        server.close()
    except OSError:  # the test has closed it already
        pass


@pytest.fixture
def config(silent: Silent) -> dict[str, Any]:
    if find_spec("litellm") is None:  # not imported: that takes seconds
        pytest.skip("needs litellm: pip install 'memorus[llm]'")
    return {
        "reflector": {
            "mode": "llm",
            "llm_model": "openai/some-model",
            "llm_api_base": silent.url,
            "llm_api_key": "none",
            "llm_timeout": 600,
        }
    }


@pytest.fixture
def start(home: Path, config: dict[str, Any]) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a client process that adds; daemons and clients are gone in the end."""
    import json

    clients: list[subprocess.Popen[str]] = []

    def started(text: str = FACT, *, wait: bool = True, daemon: bool = True) -> subprocess.Popen[str]:
        full = {**config, "daemon": {"enabled": daemon}}
        client = subprocess.Popen(
            [sys.executable, "-c", CLIENT, json.dumps(full), text, "wait" if wait else "no"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        clients.append(client)
        return client

    yield started
    for client in clients:
        client.kill()
        client.communicate()
    status = daemon_status()
    if status is not None:
        os.kill(status["pid"], signal.SIGKILL)


def kept(memory: Memory, count: int = 1) -> list[str]:
    """The memories, once there are so many and nothing waits in the inbox."""
    deadline = time.monotonic() + 60
    while True:
        texts = [m["memory"] for m in memory.get_all()["results"]]
        if len(texts) >= count and not memory.status()["inbox"]["waiting"]:
            return texts
        assert time.monotonic() < deadline, f"only {texts}"
        time.sleep(0.05)


def test_all_killed_in_the_middle_of_a_call(start: Callable[..., Any], silent: Silent) -> None:
    client = start()
    assert silent.asked.wait(60), "the model was never asked"
    client.kill()
    status = daemon_status()
    assert status is not None
    os.kill(status["pid"], signal.SIGKILL)
    with Memory() as memory:
        assert kept(memory) == [KEPT]
        stop_daemon()
    with Memory() as memory:
        assert kept(memory) == [KEPT], "what was seen to once is not seen to again"
        (only,) = memory.get_all()["results"]
        assert [change["event"] for change in memory.history(only["id"])] == ["ADD"]


def test_the_daemon_alone_is_killed_and_the_client_asks_again(
    start: Callable[..., Any], silent: Silent
) -> None:
    """The next daemon finds the interaction in the inbox and in the repeated call, and keeps it once."""
    client = start()
    assert silent.asked.wait(60)
    status = daemon_status()
    assert status is not None
    os.kill(status["pid"], signal.SIGKILL)
    with Memory() as memory:
        assert kept(memory) == [KEPT]
    silent.close()  # so that the repeated call comes to its end: the model is gone
    said, errors = client.communicate(timeout=100)
    assert client.returncode == 0, errors
    assert '"event": "ADD"' in said
    with Memory() as memory:
        assert kept(memory) == [KEPT]


def test_a_process_without_a_daemon_is_killed(start: Callable[..., Any], silent: Silent) -> None:
    client = start(daemon=False)
    assert silent.asked.wait(60)
    client.kill()
    client.wait()
    with Memory({"daemon": {"enabled": False}}) as memory:
        assert kept(memory) == [KEPT]


def test_who_does_not_wait_has_it_on_disk(start: Callable[..., Any], silent: Silent) -> None:
    client = start(wait=False)
    said, errors = client.communicate(timeout=60)
    assert '"mode": "queued"' in said, errors
    status = daemon_status()
    assert status is not None
    os.kill(status["pid"], signal.SIGKILL)
    with Memory() as memory:
        assert kept(memory) == [KEPT]


def test_a_waiting_model_delays_no_search(start: Callable[..., Any], silent: Silent, config: Any) -> None:
    with Memory() as memory:
        memory.add("The build runs on Tuesdays.")
        clients = [start(f"Remember that room {n} is on floor {n}.") for n in range(3)]
        assert silent.asked.wait(60)
        found = memory.search("when does the build run?")
        assert found["results"][0]["memory"] == "The build runs on Tuesdays."
        memory.add("Deploys go through the blue-green script.")
        assert len(memory.get_all()["results"]) == 2
        assert all(client.poll() is None for client in clients)


def test_only_redacted_text_goes_to_the_model(start: Callable[..., Any], silent: Silent) -> None:
    secret = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    start(f"Remember that the token of the build is {secret}.")
    assert silent.asked.wait(60)
    time.sleep(0.2)
    assert secret.encode() not in silent.said
