"""Two agents with opposite settings: each gets its own, whoever comes first, with and without a daemon."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from memorus_client import Memory
from memorus_client.daemon import daemon_status
from memorus_proto.config_layers import DAEMON_OWNED
from memorus_proto.errors import ConfigError
from memorusd.settings.config import Settings, validate
from memorusd.settings.provider_variables import keep_own_providers

from ..ace.reflector.llm_server import LLMServer, needs_litellm, serve

OPPOSITES: dict[str, tuple[Any, Any]] = {
    "privacy.sanitize_paths": (False, True),
    "privacy.custom_patterns": ({"one": "ab+"}, {"two": "cd+"}),
    "reflector.mode": ("rules", "llm"),
    "reflector.min_score": (0.0, 100.0),
    "reflector.max_content_length": (100, 1000),
    "reflector.max_code_lines": (0, 9),
    "reflector.llm_model": ("openai/one", "openai/two"),
    "reflector.llm_api_base": ("http://127.0.0.1:1/v1", "http://127.0.0.1:2/v1"),
    "reflector.llm_api_key": ("sk-one", "sk-two"),
    "reflector.llm_temperature": (0.0, 1.0),
    "reflector.llm_max_tokens": (10, 20),
    "reflector.llm_timeout": (1.0, 2.0),
    "reflector.llm_retries": (0, 1),
    "curator.similarity_threshold": (0.5, 0.9),
    "curator.merge_strategy": ("keep_best", "merge_content"),
    "curator.conflict_detection": (False, True),
    "curator.conflict_min_similarity": (0.1, 0.9),
    "curator.conflict_max_similarity": (0.7, 0.95),
    "retrieval.max_results": (1, 99),
    "retrieval.token_budget": (1, 9999),
    "retrieval.keyword_weight": (0.1, 0.9),
    "retrieval.semantic_weight": (0.1, 0.9),
    "retrieval.decay_influence": (0.2, 0.9),
    "retrieval.recency_boost_days": (1.0, 99.0),
    "retrieval.recency_boost_factor": (1.1, 1.9),
    "retrieval.scope_boost": (1.0, 1.9),
    "retrieval.shared": (True, False),
    "integration.context_template": ("plain", "markdown"),
    "integration.auto_recall": (True, False),
    "integration.auto_reflect": (False, True),
    "integration.sweep_on_exit": (True, False),
    "llm.provider": ("openai", "anthropic"),
    "llm.config": ({"model": "one"}, {"model": "two"}),
}
"""Every setting that belongs to a call, with two values."""
NO_CALLS = {"ace_enabled", "privacy.always_sanitize"}
"""Read by `memorus.Memory` alone."""

ways = pytest.mark.parametrize(
    ("daemon", "first"),
    [(True, 0), (True, 1), (False, 0)],
    ids=["one starts the daemon", "two starts the daemon", "in-process"],
)


class Agent:
    """A client with an environment of its own, also while it starts the daemon."""

    def __init__(self, config: dict[str, Any], environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.memory: Memory = self("made", lambda: Memory(config))

    def __call__(self, _: str, call: Callable[[], Any]) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self._environ.items():
                patch.setenv(name, value)
            return call()

    def do(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self(method, lambda: getattr(self.memory, method)(*args, **kwargs))


@pytest.fixture
def agents(
    home: Path, own_daemon: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., list[Agent]]]:
    """Makes two agents, and lets that with the number `first` start the daemon."""
    for name in os.environ:
        if name.endswith(("_API_KEY", "_BASE_URL", "_API_BASE")):
            monkeypatch.delenv(name)
    made: list[Agent] = []

    def make(
        daemon: bool,
        first: int,
        configs: Sequence[dict[str, Any]] = ({}, {}),
        environs: Sequence[dict[str, str]] = ({}, {}),
    ) -> list[Agent]:
        own = {"enabled": daemon}
        for config, environ in zip(configs, environs, strict=True):
            made.append(Agent({**config, "daemon": {**config.get("daemon", {}), **own}}, environ))
        for agent in (made[first], made[1 - first]):
            agent.do("status")
            assert agent.memory.daemon_available is daemon
        return made

    yield make
    for agent in made:
        agent.memory.close()


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, value in flat.items():
        section, name = key.split(".")
        result.setdefault(section, {})[name] = value
    return result


def in_force(agent: Agent) -> dict[str, tuple[Any, str]]:
    return {s["key"]: (s["value"], s["of"]) for s in agent.do("status")["settings"]}


def test_the_table_has_every_setting_of_a_call() -> None:
    keys: set[str] = set()
    for name, field in Settings.model_fields.items():
        default = field.default
        if name not in DAEMON_OWNED:
            inner = (
                [f"{name}.{n}" for n in type(default).model_fields] if isinstance(default, BaseModel) else []
            )
            keys |= {*inner} or {name}
    assert keys - NO_CALLS == OPPOSITES.keys()


@ways
def test_each_gets_its_own(agents: Callable[..., list[Agent]], daemon: bool, first: int) -> None:
    configs = tuple(nested({key: values[i] for key, values in OPPOSITES.items()}) for i in (0, 1))
    for own, agent in enumerate(agents(daemon, first, configs)):
        seen = in_force(agent)
        for key, values in OPPOSITES.items():
            entries = {k: v for k, v in seen.items() if k == key or k.startswith(key + ".")}
            assert all(of == "caller" for _, of in entries.values()), key
            value = values[own]
            if key.endswith("llm_api_key"):
                assert entries == {key: ("(set)", "caller")}
            elif isinstance(value, dict):
                assert {k.removeprefix(key + "."): v for k, (v, _) in entries.items()} == value
            elif key == "privacy.sanitize_paths":
                assert not entries, "the file redacts paths, and no caller weakens that"
            elif entries:
                assert entries == {key: (value, "caller")}
            else:  # status leaves out defaults
                section, name = key.split(".")
                assert getattr(getattr(Settings(), section), name) == value


@ways
def test_each_environment_is_its_agents(agents: Callable[..., list[Agent]], daemon: bool, first: int) -> None:
    strict = {"MEMORUS_RETRIEVAL__MAX_RESULTS": "1", "MEMORUS_REFLECTOR__MIN_SCORE": "100"}
    one, two = agents(daemon, first, environs=(strict, {}))
    skipped = one.do("add", "We always deploy with make ship, because it runs the checks.")["results"]
    assert [r["event"] for r in skipped] == ["SKIP"]
    kept = two.do("add", "We always deploy with make ship, because it runs the checks.")["results"]
    assert [r["event"] for r in kept] == ["ADD"]
    two.do("add", "The deploy key lives in the vault.", infer=False)
    assert len(one.do("search", "deploy")["results"]) == 1
    assert len(two.do("search", "deploy")["results"]) == 2


@ways
def test_privacy_is_the_files_and_the_callers(
    agents: Callable[..., list[Agent]], home: Path, daemon: bool, first: int
) -> None:
    home.mkdir(mode=0o700)
    (home / "config.toml").write_text('[privacy.custom_patterns]\nfile = "FILE-[0-9]+"\n')
    configs = (
        {"privacy": {"sanitize_paths": False, "custom_patterns": {"ticket": "TCK-[0-9]+"}}},
        {"privacy": {"sanitize_paths": True}},
    )
    one, two = agents(daemon, first, configs)
    text = "see /home/alice/notes about TCK-4711 and FILE-12"
    for agent, others in ((one, False), (two, True)):
        agent.do("add", text, infer=False, user_id=f"agent{others}")
        [kept] = agent.do("get_all", user_id=f"agent{others}")["results"]
        assert "alice" not in kept["memory"]
        assert "FILE-12" not in kept["memory"]
        assert ("TCK-4711" in kept["memory"]) is others


@needs_litellm
@ways
@pytest.mark.parametrize("where", ["environment", "mem0's llm"])
def test_each_text_goes_to_its_own_model_with_its_own_key(
    agents: Callable[..., list[Agent]], daemon: bool, first: int, where: str
) -> None:
    with serve() as one, serve() as two:
        servers = (one, two)
        configs = [_names_model(where, i, servers[i]) for i in (0, 1)]
        environs: list[dict[str, str]] = [{}, {}]
        if where == "environment":
            environs = [
                {"OPENAI_API_KEY": f"sk-agent-{i}", "OPENAI_BASE_URL": servers[i].base} for i in (0, 1)
            ]
        for number, agent in enumerate(agents(daemon, first, configs, environs)):
            agent.do(
                "add", f"Agent {number} says that the gateway sits on 744{number}.", user_id=f"a{number}"
            )
        for number, server in enumerate(servers):
            assert server.requests
            for request in server.requests:
                assert request.headers["authorization"] == f"Bearer sk-agent-{number}"
                assert f"744{number}" in request.everything
                assert f"744{1 - number}" not in request.everything


def _names_model(where: str, number: int, server: LLMServer) -> dict[str, Any]:
    if where == "mem0's llm":
        config = {"model": "m", "openai_base_url": server.base, "api_key": f"sk-agent-{number}"}
        return {"reflector": {"mode": "llm"}, "llm": {"provider": "openai", "config": config}}
    return {"reflector": {"mode": "llm", "llm_model": "openai/m"}}


@needs_litellm
@ways
def test_who_has_no_key_uses_nobody_elses(
    agents: Callable[..., list[Agent]], daemon: bool, first: int
) -> None:
    with serve() as server:
        named = {"reflector": {"mode": "llm", "llm_model": "openai/m", "llm_retries": 0, "llm_timeout": 3}}
        rich = {"OPENAI_API_KEY": "sk-rich", "OPENAI_BASE_URL": server.base}
        (
            one,
            two,
        ) = agents(daemon, first, (named, named), (rich, {}))
        answer = two.do("add", "We always deploy with make ship, because it runs the checks.")
        assert server.requests == []
        assert answer["ace_ingest"]["mode"] == "rules"
        assert "OPENAI_API_KEY" in str(answer["ace_ingest"]["errors"])
        one.do("add", "We never deploy on Fridays, because nobody is there.")
        assert server.requests[0].headers["authorization"] == "Bearer sk-rich"


def test_what_the_daemon_does_not_follow_is_told(agents: Callable[..., list[Agent]]) -> None:
    other = {"daemon": {"idle_timeout": 17}, "decay": {"half_life_days": 5}}
    _, two = agents(True, 0, ({}, other))
    assert two.do("add", "kept all the same", infer=False)["results"]
    assert two.do("status")["settings_ignored"] == [
        "daemon.idle_timeout: the daemon has 300.0, this call asks for 17.0",
        "decay.half_life_days: the daemon has 30.0, this call asks for 5.0",
    ]
    running = daemon_status()
    assert running is not None
    assert running["idle_timeout"] == 300.0


def test_what_changes_the_stored_is_refused(agents: Callable[..., list[Agent]], tmp_path: Path) -> None:
    agents(True, 0)
    other = Memory({"embedder": {"config": {"model_path": str(tmp_path)}}})
    with pytest.raises(ConfigError, match=r"embedder\.config\.model_path") as caught:
        other.status()
    assert len(caught.value.data["differences"]) == 1


def test_what_the_starter_hands_over_is_the_daemons(agents: Callable[..., list[Agent]]) -> None:
    one, two = agents(True, 0, ({"decay": {"half_life_days": 5}}, {}))
    for agent in (one, two):
        assert in_force(agent)["decay.half_life_days"] == (5.0, "daemon")


def test_the_daemon_keeps_the_variables_of_its_own_providers() -> None:
    given = ["OPENAI_API_KEY", "OPENAI_BASE_URL", "AWS_SECRET_ACCESS_KEY", "HF_TOKEN", "PINECONE_API_KEY"]
    others = ["PATH", "HOME", "HTTPS_PROXY", "MEMORUS_REFLECTOR__LLM_API_KEY"]
    stores = {"vector_store": {"provider": "pinecone"}, "embedder": {"provider": "openai"}}
    for settings, kept in (({}, {"HF_TOKEN"}), (stores, {*given} - {"AWS_SECRET_ACCESS_KEY", "HF_TOKEN"})):
        with pytest.MonkeyPatch.context() as patch:
            for name in (*given, *others):
                patch.setenv(name, os.environ.get(name, "x"))
            keep_own_providers(validate(settings))
            assert {name for name in (*given, *others) if name in os.environ} == {*kept, *others}
