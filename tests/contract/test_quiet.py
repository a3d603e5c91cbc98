"""What ACE off costs and tells: nothing of ours is loaded, nobody is called, no key is asked for in vain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .openai_server import OpenAI, config

GUARD = """
import json, os, socket, sys
tried = []
def guarded(real):
    def look(self, address, *rest):
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "localhost"):
            tried.append(str(address[0]))
        elif not isinstance(address, tuple):
            tried.append(str(address))
        return real(self, address, *rest)
    return look
socket.socket.connect = guarded(socket.socket.connect)
socket.socket.connect_ex = guarded(socket.socket.connect_ex)
resolve = socket.getaddrinfo
def asked(host, *rest, **more):
    if host not in ("127.0.0.1", "localhost"):
        tried.append(str(host))
        raise OSError("no network in tests")
    return resolve(host, *rest, **more)
socket.getaddrinfo = asked
config = json.loads(sys.argv[1])
"""

USE = """
import asyncio, atexit
memory = Memory(config)
for n in range(7):
    kept = memory.add(f"yesterday we paid {n} dollars", user_id="u", infer=False)["results"][0]["id"]
    memory.delete(kept)
memory.add("FACT(We pay on Fridays)", user_id="u")
memory.search("what did we pay last week", filters={"user_id": "u"}, top_k=60)
memory.get_all(filters={"user_id": "u"}, top_k=99)
memory.delete_all(user_id="u")
try:
    memory.add("x", user_id="u", timestamp=1)
except ValueError:
    pass
memory.reset()
memory.vector_store.client.close()
memory.close()
import mem0.memory.telemetry as telemetry
telemetry._shutdown_oss_telemetry()
telemetry.client_telemetry.close()
print(json.dumps({
    "tried": tried,
    "telemetry": telemetry.MEM0_TELEMETRY,
    "ours": sorted({n.split(".")[0] for n in sys.modules} & {"memorusd", "memorusctl", "onnxruntime"}),
    "children": [t.name for t in __import__("threading").enumerate() if "osthog" in type(t).__module__],
}))
"""


def run(code: str, tmp_path: Path, *args: str, **env: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MEM0_TELEMETRY")}
    environment |= {"HOME": str(tmp_path), "MEM0_DIR": str(tmp_path / "mem0"), **env}
    done = subprocess.run(
        [sys.executable, "-c", code, *args], env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("first", ["from memorus import Memory", "import mem0; from memorus import Memory"])
def test_nobody_is_called_and_nothing_of_ours_runs(
    first: str, openai: OpenAI, tmp_path: Path, home: Path
) -> None:
    said = run(GUARD + first + USE, tmp_path, json.dumps(config(openai, tmp_path)))
    assert json.loads(said.splitlines()[-1]) == {"tried": [], "telemetry": False, "ours": [], "children": []}
    assert not home.exists()
    assert openai.asked


def test_a_user_who_wants_mem0s_telemetry_has_it(openai: OpenAI, tmp_path: Path) -> None:
    # The same guard sees it then: were it not off otherwise, the test above would fail.
    code = GUARD + "from memorus import Memory" + USE
    said = json.loads(
        run(code, tmp_path, json.dumps(config(openai, tmp_path)), MEM0_TELEMETRY="True").splitlines()[-1]
    )
    assert said["telemetry"] is True
    assert any("posthog" in host for host in said["tried"])


def test_mem0_off_by_the_user_stays_off(openai: OpenAI, tmp_path: Path) -> None:
    code = "import memorus, os; memorus.Memory.add; print(os.environ['MEM0_TELEMETRY'])"
    assert run(code, tmp_path, MEM0_TELEMETRY="0").split() == ["0"]


def test_without_a_key_mem0s_error_says_how_to_do_without(tmp_path: Path) -> None:
    code = """
import openai, traceback, memorus
for make in (memorus.Memory, memorus.AsyncMemory):
    try:
        make()
    except Exception as error:
        assert type(error) is openai.OpenAIError, type(error)
        print(traceback.format_exc())
"""
    said = run(code, tmp_path)
    assert said.count("OPENAI_API_KEY") >= 2
    assert said.count('\nTo run without a key and without a network: Memory({"ace_enabled": True})\n') == 2


USES = {
    "attribute": "assert cls.add.__name__ == 'add'",
    "method": "assert cls._normalize_entity_text(' A ') == 'a'",
    "signature": "import inspect; assert 'config' in inspect.signature(cls).parameters",
    "patch": """
from unittest.mock import patch
class My(cls):
    pass
with patch.object(My, '__init__', return_value=None) as made, patch.object(My, 'close') as close:
    assert My().close() is close.return_value and made.called
assert My.close is cls.close is not close
""",
    "subclass": "class My(cls): pass\nassert My.__new__(My).chat and My.search",
    "pickle": """
import pickle
class My(cls):
    pass
bare = My.__new__(My)
bare.collection_name = 'c'
again = pickle.loads(pickle.dumps(bare))
assert type(again) is My and again.collection_name == 'c'
""",
    "dir": "assert 'get_all' in dir(cls)",
    "ace": """
import memorus_client
made = cls({'ace_enabled': True})
assert isinstance(made, cls) and isinstance(cls.from_config({'ace_enabled': True}), type(made))
assert type(made) is getattr(memorus_client, cls.__name__) and 'mem0' not in sys.modules
cls.add
""",
}


@pytest.mark.parametrize("use", USES)
def test_the_class_is_mem0s_as_soon_as_that_matters(use: str, tmp_path: Path) -> None:
    name = "AsyncMemory" if use in ("ace", "method") else "Memory"
    code = f"import sys\nfrom memorus import {name} as cls\nassert 'mem0' not in sys.modules\n{USES[use]}\n"
    code += f"import mem0\nassert issubclass(cls, mem0.{name}) and cls.__module__ == 'memorus'"
    run(code, tmp_path)
