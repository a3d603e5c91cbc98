"""Finds out whether a language model can be asked, without a call and mostly without litellm.

litellm takes seconds to import, and users without a key should not wait for that. Therefore the environment
variables of the usual providers are listed here; litellm is consulted only for the others.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ...options import ReflectorSettings

__all__ = ["PROVIDERS", "Access", "find_access"]

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
"""Environment variables that litellm reads for a key, by provider; one of them must be set."""

_KEYLESS = ("ollama", "ollama_chat")  # on this machine unless llm_api_base says otherwise
_DUMMY = "none"
_LOCAL_NAMES = (".local", ".localhost", ".lan", ".internal", ".home.arpa")


@dataclass(frozen=True, slots=True)
class Access:
    """How a model is reached, or why it is not."""

    obstacle: str | None = None
    """Why no call can be made; None if one can."""
    api_key: str | None = None
    """The key to send; None if litellm takes it from the environment."""
    sure: bool = True
    """False if only litellm could tell and it was not loaded for that."""


def find_access(settings: ReflectorSettings, load: Callable[[], Any] | None = None) -> Access:
    """The key for `settings.llm_model`: the configured one, the provider's variable, or a dummy if local.

    load: imports litellm, for providers that are not in PROVIDERS. Without it, the result may not be `sure`.
    """
    model = settings.llm_model
    if not model:
        return Access("no llm_model is configured")
    if settings.llm_api_key and settings.llm_api_key.get_secret_value():
        return Access(api_key=settings.llm_api_key.get_secret_value())
    provider = _provider(model)
    variables = PROVIDERS.get(provider, (f"{provider.upper()}_API_KEY",) if provider else ())
    if any(os.environ.get(variable) for variable in variables):
        return Access()
    if settings.llm_api_base:
        if _is_local(settings.llm_api_base):
            return Access(api_key=_DUMMY)  # a local server needs none, but clients insist on sending one
    elif provider in _KEYLESS:
        return Access()
    if provider in PROVIDERS:
        return Access(_missing(model, variables))
    if load is None and "litellm" not in sys.modules:
        return Access(sure=False)
    keys = (load() if load else sys.modules["litellm"]).validate_environment(model=model)
    missing = tuple(str(variable) for variable in keys["missing_keys"])
    # If nothing is missing, litellm knows of no key for that provider, so none is required.
    return Access(_missing(model, missing)) if missing and not keys["keys_in_environment"] else Access()


def _missing(model: str, variables: tuple[str, ...]) -> str:
    return f"no key for {model} is configured (llm_api_key, or {' or '.join(variables)} in the environment)"


def _provider(model: str) -> str:
    """The provider's name in lower case; empty if the model's name does not show it."""
    prefix, slash, _ = model.partition("/")
    if slash:
        return prefix.lower()
    if model.startswith(("gpt-", "chatgpt-", "o1", "o3", "o4")):
        return "openai"
    return "anthropic" if model.startswith("claude-") else ""


def _is_local(base: str) -> bool:
    """Whether a URL leads to this machine or its local network."""
    host = urlsplit(base if "//" in base else f"//{base}").hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_NAMES)
    return address.is_private or address.is_loopback or address.is_link_local
