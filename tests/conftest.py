"""What every test gets: a scratch home, and the long forms only when asked for."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .servers.processes import Chroma, Postgres


def pytest_configure() -> None:
    # A suite that runs in the background inherits an ignored Ctrl-C, and so would all it starts.
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("MEMORUS_FULL") == "1":
        return
    skip = pytest.mark.skip(reason="the long form: make faults")
    for item in items:
        if item.get_closest_marker("full"):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty MEMORUS_HOME for each test, so that none ever meets the user's own."""
    for name in list(os.environ):
        if name.startswith("MEMORUS_"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    path = tmp_path / "home"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MEMORUS_HOME", str(path))
    monkeypatch.setenv("MEMORUS_OFFLINE", "1")
    return path


@pytest.fixture(scope="session")
def server_directory() -> Iterator[Path]:
    """Not below pytest's own: PostgreSQL must not run as root, and its user has to get there."""
    directory = Path(tempfile.mkdtemp(prefix="memorus-servers-"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(server_directory: Path) -> Iterator[Postgres]:
    """One PostgreSQL for all tests of a worker."""
    server = Postgres(server_directory)
    yield server
    server.stop(kill=True)


@pytest.fixture(scope="session")
def chroma(server_directory: Path) -> Iterator[Chroma]:
    """One Chroma for all tests of a worker."""
    server = Chroma(server_directory)
    yield server
    server.stop()
