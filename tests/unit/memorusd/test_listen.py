"""Names in the file system: who may stand where, and who may take it away."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from memorus_proto.errors import ConfigError, DaemonUnavailable
from memorus_proto.paths import MAX_SOCKET_PATH
from memorusd.daemon.listener import Listener, accepts


@pytest.fixture
def place() -> Iterator[Path]:
    """A short path for a socket (pytest's own may be too long)."""
    directory = Path(tempfile.mkdtemp())
    yield directory / "run" / "s.sock"
    shutil.rmtree(directory)


def test_modes(place: Path) -> None:
    mask = os.umask(0o000)  # the most careless there is
    try:
        listener = Listener.bind(place)
        assert os.umask(0o000) == 0  # as it was
    finally:
        os.umask(mask)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    listener.close()


def test_bound_but_not_started_does_not_accept(place: Path) -> None:
    listener = Listener.bind(place)
    assert not accepts(place)
    listener.start()
    assert accepts(place)
    listener.close()
    assert not accepts(place)


def test_a_full_backlog_is_alive(place: Path) -> None:
    listener = Listener.bind(place)
    listener.socket.listen(0)
    waiting = []
    for _ in range(3):
        client = socket.socket(socket.AF_UNIX)
        client.setblocking(False)
        client.connect_ex(str(place))
        waiting.append(client)
    assert accepts(place)
    for client in waiting:
        client.close()
    listener.close()


def test_a_stale_socket_is_replaced(place: Path) -> None:
    Listener.bind(place).close()
    assert place.exists()
    listener = Listener.bind(place)
    listener.start()
    assert accepts(place)
    listener.unlink()
    listener.close()
    assert not place.exists()


def test_a_live_socket_is_not(place: Path) -> None:
    listener = Listener.bind(place)
    listener.start()
    with pytest.raises(DaemonUnavailable, match="another program"):
        Listener.bind(place)
    assert accepts(place)
    listener.close()


def test_a_file_is_not_removed(place: Path) -> None:
    place.parent.mkdir(mode=0o700)
    place.write_text("precious")
    with pytest.raises(DaemonUnavailable, match="not a socket"):
        Listener.bind(place)
    assert place.read_text() == "precious"


def test_only_the_own_name_is_unlinked(place: Path) -> None:
    listener = Listener.bind(place)
    place.unlink()
    assert not listener.in_place()
    successor = Listener.bind(place)
    assert not listener.in_place()
    listener.unlink()
    assert place.exists()
    assert successor.in_place()
    listener.close()
    successor.close()


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o701])
def test_a_directory_open_to_others_is_refused_and_not_repaired(place: Path, mode: int) -> None:
    place.parent.mkdir()
    place.parent.chmod(mode)
    with pytest.raises(DaemonUnavailable, match="chmod 700"):
        Listener.bind(place)
    assert stat.S_IMODE(place.parent.stat().st_mode) == mode


def test_a_link_to_a_directory_is_refused(place: Path) -> None:
    target = place.parent.parent / "elsewhere"
    target.mkdir(mode=0o700)
    place.parent.symlink_to(target)
    with pytest.raises(DaemonUnavailable, match="not a directory"):
        Listener.bind(place)


def test_another_users_directory_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.parent.mkdir(mode=0o700)
    real = place.parent.stat().st_uid
    monkeypatch.setattr("memorus_proto.paths.os.getuid", lambda: real + 1)
    with pytest.raises(DaemonUnavailable, match="belongs to user"):
        Listener.bind(place)


def test_an_over_long_path_is_refused(place: Path) -> None:
    with pytest.raises(DaemonUnavailable, match=str(MAX_SOCKET_PATH)):
        Listener.bind(place.parent / ("x" * 110))
    assert not place.parent.exists()


def test_nothing_is_inherited_without_activation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LISTEN_PID", raising=False)
    monkeypatch.delenv("LISTEN_FDS", raising=False)
    assert Listener.inherit() is None
    monkeypatch.setenv("LISTEN_PID", str(os.getpid() + 1))  # meant for a parent
    monkeypatch.setenv("LISTEN_FDS", "1")
    assert Listener.inherit() is None
    assert "LISTEN_PID" not in os.environ


@pytest.mark.parametrize("count", ["0", "2", "x"])
def test_only_one_socket_can_be_inherited(monkeypatch: pytest.MonkeyPatch, count: str) -> None:
    monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
    monkeypatch.setenv("LISTEN_FDS", count)
    with pytest.raises(ConfigError, match="LISTEN_FDS"):
        Listener.inherit()
