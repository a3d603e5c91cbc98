"""The configuration that the original and mem0 document, word for word."""

from __future__ import annotations

from typing import Any

import pytest

from memorus_proto.errors import ConfigError
from memorusd.ace.curator.compare import relate
from memorusd.ace.options import CuratorSettings
from memorusd.settings.config import Settings, layered, validate


def read(*layers: dict[str, Any]) -> Settings:
    return validate(layered(*layers))


def test_the_daemons_idle_timeout() -> None:
    assert read({"daemon": {"idle_timeout_seconds": 60}}).daemon.idle_timeout == 60
    assert read({"daemon": {"idle_timeout": 5}}, {"daemon": {"idle_timeout_seconds": "60"}}) == read(
        {"daemon": {"idle_timeout": 60}}
    )
    assert read({"daemon": {"idle_timeout_seconds": 60, "idle_timeout": 5}}).daemon.idle_timeout == 5


def test_a_list_of_patterns_gets_names_and_adds_up() -> None:
    file = read({"privacy": {"custom_patterns": ["TCK-[0-9]+"]}})
    call = file.overridden_by({"privacy": {"custom_patterns": ["ACME-[0-9]+", "TCK-[0-9]+"]}})
    together = call.with_privacy_of(file).privacy.custom_patterns
    assert sorted(together.values()) == ["ACME-[0-9]+", "TCK-[0-9]+"]
    with pytest.raises(ConfigError, match=r"privacy\.custom_patterns"):
        read({"privacy": {"custom_patterns": [5]}})


def test_the_built_in_model_has_a_name() -> None:
    block = {"embedder": {"provider": "onnx", "config": {"model": "all-MiniLM-L6-v2"}}}
    settings = read(block)
    assert settings.differences(settings.overridden_by(block)) == ([], [])
    assert settings.fingerprint() == Settings().fingerprint()
    with pytest.raises(ConfigError, match=r"bge-m3.*all-MiniLM-L6-v2"):
        read({"embedder": {"config": {"model": "bge-m3"}}})
    # Another provider's model is its own affair, also where the layer before names the provider.
    other = read({"embedder": {"provider": "openai"}}, {"embedder": {"config": {"model": "small"}}})
    assert other.embedder.config == {"model": "small"}


def test_the_limits_of_two_calls_are_those_of_one() -> None:
    limits = {"max_eval_tokens": 200, "max_distill_tokens": 800}
    assert read({"reflector": limits}).reflector.llm_max_tokens == 1000
    assert read({"reflector": {**limits, "llm_max_tokens": 5}}).reflector.llm_max_tokens == 5
    with pytest.raises(ConfigError, match="max_eval_tokens"):
        read({"reflector": {"max_eval_tokens": "many"}})


def test_above_the_highest_similarity_there_is_no_conflict() -> None:
    a, b = "We use tabs for indentation.", "We do not use tabs for indentation."
    assert relate(a, b, 0.9, CuratorSettings()).kind == "conflict"
    assert relate(a, b, 0.9, CuratorSettings(conflict_max_similarity=0.95)).kind == "conflict"
    assert relate(a, b, 0.9, CuratorSettings(conflict_max_similarity=0.85)).kind != "conflict"


def test_what_the_integrations_use_is_kept() -> None:
    given = {"auto_recall": False, "auto_reflect": False, "sweep_on_exit": False}
    assert read({"integration": given}).integration.model_dump(exclude={"context_template"}) == given
