"""Translates the language model of a mem0 config (provider and its config) into litellm's terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from memorus_proto.errors import ConfigError

from .options import ReflectorSettings

__all__ = ["from_mem0"]


@dataclass(frozen=True, slots=True)
class _Provider:
    prefix: str
    """What litellm expects before the model's name."""
    model: str
    """What mem0 uses when no model is named."""
    bases: tuple[str, ...] = ()
    """The keys of mem0's config that may hold the URL it is served at."""
    base: str | None = None
    """The URL if none of them does."""


_OPENAI_LIKE = "openai"  # speaks OpenAI's API
_PROVIDERS = {
    "openai": _Provider("openai", "gpt-5-mini", ("openai_base_url",)),
    "openai_structured": _Provider("openai", "gpt-5-mini", ("openai_base_url",)),
    "azure_openai": _Provider("azure", "gpt-5-mini"),
    "azure_openai_structured": _Provider("azure", "gpt-5-mini"),
    "anthropic": _Provider("anthropic", "claude-sonnet-4-6", ("anthropic_base_url",)),
    "gemini": _Provider("gemini", "gemini-2.0-flash"),
    "groq": _Provider("groq", "llama-3.3-70b-versatile"),
    "together": _Provider("together_ai", "MiniMaxAI/MiniMax-M3"),
    "deepseek": _Provider("deepseek", "deepseek-chat", ("deepseek_base_url",)),
    "xai": _Provider("xai", "grok-4.3", ("xai_base_url",)),
    "ollama": _Provider("ollama_chat", "llama3.1:70b", ("ollama_base_url",)),
    "lmstudio": _Provider(_OPENAI_LIKE, "local-model", ("lmstudio_base_url",), "http://localhost:1234/v1"),
    "vllm": _Provider(
        _OPENAI_LIKE, "Qwen/Qwen2.5-32B-Instruct", ("vllm_base_url",), "http://localhost:8000/v1"
    ),
    "minimax": _Provider(_OPENAI_LIKE, "MiniMax-M2.7", ("minimax_base_url",), "https://api.minimax.io/v1"),
    "sarvam": _Provider(_OPENAI_LIKE, "sarvam-m", ("sarvam_base_url",), "https://api.sarvam.ai/v1"),
    "litellm": _Provider("", "gpt-5-mini"),
}


def from_mem0(
    settings: ReflectorSettings, provider: str | None, config: Mapping[str, Any]
) -> ReflectorSettings:
    """`settings` with the model of mem0's `llm` section, unless they name one themselves.

    Raises:
        ConfigError: the provider is unknown, or has no equivalent in litellm.
    """
    if provider is None or settings.llm_model:
        return settings
    known = _PROVIDERS.get(provider)
    if known is None:
        raise ConfigError(
            f"llm.provider {provider!r} cannot be used with ACE on",
            remedy=f"use one of {', '.join(_PROVIDERS)}, "
            "or set reflector.llm_model to litellm's name of the model",
        )
    azure = config.get("azure_kwargs") or {}
    model = azure.get("azure_deployment") or config.get("model") or known.model
    if known.prefix and not str(model).startswith(f"{known.prefix}/"):
        model = f"{known.prefix}/{model}"
    bases = (azure.get("azure_endpoint"), *(config.get(name) for name in known.bases), known.base)
    key = azure.get("api_key") or config.get("api_key")
    values = {
        "llm_model": model,
        "llm_api_base": next((_plain_text(base) for base in bases if base), None),
        "llm_api_key": key if key is None or isinstance(key, SecretStr) else SecretStr(str(key)),
        "llm_temperature": config.get("temperature"),
        "llm_max_tokens": config.get("max_tokens"),
    }
    # What the `reflector` section sets wins.
    update = {n: v for n, v in values.items() if v is not None and n not in settings.model_fields_set}
    return ReflectorSettings.model_validate({**settings.model_dump(exclude_unset=True), **update})


def _plain_text(value: object) -> str:
    return str(value.get_secret_value() if isinstance(value, SecretStr) else value)
