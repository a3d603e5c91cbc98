"""litellm is loaded only if needed, prints nothing, reads no `.env` and connects to nothing but the model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.model_access import PROVIDERS, model_access
from memorusd.ace.options import ReflectorSettings
from memorusd.ace.reflector.llm import client, credentials
from memorusd.ace.reflector.reflection import Message
from memorusd.ace.reflector.reflector import Reflector, describe

from .llm_server import LLMServer, content, needs_litellm, serve, status
from .test_llm_call import ANSWER, TALK, Rules, answer

SECRET = "sk-quiet-71c0"

# A program that reflects with each of the given settings in turn and says what happened on its way. Its own
# logging is as loud as can be.
PROGRAM = """
import json, os, socket, sys

connected = []
for name in ("connect", "connect_ex", "sendto"):
    def watch(self, *args, _real=getattr(socket.socket, name)):
        connected.append(args[-1])
        return _real(self, *args)
    setattr(socket.socket, name, watch)
real = socket.getaddrinfo
socket.getaddrinfo = lambda host, *more, **named: (connected.append([host]), real(host, *more, **named))[1]

import logging
from memorusd.ace.reflector.reflection import Message, Reflection
from memorusd.ace.reflector.reflector import Reflector, describe
from memorusd.ace.options import ReflectorSettings

given = json.loads(sys.argv[1])
logging.basicConfig(level=logging.DEBUG)
logging.getLogger("asyncio").setLevel(logging.INFO)  # the standard library's "Using selector"

class Rules:
    def reflect(self, messages, settings):
        return Reflection((), (), "rules", tuple(range(len(messages))))

messages = [Message(role, text) for role, text in given["messages"]]
done = []
for raw in given["settings"]:
    settings = ReflectorSettings.model_validate(raw)
    described = describe(settings)
    early = "litellm" in sys.modules
    reflection = Reflector(Rules()).reflect(messages, settings)
    done.append({
        "mode": reflection.mode, "errors": reflection.errors,
        "texts": [c.text for c in reflection.candidates],
        "described": described, "early": early, "loaded": "litellm" in sys.modules,
    })
with open(given["out"], "w") as out:
    json.dump({"done": done, "connected": connected, "environment": dict(os.environ)}, out)
"""


def run(folder: Path, *settings: dict[str, Any], silent: bool = False, **environment: str) -> Any:
    """What became of TALK, or of no message if `silent`; asserts that nothing was printed."""
    out = folder / "out.json"
    messages = [] if silent else [(m.role, m.content) for m in TALK]
    given = {"settings": settings, "messages": messages, "out": str(out)}
    # Without the suite's PYTHON* settings, as a user's program runs.
    base = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON") and not k.endswith("_API_KEY")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(given)],
        env={**base, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return json.loads(out.read_text())


def on(server: LLMServer, **more: Any) -> dict[str, Any]:
    return {"llm_model": "openai/test-model", "llm_api_base": server.base, "llm_api_key": SECRET, **more}


def reached(seen: Any) -> set[tuple[Any, ...]]:
    """Host, or host and port, of everything that was connected to or looked up."""
    return {tuple(address) for address in seen["connected"]}


def test_without_model_or_key_litellm_is_not_loaded(tmp_path: Path) -> None:
    keyless = "no key for gpt-4o is configured (llm_api_key, or OPENAI_API_KEY in the environment)"
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"mode": "rules", "llm_model": "openai/gpt-4o", "llm_api_key": SECRET}, []),
        ({"mode": "hybrid"}, []),
        ({"mode": "llm"}, ["no llm_model is configured"]),
        ({"mode": "hybrid", "llm_model": "openai/gpt-4o"}, []),
        ({"mode": "llm", "llm_model": "gpt-4o"}, [keyless]),
    ]
    seen = run(tmp_path, *(settings for settings, _ in cases))
    assert seen["connected"] == []
    for one, (settings, errors) in zip(seen["done"], cases, strict=True):
        assert not one["loaded"], settings
        assert (one["mode"], one["errors"], one["described"]["mode"]) == ("rules", errors, "rules"), settings


@needs_litellm
def test_where_nothing_is_asked_litellm_is_not_loaded(tmp_path: Path) -> None:
    with serve() as server:
        seen = run(tmp_path, on(server), {"llm_model": "replicate/x"}, silent=True)
    assert seen["connected"] == []
    known, open_ = seen["done"]
    assert (known["mode"], known["loaded"]) == ("hybrid", False)
    assert (open_["mode"], open_["loaded"]) == ("hybrid", False)
    # Only litellm could tell whether there is a key, and it is not loaded for that.
    assert open_["described"]["why"].endswith("whether there is a key for it shows at the first call")


@needs_litellm
def test_nothing_is_printed_read_or_reached_but_the_model(tmp_path: Path) -> None:
    # dotenv looks in the working directory and above the importing file.
    (tmp_path / ".env").write_text("MEMORUS_TEST_DOTENV=read\nOPENAI_API_KEY=sk-from-dotenv\n")
    with serve() as server:
        server.replies = [content(answer(ANSWER)), status(500), status(401, "Incorrect API key")]
        settings = [on(server, mode="llm"), on(server, mode="hybrid")]
        seen = run(tmp_path, *settings, LITELLM_LOG="DEBUG", OPENAI_LOG="debug", LITELLM_MODE="DEV")
    first, second = seen["done"]
    assert [one["early"] for one in seen["done"]] == [False, True]
    assert (first["mode"], first["texts"]) == ("llm", [ANSWER["text"]])
    assert second["mode"] == "rules"
    assert "(401)" in second["errors"][0]
    assert len(server.requests) == 3
    assert reached(seen) == {("127.0.0.1",), ("127.0.0.1", server.port)}
    assert "MEMORUS_TEST_DOTENV" not in seen["environment"]
    assert "OPENAI_API_KEY" not in seen["environment"]
    assert seen["environment"]["LITELLM_MODE"] == "DEV"


@needs_litellm
def test_other_providers_reach_only_their_server_too(tmp_path: Path) -> None:
    with serve() as server:
        server.replies = [status(401)]
        models = ["anthropic/claude-x", "ollama_chat/x", "mistral/x", "gemini/x", "nonesuch"]
        seen = run(tmp_path, *(on(server, mode="llm", llm_model=model) for model in models))
    assert [one["mode"] for one in seen["done"]] == ["rules"] * 5
    *known, unknown = [one["errors"][0] for one in seen["done"]]
    assert all("refused the key (401)" in error for error in known), known
    assert unknown.startswith("litellm does not know the provider of llm_model nonesuch")
    assert len(server.requests) == 4
    assert reached(seen) == {("127.0.0.1",), ("127.0.0.1", server.port)}


@needs_litellm
def test_the_environments_key_is_not_sent_and_a_local_server_needs_none(tmp_path: Path) -> None:
    with serve() as server:
        server.replies = [content(answer(ANSWER))]
        settings = [on(server, llm_api_key=None), on(server, llm_api_key=None, llm_model="xai/test-model")]
        seen = run(tmp_path, *settings, OPENAI_API_KEY="sk-env")
    assert [r.headers["authorization"] for r in server.requests] == ["Bearer none"] * 2
    assert [one["texts"] for one in seen["done"]] == [[ANSWER["text"]]] * 2


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in (*os.environ,):
        if variable.endswith(("_API_KEY", "_AUTH_TOKEN")):
            monkeypatch.delenv(variable)


@pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier:UserWarning")  # litellm's filter; pytest resets it
@needs_litellm
@pytest.mark.usefixtures("bare")
def test_the_known_providers_are_as_litellm_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    litellm = client.load_litellm()
    for provider, variables in PROVIDERS.items():
        model = f"{provider}/some-model"
        missing = litellm.validate_environment(model=model)["missing_keys"]
        assert set(missing) <= set(variables), provider
        assert missing, provider
        named = {"reflector": {"llm_model": model}}
        assert credentials.find_access(ReflectorSettings(llm_model=model)).obstacle
        assert model_access(named) == {}
        for variable in variables:
            with monkeypatch.context() as patch:
                patch.setenv(variable, "x")
                assert litellm.validate_environment(model=model)["keys_in_environment"], variable
                # A client sends it; the engine itself does not look for it.
                assert model_access(named) == {"reflector": {"llm_api_key": "x"}}
                assert credentials.find_access(ReflectorSettings(llm_model=model)).obstacle
                patch.setenv(variable, "")
                assert model_access(named) == {}


@pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier:UserWarning")  # litellm's filter; pytest resets it
@needs_litellm
@pytest.mark.usefixtures("bare")
def test_rarer_providers_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ReflectorSettings(mode="llm", llm_model="replicate/some-model")
    reflection = Reflector(Rules()).reflect([Message("user", "hello")], settings)
    assert reflection.errors == (
        "no key for replicate/some-model is configured "
        "(llm_api_key, or REPLICATE_API_KEY in the environment)",
    )
    monkeypatch.setenv("REPLICATE_API_KEY", "x")
    assert credentials.find_access(settings, client.load_litellm).obstacle is None


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("base", "local"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://localhost:11434", True),
        ("http://[::1]:80", True),
        ("http://192.168.1.7:8000", True),
        ("gpu-box:8000", True),
        ("http://gpu.local/v1", True),
        ("https://api.example.com/v1", False),
        ("http://8.8.8.8/v1", False),
    ],
)
def test_only_a_local_server_goes_without_a_key(base: str, local: bool) -> None:
    access = credentials.find_access(ReflectorSettings(llm_model="openai/x", llm_api_base=base))
    assert (access.obstacle is None) is local
    assert access.api_key == ("none" if local else None)


@needs_litellm
@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("given", "mode", "why"),
    [
        ({"mode": "rules", "llm_model": "openai/x", "llm_api_key": SECRET}, "rules", "as configured"),
        ({}, "rules", "hybrid, but no llm_model is configured"),
        ({"mode": "llm"}, "rules", "llm, but no llm_model is configured"),
        (
            {"llm_model": "claude-sonnet"},
            "rules",
            "hybrid, but no key for claude-sonnet is configured "
            "(llm_api_key, or ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN in the environment)",
        ),
        (
            {"llm_model": "openai/x", "llm_api_key": SECRET},
            "hybrid",
            "openai/x is asked when the rules are in doubt",
        ),
        ({"mode": "llm", "llm_model": "ollama/x"}, "llm", "ollama/x is asked about every interaction"),
    ],
)
def test_describe(given: dict[str, Any], mode: str, why: str) -> None:
    assert describe(ReflectorSettings.model_validate(given)) == {"mode": mode, "why": why}


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "litellm", None)  # importing it now fails as if it were not installed
    monkeypatch.setattr(client, "_litellm", None)
    settings = ReflectorSettings(llm_model="openai/x", llm_api_key=SECRET)  # type: ignore[arg-type]
    reflection = Reflector(Rules(doubtful=(0,))).reflect([Message("user", "hello")], settings)
    assert (reflection.mode, reflection.errors) == (
        "rules",
        ("litellm cannot be imported (ModuleNotFoundError); run `pip install 'memorus[llm]'`",),
    )
    assert describe(settings)["mode"] == "rules"
