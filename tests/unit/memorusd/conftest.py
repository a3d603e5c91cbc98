"""What the daemon's tests share: a home, a server in a thread, and a patient condition."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.paths import Paths
from memorusd.daemon.limits import Limits

from .server_thread import Serving


@pytest.fixture
def paths(home: Path) -> Paths:
    home.mkdir(mode=0o700)
    return Paths.from_environ()


@pytest.fixture
def serve(paths: Paths) -> Iterator[Callable[..., Serving]]:
    """Start a server with the given limits."""
    running: list[Serving] = []

    def start(**limits: Any) -> Serving:
        running.append(Serving(paths, Limits(**limits)))
        return running[-1]

    yield start
    for serving in running:
        serving.finish()


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until something is so."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, "it never came to be"
            time.sleep(0.005)

    return wait
