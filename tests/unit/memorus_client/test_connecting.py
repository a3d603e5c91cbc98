"""Each way in which an attempt to connect can end, with a real socket at the other end."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorus_client import Memory, _connect
from memorus_client._connect import Outcome, connect_or_spawn, probe, try_connect
from memorus_client.daemon import daemon_status, stop_daemon
from memorus_proto.errors import DaemonUnavailable, ProtocolError
from memorus_proto.frames import encode
from memorus_proto.paths import Paths


def echo(peer: Any, number: int) -> None:
    """A good daemon that answers every call with its method."""
    peer.hello()
    while True:
        _, id, method, _ = peer.read()
        peer.answer(id, method)


def stale(path: Path) -> None:
    """A socket file whose process is gone."""
    path.parent.parent.mkdir(mode=0o700)
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(path))


def test_absent(paths: Paths) -> None:
    assert try_connect(paths) == (Outcome.ABSENT, None)
    assert not probe(paths)
    assert not paths.home.exists()  # looking leaves no trace


def test_a_stale_socket_is_absent(paths: Paths) -> None:
    stale(paths.socket)
    assert try_connect(paths) == (Outcome.ABSENT, None)


def test_a_stale_socket_is_replaced_by_a_daemon(paths: Paths, own_daemon: None) -> None:
    stale(paths.socket)
    memory = Memory()
    memory.add("The old socket was in the way.", infer=False)
    assert memory.daemon_available
    assert len(Memory().get_all()["results"]) == 1


def test_connected(fake: Any, paths: Paths) -> None:
    fake(echo)
    outcome, connection = try_connect(paths)
    assert outcome is Outcome.CONNECTED
    assert connection is not None
    assert connection.hello["version"] == "fake"
    assert connection.call("memory.get", {}) == "memory.get"
    assert probe(paths)
    connection.close()


def test_hung_up_before_hello_is_tried_again(fake: Any, paths: Paths) -> None:
    def serve(peer: Any, number: int) -> None:
        if number > 3:
            echo(peer, number)

    daemon = fake(serve)
    assert try_connect(paths) == (Outcome.GONE, None)
    connection = connect_or_spawn(paths, {})
    assert connection.call("memory.get", {}) == "memory.get"
    assert daemon.accepted == 4
    connection.close()


def test_half_a_hello_is_tried_again(fake: Any, paths: Paths) -> None:
    def serve(peer: Any, number: int) -> None:
        if number == 1:
            peer.socket.sendall(b"\x00\x00\x00\x20\x93")
        else:
            echo(peer, number)

    fake(serve)
    connection = connect_or_spawn(paths, {})
    assert connection.call("memory.get", {}) == "memory.get"
    connection.close()


def test_a_draining_daemon_is_waited_for(fake: Any, paths: Paths) -> None:
    def serve(peer: Any, number: int) -> None:
        if number <= 3:
            peer.hello(state="draining")
            with pytest.raises(EOFError):
                peer.read()  # it hangs up without a word
        else:
            echo(peer, number)

    daemon = fake(serve)
    assert not probe(paths)
    connection = connect_or_spawn(paths, {})
    assert daemon.accepted == 4
    connection.close()


def test_a_daemon_that_keeps_going_away_is_given_up(
    fake: Any, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_connect, "_PATIENCE", 0.2)
    fake(lambda peer, number: None)
    with pytest.raises(DaemonUnavailable, match="keeps going away") as caught:
        connect_or_spawn(paths, {})
    assert str(paths.log) in str(caught.value)


def test_a_silent_daemon(
    fake: Any, paths: Paths, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_connect, "HELLO_TIMEOUT", 0.1)
    daemon = fake(lambda peer, number: peer.read())
    with pytest.raises(DaemonUnavailable, match="said nothing for"):
        try_connect(paths)
    assert not probe(paths)
    with Memory() as memory, caplog.at_level(logging.WARNING):
        assert memory.get_all() == {"results": []}
        assert not memory.daemon_available
    assert "said nothing" in caplog.text
    assert daemon.accepted == 3


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "over the limit"),
        (b"\x00\x00\x00\x03abc", "not one msgpack value"),
        (encode([1, 1, None, {}]), "not a hello"),
        (encode([2, "greetings", {}]), "not a hello"),
        (encode([2, "hello", {"state": "ready"}]), "without a protocol range"),
        (encode([2, "hello", {"protocol": [3, 1]}]), "without a protocol range"),
        (encode("hello"), "not a message"),
    ],
)
def test_what_is_no_daemon_is_told(fake: Any, paths: Paths, sent: bytes, words: str) -> None:
    def serve(peer: Any, number: int) -> None:
        peer.socket.sendall(sent)
        peer.read()

    fake(serve)
    with pytest.raises(ProtocolError, match=words):
        try_connect(paths)
    assert not probe(paths)
    with pytest.raises(ProtocolError, match=words):
        Memory().get("x")


def test_a_path_that_cannot_be_reached(paths: Paths) -> None:
    paths.runtime.parent.mkdir(parents=True)
    paths.runtime.touch()
    with pytest.raises(DaemonUnavailable, match="cannot connect"):
        try_connect(paths)


STRANGER = """
import os, socket, sys
with socket.socket(socket.AF_UNIX) as sock:
    sock.bind(sys.argv[1])
    os.setuid(65534)
    sock.listen()
    print("ready", flush=True)
    peer, _ = sock.accept()
    print(len(peer.recv(100)), flush=True)
"""


@pytest.mark.skipif(os.getuid() != 0, reason="needs root, to listen as another user")
def test_another_users_socket_is_told_nothing(paths: Paths, caplog: pytest.LogCaptureFixture) -> None:
    paths.home.mkdir(mode=0o700)
    paths.runtime.mkdir(mode=0o700)
    command = [sys.executable, "-c", STRANGER, str(paths.socket)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as stranger:
        assert stranger.stdout is not None
        assert stranger.stdout.readline() == "ready\n"
        with Memory() as memory, caplog.at_level(logging.WARNING):
            memory.add("A secret.", infer=False)
            assert not memory.daemon_available
        assert "runs as user 65534" in caplog.text
        assert stranger.stdout.readline() == "0\n"


def test_an_over_long_path_works(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, kill_daemon: Callable[[], Any]
) -> None:
    monkeypatch.setenv("MEMORUS_RUNTIME_DIR", str(tmp_path / ("long" * 30)))
    paths = Paths.from_environ()
    try:
        memory = Memory()
        memory.add("Long roads lead home.", infer=False)
        assert memory.daemon_available
        assert len(paths.address) <= 107
        status = daemon_status()
        assert status is not None
        assert status["socket"] == paths.address
        memory.close()
        assert stop_daemon()
        assert not paths.socket.exists()
    finally:
        kill_daemon()
        paths.spawn_lock.unlink(missing_ok=True)


def test_daemon_available_in_each_state(home: Path, own_daemon: None, gone: Callable[[int], None]) -> None:
    first, second, without = Memory(), Memory(), Memory({"daemon": {"enabled": False}})
    assert not first.daemon_available
    assert not home.exists()  # asking starts nothing
    first.status()
    assert first.daemon_available
    assert second.daemon_available  # it has not called, but one answers
    assert not without.daemon_available  # one answers, but it will not be used
    without.status()
    assert not without.daemon_available
    without.close()
    first.close()
    assert first.daemon_available
    assert stop_daemon()
    assert not first.daemon_available
    assert not second.daemon_available


def test_a_stopped_daemon_is_gone_when_stop_returns(home: Path, own_daemon: None) -> None:
    assert not stop_daemon()
    with Memory() as memory:
        memory.add("It stays.", infer=False)
        status = daemon_status()
        assert status is not None
        assert stop_daemon()  # a client that is connected does not hold it
        assert daemon_status() is None
        assert len(memory.get_all()["results"]) == 1
        again = daemon_status()
        assert again is not None
        assert again["instance"] != status["instance"]
