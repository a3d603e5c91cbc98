"""Both sides find the same socket; nobody else's directory is trusted."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from memorus_proto.errors import ConfigError, DaemonUnavailable
from memorus_proto.paths import MAX_SOCKET_PATH, Paths, private_directory


def socket_of(**env: str) -> str:
    return str(Paths.from_environ({"HOME": "/home/x", **env}).socket)


def test_the_order_of_the_runtime_directory() -> None:
    assert socket_of() == "/home/x/.memorus/run/memorusd.sock"
    assert socket_of(XDG_RUNTIME_DIR="/run/user/5") == "/run/user/5/memorus/memorusd.sock"
    assert socket_of(XDG_RUNTIME_DIR="/run/user/5", MEMORUS_RUNTIME_DIR="/r") == "/r/memorusd.sock"


def test_homes_that_share_a_runtime_directory_have_their_own_sockets() -> None:
    shared = {"XDG_RUNTIME_DIR": "/run/user/5"}
    names = {socket_of(**shared, MEMORUS_HOME=home) for home in ("/home/x/.memorus", "/a", "/b", "/b/")}
    assert len(names) == 3
    assert "/run/user/5/memorus/memorusd.sock" in names
    assert socket_of(MEMORUS_HOME="/a") == "/a/run/memorusd.sock"


def test_over_long_paths_go_to_tmp() -> None:
    long = "/" + "x" * 120
    path = socket_of(MEMORUS_HOME=long)
    assert path.startswith(f"/tmp/memorus-{os.getuid()}/")
    assert len(os.fsencode(path)) <= MAX_SOCKET_PATH
    assert path == socket_of(MEMORUS_HOME=long)
    assert path != socket_of(MEMORUS_HOME=long + "y")
    # Bytes count, not characters.
    assert socket_of(MEMORUS_HOME="/" + "é" * 60).startswith("/tmp/")


@pytest.mark.parametrize("extra", [0, 1])
def test_the_longest_path_that_fits(extra: int) -> None:
    runtime = "/" + "x" * (MAX_SOCKET_PATH - len("//memorusd.sock") + extra)
    assert socket_of(MEMORUS_RUNTIME_DIR=runtime).startswith("/tmp/") == bool(extra)


def test_relative_homes_are_anchored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert Paths.from_environ({"HOME": "/h", "MEMORUS_HOME": "here"}).home == tmp_path / "here"


def test_no_home_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memorus_proto.paths.os.path.expanduser", lambda path: path)
    with pytest.raises(ConfigError, match="MEMORUS_HOME"):
        Paths.from_environ({})
    assert Paths.from_environ({"MEMORUS_HOME": "/a"}).home == Path("/a")


def test_working_them_out_touches_nothing(tmp_path: Path) -> None:
    Paths.from_environ({"HOME": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_a_private_directory_is_made(tmp_path: Path) -> None:
    mask = os.umask(0)
    try:
        made = private_directory(tmp_path / "a" / "b")
    finally:
        os.umask(mask)
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert private_directory(made) == made


@pytest.mark.parametrize("mode", [0o750, 0o705, 0o777])
def test_an_open_one_is_refused(tmp_path: Path, mode: int) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d").chmod(mode)
    with pytest.raises(DaemonUnavailable, match=f"{mode:04o}"):
        private_directory(tmp_path / "d")


def test_a_file_a_link_and_a_strangers_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(DaemonUnavailable):
        private_directory(tmp_path / "f")
    (tmp_path / "d").mkdir(mode=0o700)
    (tmp_path / "l").symlink_to(tmp_path / "d")
    with pytest.raises(DaemonUnavailable, match="not a directory"):
        private_directory(tmp_path / "l")
    stranger = os.getuid() + 1
    monkeypatch.setattr("memorus_proto.paths.os.getuid", lambda: stranger)
    with pytest.raises(DaemonUnavailable, match="belongs to user"):
        private_directory(tmp_path / "d")
