"""`from memorus import Memory`: ours with ACE on, mem0's own without."""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import memorus
import memorus_client
from memorus_proto.errors import ConfigError, MemorusError


def run(code: str, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **env}, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_ace_on_is_our_client(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(memorus.Memory({"ace_enabled": True}), memorus_client.Memory)
    assert isinstance(memorus.Memory.from_config({"ace_enabled": True}), memorus_client.Memory)
    assert isinstance(memorus.AsyncMemory({"ace_enabled": True}), memorus_client.AsyncMemory)
    home.mkdir(mode=0o700)
    (home / "config.toml").write_text("ace_enabled = true\n")
    assert isinstance(memorus.Memory(), memorus_client.Memory)
    (home / "config.toml").unlink()
    monkeypatch.setenv("MEMORUS_ACE_ENABLED", "true")
    assert isinstance(memorus.Memory(), memorus_client.Memory)


@pytest.fixture
def theirs(monkeypatch: pytest.MonkeyPatch, home: Path) -> list[tuple[object, ...]]:
    """mem0's classes with their real signatures and nothing behind them; the list is what reaches them."""
    monkeypatch.setenv("MEM0_TELEMETRY", "False")
    monkeypatch.setenv("MEM0_DIR", str(home.parent / "mem0"))
    seen: list[tuple[object, ...]] = []
    mem0 = pytest.importorskip("mem0")

    def reached(name: str, wanted: Callable[..., object]) -> Callable[..., object]:
        def plain(self: object, *args: object, **kwargs: object) -> dict[str, object]:
            if name == "__init__":
                seen.append(("config", getattr(args[0], "history_db_path", None) if args else None))
                return None  # type: ignore[return-value]
            seen.append((name, args, kwargs))
            return {"results": []}

        async def awaited(self: object, *args: object, **kwargs: object) -> dict[str, object]:
            return plain(self, *args, **kwargs)

        return functools.wraps(wanted)(awaited if inspect.iscoroutinefunction(wanted) else plain)

    for cls in (mem0.Memory, mem0.AsyncMemory):
        for name in ("__init__", "add", "update", "search"):
            monkeypatch.setattr(cls, name, reached(name, getattr(cls, name)))
    return seen


ALWAYS = {"privacy": {"always_sanitize": True}, "history_db_path": "x.db"}


def test_always_sanitize_stands_before_mem0(theirs: list[tuple[object, ...]]) -> None:
    memory = memorus.Memory(ALWAYS)
    assert theirs.pop() == ("config", "x.db")
    said = [{"role": "user", "content": "password: hunter2 in /home/alice/x"}]
    assert memory.add(said, user_id="ada", metadata={"api_key": "abc", "n": 1}) == {"results": []}
    clean = [{"role": "user", "content": "password: [REDACTED:password] in [REDACTED:unix_path]/x"}]
    assert theirs.pop() == (
        "add",
        (clean,),
        {"user_id": "ada", "metadata": {"api_key": "[REDACTED:api_key]", "n": 1}},
    )
    memory.add("password: hunter2", user_id="ada")
    memory.update("id", "password: hunter2")
    memory.update("id", data="password: hunter2")
    memory.update("id", text="password: hunter2", metadata={"password": "x"})
    memory.search("is hunter2 the password: hunter2", user_id="ada", filters={"note": "password: hunter2"})
    assert len(theirs) == 5
    assert "password: hunter2" not in repr(theirs)
    assert said[0]["content"].startswith("password: hunter2")  # the caller's own list is left alone


def test_always_sanitize_for_async(theirs: list[tuple[object, ...]]) -> None:
    memory = memorus.AsyncMemory.from_config(ALWAYS)

    async def use() -> None:
        await memory.add("password: hunter2", user_id="ada")
        await memory.update("id", data="password: hunter2")
        await memory.search("password: hunter2", user_id="ada")

    asyncio.run(use())
    assert [call[0] for call in theirs] == ["config", "add", "update", "search"]
    assert "hunter2" not in repr(theirs)
    assert "[REDACTED:password]" in repr(theirs)


def test_always_sanitize_heeds_the_rest_of_privacy_and_the_environment(
    theirs: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMORUS_PRIVACY__ALWAYS_SANITIZE", "true")
    monkeypatch.setenv("MEMORUS_PRIVACY__SANITIZE_PATHS", "false")
    memorus.Memory({"privacy": {"custom_patterns": {"ticket": r"TICKET-\d{4}"}}}).add(
        "TICKET-1234 /home/alice/x"
    )
    assert "[REDACTED:ticket] /home/alice/x" in repr(theirs[-1])
    from mem0.configs.base import MemoryConfig

    memorus.Memory(MemoryConfig()).add("password: hunter2")
    assert "hunter2" not in repr(theirs)
    with pytest.raises(ConfigError, match="ticket"):
        memorus.Memory({"privacy": {"custom_patterns": {"ticket": "("}}})


def test_what_cannot_be_examined_does_not_reach_mem0(theirs: list[tuple[object, ...]]) -> None:
    memory = memorus.Memory(ALWAYS)
    with pytest.raises(MemorusError):
        memory.add([{"role": "user", "content": b"password: hunter2"}])
    assert [call[0] for call in theirs] == ["config"]


REAL = """
import json, os, sys, threading
from http.server import BaseHTTPRequestHandler, HTTPServer

class Embeddings(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        heard.append(asked)
        texts = json.loads(asked)["input"]
        texts = [texts] if isinstance(texts, str) else texts
        data = [{"object": "embedding", "index": i, "embedding": [0.1] * 8} for i in range(len(texts))]
        body = json.dumps({"object": "list", "data": data, "model": "m", "usage": {}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *args):
        pass

heard = []
server = HTTPServer(("127.0.0.1", 0), Embeddings)
threading.Thread(target=server.serve_forever, daemon=True).start()
from memorus import Memory
home = os.environ["HOME"]
memory = Memory({
    "privacy": {"always_sanitize": True},
    "history_db_path": home + "/history.db",
    "vector_store": {"provider": "qdrant", "config": {"path": home + "/q", "embedding_model_dims": 8}},
    "embedder": {"provider": "openai", "config": {
        "api_key": "sk-none", "embedding_dims": 8,
        "openai_base_url": "http://127.0.0.1:%d/v1" % server.server_port}},
})
added = memory.add("password: hunter2 for db", user_id="u", infer=False, metadata={"api_key": "abcdef123456"})
memory.update(added["results"][0]["id"], "password: swordfish")
kept = memory.get(added["results"][0]["id"])
assert kept["memory"] == "password: [REDACTED:password]", kept
assert kept["metadata"]["api_key"] == "[REDACTED:api_key]", kept
for folder, _, names in os.walk(home):
    heard += [open(os.path.join(folder, name), "rb").read() for name in names]
assert any(b"[REDACTED:password]" in part for part in heard)
assert not [w for w in (b"hunter2", b"swordfish", b"abcdef123456") for part in heard if w in part]
print("kept clean")
"""


def test_nothing_of_a_secret_is_in_what_mem0_sends_and_keeps(tmp_path: Path) -> None:
    printed = run(REAL, OPENAI_API_KEY="sk-none", HOME=str(tmp_path), MEM0_DIR=str(tmp_path / "mem0"))
    assert printed.splitlines()[-1] == "kept clean"


def test_a_subclass_is_as_safe(theirs: list[tuple[object, ...]]) -> None:
    face: Any = memorus.Memory

    class Loud(face):  # type: ignore[misc]
        def add(self, messages: object, **kwargs: object) -> object:
            return super().add(f"{messages}!", **kwargs)

    for memory in (Loud(ALWAYS), Loud.from_config(ALWAYS)):
        assert type(memory) is Loud
        memory.add("password: hunter2", user_id="ada")
    assert "hunter2" not in repr(theirs)
    with pytest.raises(ConfigError, match=r"Loud derives from mem0's class.*memorus_client\.Memory"):
        Loud.from_config({"ace_enabled": True})
    with pytest.raises(ConfigError, match="Loud derives from mem0's class"):
        Loud({"ace_enabled": True})


def test_importing_it_costs_nothing() -> None:
    assert (
        run("import sys, memorus; print([m for m in ('mem0', 'memorus_client') if m in sys.modules])") == "[]"
    )
