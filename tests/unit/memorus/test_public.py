"""`from memorus import Memory`: ours with ACE on, mem0's own without."""

from __future__ import annotations

import asyncio
import functools
import os
import subprocess
import sys
from pathlib import Path

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


def test_ace_off_is_mem0_without_telemetry(tmp_path: Path) -> None:
    # A key that is never used: making the object calls nobody.
    printed = run(
        "import memorus; m = memorus.Memory()\n"
        "import mem0, mem0.memory.telemetry as t\n"
        "print(type(m) is mem0.Memory, t.MEM0_TELEMETRY)\n",
        OPENAI_API_KEY="sk-none",
        HOME=str(tmp_path),
        MEM0_DIR=str(tmp_path / "mem0"),
    )
    assert printed.splitlines()[-1] == "True False"


@pytest.fixture
def theirs(monkeypatch: pytest.MonkeyPatch, home: Path) -> list[tuple[object, ...]]:
    """mem0's classes with their real signatures and nothing behind them; the list is what reaches them."""
    monkeypatch.setenv("MEM0_TELEMETRY", "False")
    seen: list[tuple[object, ...]] = []
    mem0 = pytest.importorskip("mem0")

    class Sync:
        def __init__(self, config: object = None) -> None:
            seen.append(("config", config))

        @classmethod
        def from_config(cls, config_dict: dict[str, object]) -> Sync:
            return cls(config_dict)

        @functools.wraps(mem0.Memory.add)
        def add(self, *args: object, **kwargs: object) -> object:
            seen.append(("add", args, kwargs))
            return {"results": []}

        @functools.wraps(mem0.Memory.update)
        def update(self, *args: object, **kwargs: object) -> object:
            seen.append(("update", args, kwargs))
            return {"message": "ok"}

    class Async(Sync):
        @functools.wraps(mem0.AsyncMemory.add)
        async def add(self, *args: object, **kwargs: object) -> object:
            return Sync.add(self, *args, **kwargs)

        @functools.wraps(mem0.AsyncMemory.update)
        async def update(self, *args: object, **kwargs: object) -> object:
            return Sync.update(self, *args, **kwargs)

    monkeypatch.setattr(mem0, "Memory", Sync)
    monkeypatch.setattr(mem0, "AsyncMemory", Async)
    return seen


ALWAYS = {"privacy": {"always_sanitize": True}, "history_db_path": "x.db"}


def test_always_sanitize_stands_before_mem0(theirs: list[tuple[object, ...]]) -> None:
    memory = memorus.Memory(ALWAYS)
    assert theirs.pop() == ("config", {"history_db_path": "x.db"})
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
    assert len(theirs) == 4
    assert "hunter2" not in repr(theirs)
    assert said[0]["content"].startswith("password: hunter2")  # the caller's own list is left alone


def test_always_sanitize_for_async(theirs: list[tuple[object, ...]]) -> None:
    memory = memorus.AsyncMemory.from_config(ALWAYS)

    async def use() -> None:
        await memory.add("password: hunter2", user_id="ada")
        await memory.update("id", data="password: hunter2")

    asyncio.run(use())
    assert [call[0] for call in theirs] == ["config", "add", "update"]
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
    memorus.Memory(object()).add("password: hunter2")  # one of mem0's own config objects
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


def test_without_it_mem0_is_untouched_and_ace_not_loaded(tmp_path: Path) -> None:
    printed = run(
        "import sys, memorus; m = memorus.Memory({'privacy': {'always_sanitize': False}})\n"
        "import mem0\n"
        "print(type(m) is mem0.Memory, any(n.split('.')[0] == 'memorusd' for n in sys.modules))\n",
        OPENAI_API_KEY="sk-none",
        HOME=str(tmp_path),
        MEM0_DIR=str(tmp_path / "mem0"),
    )
    assert printed.splitlines()[-1] == "True False"


def test_with_it_the_object_is_still_mem0s(tmp_path: Path) -> None:
    printed = run(
        "import memorus; m = memorus.Memory({'privacy': {'always_sanitize': True}})\n"
        "import mem0, inspect\n"
        "same = inspect.signature(type(m).add) == inspect.signature(mem0.Memory.add)\n"
        "print(isinstance(m, mem0.Memory), type(m) is not mem0.Memory, same)\n",
        OPENAI_API_KEY="sk-none",
        HOME=str(tmp_path),
        MEM0_DIR=str(tmp_path / "mem0"),
    )
    assert printed.splitlines()[-1] == "True True True"


def test_importing_it_costs_nothing() -> None:
    assert (
        run("import sys, memorus; print([m for m in ('mem0', 'memorus_client') if m in sys.modules])") == "[]"
    )
