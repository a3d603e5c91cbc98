"""Whether a language model can be asked at all: found out without a call and, mostly, without litellm.

litellm takes seconds to import, and somebody without a key should not pay for that. So the environment
variables of the usual providers are known here; only for the others litellm is asked.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..options import ReflectorSettings

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
"""The environment variables of which one must hold the key, as litellm reads them."""

_KEYLESS = ("ollama", "ollama_chat")  # on this machine, where nothing else is said
_DUMMY = "none"
_LOCAL_NAMES = (".local", ".localhost", ".lan", ".internal", ".home.arpa")


@dataclass(frozen=True, slots=True)
class Access:
    """How a model is reached, or why it is not."""

    obstacle: str | None = None
    """Why no call can be made; None where one can."""
    api_key: str | None = None
    """The key to hand over; None where litellm takes it from the environment."""
    sure: bool = True
    """False where only litellm could tell and it was not to be loaded for that."""


def find_access(settings: ReflectorSettings, load: Callable[[], Any] | None = None) -> Access:
    """The key for `settings.llm_model`: the configured one, the provider's variable, or a stand-in locally.

    load: imports litellm, for providers that are not in PROVIDERS; without it the answer may not be `sure`.
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
            return Access(api_key=_DUMMY)  # a local server asks for none, but clients insist on sending one
    elif provider in _KEYLESS:
        return Access()
    if provider in PROVIDERS:
        return Access(_missing(model, variables))
    if load is None and "litellm" not in sys.modules:
        return Access(sure=False)
    found = (load() if load else sys.modules["litellm"]).validate_environment(model=model)
    missing = tuple(str(variable) for variable in found["missing_keys"])
    # With nothing missing litellm knows no key for that provider, so there is none to insist on.
    return Access(_missing(model, missing)) if missing and not found["keys_in_environment"] else Access()


def _missing(model: str, variables: tuple[str, ...]) -> str:
    return f"no key for {model} is configured (llm_api_key, or {' or '.join(variables)} in the environment)"


def _provider(model: str) -> str:
    """The provider's name, lower case; empty where the model's name does not say."""
    prefix, slash, _ = model.partition("/")
    if slash:
        return prefix.lower()
    if model.startswith(("gpt-", "chatgpt-", "o1", "o3", "o4")):
        return "openai"
    return "anthropic" if model.startswith("claude-") else ""


def _is_local(base: str) -> bool:
    """Whether a URL leads to this machine or its own network."""
    host = urlsplit(base if "//" in base else f"//{base}").hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_NAMES)
    return address.is_private or address.is_loopback or address.is_link_local
