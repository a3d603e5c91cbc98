"""Which key and URL a caller's environment holds for its language model: what it sends along with each call.

The daemon serves many callers, so it never looks for these in its own environment. Otherwise the text of one
caller would go to the server, and be paid for with the key, of the one that happened to start the daemon.
"""

from __future__ import annotations

import os

from .config_layers import merge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["PROVIDERS", "key_variables", "model_access", "provider_of"]

PROVIDERS: dict[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
    "cohere": ("COHERE_API_KEY",),
    "deepseek": ("DEEPSEEK_API_KEY",),
    "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "groq": ("GROQ_API_KEY",),
    "mistral": ("MISTRAL_API_KEY",),
    "openai": ("OPENAI_API_KEY",),
    "openrouter": ("OPENROUTER_API_KEY",),
    "together_ai": ("TOGETHERAI_API_KEY",),
    "xai": ("XAI_API_KEY",),
}
"""The usual providers, by litellm's names, and the variables that may hold a key; one must be set."""

_OF_MEM0 = {
    "azure_openai": "azure",
    "azure_openai_structured": "azure",
    "openai_structured": "openai",
    "together": "together_ai",
}
"""mem0's names of providers that litellm calls otherwise."""


def provider_of(model: str) -> str:
    """The provider of litellm's name of a model, in lower case; empty if the name does not show it."""
    prefix, slash, _ = model.partition("/")
    if slash:
        return prefix.lower()
    if model.startswith(("gpt-", "chatgpt-", "o1", "o3", "o4")):
        return "openai"
    return "anthropic" if model.startswith("claude-") else ""


def key_variables(provider: str) -> tuple[str, ...]:
    """The environment variables that may hold a key of `provider`."""
    return PROVIDERS.get(provider, (f"{provider.upper()}_API_KEY",) if provider else ())


def model_access(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """The settings `{"reflector": {"llm_api_key", "llm_api_base"}}` that this process has in its environment.

    `layers` are its settings as the user wrote them. What they set themselves is not in the result, nor is
    anything for a model that they do not name.
    """
    settings = merge(*layers)
    reflector, llm = _section(settings, "reflector"), _section(settings, "llm")
    config = _section(llm, "config")
    if reflector.get("mode") == "rules":
        return {}
    if model := reflector.get("llm_model"):
        provider, config = provider_of(str(model)), {}
    elif llm.get("provider") == "litellm":
        provider = provider_of(str(config.get("model") or ""))
    else:
        provider = _OF_MEM0.get(str(llm.get("provider") or ""), str(llm.get("provider") or ""))
    prefix = provider.removesuffix("_chat").upper()
    found = {
        "llm_api_key": _first(key_variables(provider)),
        "llm_api_base": _first((f"{prefix}_BASE_URL", f"{prefix}_API_BASE")) if prefix else None,
    }
    given = {*reflector}
    if any(name.endswith("_kwargs") or name == "api_key" for name in config):
        given.add("llm_api_key")
    if any(name.endswith(("_kwargs", "_base_url")) for name in config) or provider in ("lmstudio", "vllm"):
        given.add("llm_api_base")
    wanted = {name: value for name, value in found.items() if value and name not in given}
    return {"reflector": wanted} if wanted else {}


def _first(variables: tuple[str, ...]) -> str | None:
    return next((value for name in variables if (value := os.environ.get(name))), None)


def _section(settings: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = settings.get(name)
    return section if isinstance(section, dict) else {}
