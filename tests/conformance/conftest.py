"""One suite, four ways in: {sync, async} x {daemon, in-process}."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_client import AsyncMemory, Memory
from memorus_client.daemon import stop_daemon


class Blocking:
    """AsyncMemory with Memory's face: every call runs in one event loop that the test keeps."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._runner = asyncio.new_event_loop()
        self._memory = AsyncMemory(config)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._memory, name)
        if not callable(value):
            return value

        def call(*args: Any, **kwargs: Any) -> Any:
            result = value(*args, **kwargs)
            assert inspect.isawaitable(result), f"AsyncMemory.{name} is not async"
            return self._runner.run_until_complete(result)

        return call

    def end(self) -> None:
        self._runner.run_until_complete(self._memory.close())
        self._runner.run_until_complete(self._runner.shutdown_default_executor())
        self._runner.close()


@pytest.fixture(scope="module", params=["daemon", "in-process"])
def door(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=["sync", "async"])
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("conformance") / "home"


@pytest.fixture
def home(module_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One home for a module, so that one daemon serves all its tests; each test empties it."""
    monkeypatch.setenv("MEMORUS_HOME", str(module_home))
    monkeypatch.setenv("MEMORUS_OFFLINE", "1")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    return module_home


@pytest.fixture
def open_memory(door: str, face: str, home: Path) -> Iterator[Callable[..., Any]]:
    """Opens clients through the door and with the face under test, and closes them."""
    opened: list[Any] = []

    def open_one(**config: Any) -> Any:
        full = {"daemon": {"enabled": door == "daemon"}, **config}
        memory = Memory(full) if face == "sync" else Blocking(full)
        opened.append(memory)
        return memory

    yield open_one
    for memory in opened:
        memory.close() if isinstance(memory, Memory) else memory.end()


@pytest.fixture
def memory(open_memory: Callable[..., Any], door: str) -> Any:
    """An empty memory."""
    opened = open_memory()
    opened.reset()
    assert opened.daemon_available is (door == "daemon")
    return opened


@pytest.fixture(scope="module", autouse=True)
def no_daemon_left(module_home: Path) -> Iterator[None]:
    yield
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEMORUS_HOME", str(module_home))
        patch.delenv("XDG_RUNTIME_DIR", raising=False)
        stop_daemon()
