"""The kernel's word on who is at the other end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from memorus_proto.peer import peer_uid


def test_both_ends_of_a_pair() -> None:
    one, other = socket.socketpair()
    with one, other:
        assert peer_uid(one) == peer_uid(other) == os.geteuid()


def test_both_ends_of_a_connection(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as client:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        client.connect(str(tmp_path / "s"))
        accepted, _ = listener.accept()
        with accepted:
            assert peer_uid(accepted) == peer_uid(client) == os.geteuid()


def test_what_cannot_be_told_is_nobody() -> None:
    with socket.socket(socket.AF_UNIX) as unconnected:
        assert peer_uid(unconnected) != os.geteuid()
    closed = socket.socket(socket.AF_UNIX)
    closed.close()
    assert peer_uid(closed) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_somebody_else(tmp_path: Path) -> None:
    script = """
import os, socket, sys
os.setuid(65534)
sock = socket.socket(fileno=int(sys.argv[1]))
listener = socket.socket(socket.AF_UNIX)
listener.bind("\\0" + sys.argv[2])
listener.listen()
print("listening", flush=True)
sys.stdin.read()
"""
    name = f"memorus-peer-{os.getpid()}"
    ours, theirs = socket.socketpair()
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", script, str(theirs.fileno()), name],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"listening\n"
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + name)
        assert peer_uid(client) == 65534  # a listener's credentials are those of its listen()
    assert peer_uid(ours) == 0  # and a pair's, those of who made it
    child.communicate()
    ours.close()
    theirs.close()


def test_it_is_light() -> None:
    script = (
        "import sys, memorus_proto.peer; print(sorted({'ctypes', 'anyio', 'msgpack'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", script], text=True) == "[]\n"
