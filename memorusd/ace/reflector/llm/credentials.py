"""Finds out whether a language model can be asked, without a call and mostly without litellm.

litellm takes seconds to import, and users without a key should not wait for that, so it is consulted only
about unusual providers. Keys come with the settings of the call and never from this process's environment,
which is that of whoever started it.
"""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from memorus_proto.model_access import PROVIDERS, key_variables, provider_of

from ...options import ReflectorSettings

__all__ = ["Access", "find_access"]

_KEYLESS = ("ollama", "ollama_chat")  # on this machine unless llm_api_base says otherwise
_DUMMY = "none"
_LOCAL_NAMES = (".local", ".localhost", ".lan", ".internal", ".home.arpa")


@dataclass(frozen=True, slots=True)
class Access:
    """How a model is reached, or why it is not."""

    obstacle: str | None = None
    """Why no call can be made; None if one can."""
    api_key: str | None = None
    """The key to send; None if none is needed, or if litellm knows another way."""
    sure: bool = True
    """False if only litellm could tell and it was not loaded for that."""


def find_access(settings: ReflectorSettings, load: Callable[[], Any] | None = None) -> Access:
    """The key for `settings.llm_model`: that of the settings, or a dummy if it is local.

    load: imports litellm, for providers that are not in PROVIDERS. Without it, the result may not be `sure`.
    """
    model = settings.llm_model
    if not model:
        return Access("no llm_model is configured")
    if settings.llm_api_key and settings.llm_api_key.get_secret_value():
        return Access(api_key=settings.llm_api_key.get_secret_value())
    provider = provider_of(model)
    if settings.llm_api_base:
        if _is_local(settings.llm_api_base):
            return Access(api_key=_DUMMY)  # a local server needs none, but clients insist on sending one
    elif provider in _KEYLESS:
        return Access()
    if provider in PROVIDERS:
        return Access(_missing(model, key_variables(provider)))
    if load is None and "litellm" not in sys.modules:
        return Access(sure=False)
    keys = (load() if load else sys.modules["litellm"]).validate_environment(model=model)
    missing = tuple(str(variable) for variable in keys["missing_keys"])
    # If nothing is missing, litellm knows of no key for that provider, so none is required.
    return Access(_missing(model, missing)) if missing and not keys["keys_in_environment"] else Access()


def _missing(model: str, variables: tuple[str, ...]) -> str:
    return f"no key for {model} is configured (llm_api_key, or {' or '.join(variables)} in the environment)"


def _is_local(base: str) -> bool:
    """Whether a URL leads to this machine or its local network."""
    host = urlsplit(base if "//" in base else f"//{base}").hostname or ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_NAMES)
    return address.is_private or address.is_loopback or address.is_link_local
