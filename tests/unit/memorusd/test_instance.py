"""One daemon a store."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from memorus_proto.errors import DaemonUnavailable
from memorus_proto.paths import Paths
from memorusd.daemon.instance import Instance, claim
from memorusd.daemon.listener import Listener


def claimed(paths: Paths) -> Instance:
    """The lock, which nobody else holds."""
    held = claim(paths, activated=False)
    assert held is not None
    return held


def test_one_holder_at_a_time(paths: Paths) -> None:
    held = claimed(paths)
    assert Instance.try_lock(paths.instance_lock) is None  # flock is per open file description
    held.release()
    held.release()  # twice is fine
    again = Instance.try_lock(paths.instance_lock)
    assert again is not None
    again.release()
    assert paths.instance_lock.stat().st_mode & 0o777 == 0o600


def test_the_lock_is_not_inherited(paths: Paths) -> None:
    held = claimed(paths)
    child = subprocess.Popen(
        [sys.executable, "-c", "print('up', flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        close_fds=False,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"up\n"  # until its exec is over it may hold what will be closed
    held.release()
    again = Instance.try_lock(paths.instance_lock)
    assert again is not None
    again.release()
    child.communicate(b"\n")


def test_a_killed_holder_leaves_no_lock(paths: Paths) -> None:
    script = f"""
from pathlib import Path
from memorusd.daemon.instance import Instance
held = Instance.try_lock(Path({str(paths.instance_lock)!r}))
print("held", flush=True)
input()
"""
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"held\n"
    assert Instance.try_lock(paths.instance_lock) is None
    child.kill()
    child.communicate()
    held = Instance.try_lock(paths.instance_lock)
    assert held is not None
    held.release()


def test_a_holder_that_accepts_is_running(paths: Paths) -> None:
    held = claimed(paths)
    listener = Listener.bind(paths.socket)
    listener.start()
    assert claim(paths, activated=False) is None
    # With an activated socket, that somebody accepts says nothing: systemd does.
    with pytest.raises(DaemonUnavailable, match="has held"):
        claim(paths, activated=True, patience=0.1)
    listener.close()
    held.release()


def test_a_holder_that_drains_is_waited_for(paths: Paths) -> None:
    held = claimed(paths)
    threading.Timer(0.2, held.release).start()
    mine = claim(paths, activated=False, patience=20)
    assert mine is not None
    mine.release()


def test_a_holder_that_hangs_is_an_error_that_names_the_lock(paths: Paths) -> None:
    held = claimed(paths)
    with pytest.raises(DaemonUnavailable, match=str(paths.instance_lock)):
        claim(paths, activated=False, patience=0.05)
    held.release()


def test_a_lock_file_that_was_replaced_no_longer_counts(paths: Paths) -> None:
    held = claimed(paths)
    assert held.in_place()
    paths.instance_lock.unlink()
    assert not held.in_place()
    other = claimed(paths)
    assert other.in_place()
    assert not held.in_place()
    held.release()
    other.release()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_home_that_cannot_be_written(paths: Paths) -> None:
    paths.home.chmod(0o500)
    with pytest.raises(DaemonUnavailable, match="cannot lock"):
        claim(paths, activated=False)
    paths.home.chmod(0o700)
