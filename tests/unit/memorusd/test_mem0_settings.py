"""mem0's keys in our settings: which providers, whose secrets, which model."""

from __future__ import annotations

from typing import Any

import pytest

from memorus_proto.errors import ConfigError
from memorusd.knowledge.mem0_providers import EMBEDDERS, VECTOR_STORES
from memorusd.settings.config import Settings, layered, validate

SECRET = "Tr0ub4dor&3x"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"vector_store": {"provider": "pgvectr"}}, "did you mean pgvector?"),
        ({"embedder": {"provider": "opnai"}}, "did you mean openai?"),
        ({"embedder": {"config": {"model_pth": "x"}}}, "did you mean embedder.config.model_path?"),
        ({"vector_store": {"config": {"path": "x"}}}, "MEMORUS_HOME"),
        ({"vector_store": {"provder": "x"}}, "did you mean vector_store.provider?"),
        ({"llm": {"provider": "aws_bedrock"}}, "reflector.llm_model"),
        ({"graph_store": {"provider": "neo4j"}}, "mem0 2.x has no graph stores"),
        ({"history_db_path": "x"}, "ace_enabled"),
    ],
)
def test_what_cannot_be_had_is_said(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=r"^[^\n]+$") as caught:
        validate(settings)
    assert said in str(caught.value)


def test_the_providers_are_mem0s() -> None:
    from mem0.utils.factory import EmbedderFactory, VectorStoreFactory

    assert set(VECTOR_STORES) == set(VectorStoreFactory.provider_to_class)
    assert set(EMBEDDERS) == set(EmbedderFactory.provider_to_class)


def _refused(daemon: Settings, call: dict[str, Any]) -> list[str]:
    refused, ignored = daemon.differences(daemon.overridden_by(call))
    assert ignored == []
    return refused


def test_no_secret_is_shown() -> None:
    settings = validate(
        {
            "vector_store": {
                "provider": "pgvector",
                "config": {"password": SECRET, "connection_string": f"postgresql://u:{SECRET}@h/db"},
            },
            "embedder": {"provider": "azure_openai", "config": {"azure_kwargs": {"api_key": SECRET}}},
            "llm": {"provider": "openai", "config": {"api_key": SECRET}},
        }
    )
    told = [str(settings), repr(settings), settings.model_dump_json()]
    told += _refused(settings, {"vector_store": {"config": {"password": "other"}}})
    assert len(told) == 4, "a password that differs is a difference"
    assert _refused(settings, {}) == []
    assert SECRET not in "".join(told)
    key = settings.reflector_with_llm.llm_api_key
    assert key is not None
    assert key.get_secret_value() == SECRET


def test_another_provider_does_not_get_the_formers_config() -> None:
    file = {"vector_store": {"provider": "pgvector", "config": {"host": "db"}}}
    assert layered(file, {"vector_store": {"provider": "sqlite"}}) == {"vector_store": {"provider": "sqlite"}}
    assert layered(file, {"vector_store": {"config": {"port": 1}}})["vector_store"]["config"] == {
        "host": "db",
        "port": 1,
    }
    (difference, *_) = _refused(validate(file), {"vector_store": {"provider": "sqlite"}})
    assert difference == "vector_store.provider: the daemon has 'pgvector', this call asks for 'sqlite'"


@pytest.mark.parametrize(
    ("provider", "config", "model", "base"),
    [
        ("openai", {"model": "gpt-4o-mini"}, "openai/gpt-4o-mini", None),
        ("openai", {"openai_base_url": "http://x/v1"}, "openai/gpt-5-mini", "http://x/v1"),
        ("ollama", {"model": "llama3", "ollama_base_url": "http://x"}, "ollama_chat/llama3", "http://x"),
        ("anthropic", {"model": "claude-x"}, "anthropic/claude-x", None),
        ("gemini", {"model": "gemini-x"}, "gemini/gemini-x", None),
        ("groq", {"model": "llama"}, "groq/llama", None),
        ("together", {"model": "a/b"}, "together_ai/a/b", None),
        ("lmstudio", {"model": "m"}, "openai/m", "http://localhost:1234/v1"),
        ("vllm", {"model": "m", "vllm_base_url": "http://v"}, "openai/m", "http://v"),
        ("litellm", {"model": "openrouter/x"}, "openrouter/x", None),
        (
            "azure_openai",
            {"azure_kwargs": {"azure_deployment": "d", "azure_endpoint": "http://a", "api_key": "k"}},
            "azure/d",
            "http://a",
        ),
    ],
)
def test_mem0s_llm_is_the_reflectors(
    provider: str, config: dict[str, Any], model: str, base: str | None
) -> None:
    asks = validate({"llm": {"provider": provider, "config": config}}).reflector_with_llm
    assert (asks.llm_model, asks.llm_api_base) == (model, base)


def test_the_reflectors_own_word_is_nearer() -> None:
    llm = {"provider": "openai", "config": {"model": "a", "temperature": 0.9, "max_tokens": 7}}
    assert (
        validate({"llm": llm, "reflector": {"llm_model": "groq/b"}}).reflector_with_llm.llm_model == "groq/b"
    )
    asks = validate({"llm": llm, "reflector": {"llm_temperature": 0.5}}).reflector_with_llm
    assert (asks.llm_model, asks.llm_temperature, asks.llm_max_tokens) == ("openai/a", 0.5, 7)
