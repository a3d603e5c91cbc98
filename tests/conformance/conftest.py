"""One suite, many ways in: {sync, async} x {daemon, in-process} x stores."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import json
import os
import uuid
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


_DOORS, _FACES, _STORES = (
    ("daemon", "in-process"),
    ("sync", "async"),
    ("sqlite", "pgvector", "chroma", "qdrant"),
)
_OF_THE_STORE = ("test_memory", "test_fading")
_WAYS = [
    *itertools.product(["sqlite"], _DOORS, _FACES),
    ("pgvector", "daemon", "sync"),
    ("chroma", "daemon", "sync"),
    ("qdrant", "in-process", "sync"),
]
"""What the suite runs, on servers for _OF_THE_STORE alone; all others take many minutes: make faults."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "way" in metafunc.fixturenames:
        of_the_store = metafunc.module.__name__.rpartition(".")[2] in _OF_THE_STORE
        short = [way for way in _WAYS if of_the_store or way[0] == "sqlite"]
        ways = [pytest.param(way, id="-".join(way)) for way in short]
        if os.environ.get("MEMORUS_FULL") == "1":
            every = itertools.product(_STORES, _DOORS, _FACES)
            ways += [
                pytest.param(way, id="-".join(way), marks=pytest.mark.full)
                for way in every
                if way not in short
            ]
        metafunc.parametrize("way", ways, indirect=True, scope="module")


@pytest.fixture(scope="module")
def way(request: pytest.FixtureRequest) -> tuple[str, str, str]:
    """Store, transport and face."""
    found: tuple[str, str, str] = request.param
    return found


@pytest.fixture(scope="module")
def transport(way: tuple[str, str, str]) -> str:
    return way[1]


@pytest.fixture(scope="module")
def face(way: tuple[str, str, str]) -> str:
    return way[2]


@pytest.fixture(scope="module")
def module_home(
    way: tuple[str, str, str], request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A home whose settings name the store, with a collection of its own."""
    home = tmp_path_factory.mktemp("conformance") / "home"
    provider = way[0]
    if provider == "sqlite":
        return home
    collection = f"c{uuid.uuid4().hex[:12]}"
    if provider == "qdrant":
        config = {"path": str(home / "qdrant"), "collection_name": collection}
    else:
        server = request.getfixturevalue({"pgvector": "postgres", "chroma": "chroma"}[provider])
        config = server.config(collection)
    home.mkdir(mode=0o700)
    lines = [f"{name} = {json.dumps(value)}" for name, value in config.items()]
    text = "\n".join(["[vector_store]", f'provider = "{provider}"', "[vector_store.config]", *lines])
    (home / "config.toml").write_text(text)
    return home


@pytest.fixture
def home(module_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One home for a module, so that one daemon serves all its tests; each test empties it."""
    monkeypatch.setenv("MEMORUS_HOME", str(module_home))
    monkeypatch.setenv("MEMORUS_OFFLINE", "1")
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    return module_home


@pytest.fixture
def open_memory(transport: str, face: str, home: Path) -> Iterator[Callable[..., Any]]:
    """Opens clients through the transport and with the face under test, and closes them."""
    opened: list[Any] = []

    def open_one(**config: Any) -> Any:
        full = {"daemon": {"enabled": transport == "daemon"}, **config}
        memory = Memory(full) if face == "sync" else Blocking(full)
        opened.append(memory)
        return memory

    yield open_one
    for memory in opened:
        memory.close() if isinstance(memory, Memory) else memory.end()


@pytest.fixture
def memory(open_memory: Callable[..., Any], transport: str) -> Any:
    """An empty memory."""
    opened = open_memory()
    opened.reset()
    assert opened.daemon_available is (transport == "daemon")
    return opened


@pytest.fixture(scope="module", autouse=True)
def no_daemon_left(module_home: Path) -> Iterator[None]:
    yield
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MEMORUS_HOME", str(module_home))
        patch.delenv("XDG_RUNTIME_DIR", raising=False)
        stop_daemon()
