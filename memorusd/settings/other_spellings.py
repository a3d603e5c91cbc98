"""Settings as other versions and mem0 spell them, brought to the names and forms that `Settings` has."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from memorus_proto.errors import ConfigError

__all__ = ["respell", "without_built_in_model"]

_BUILT_IN = ("all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2")
_DISTILL_TOKENS = 1024


def respell(layer: Mapping[str, Any]) -> dict[str, Any]:
    """A layer of settings under the names of `Settings`. What is set under both names keeps our own.

    Raises:
        ConfigError: a limit of tokens is not a number.
    """
    settings = {
        name: dict(section) if isinstance(section, Mapping) else section for name, section in layer.items()
    }
    for name, change in _CHANGES.items():
        if isinstance(section := settings.get(name), dict):
            change(section)
    return settings


def _daemon(section: dict[str, Any]) -> None:
    if "idle_timeout_seconds" in section:
        section.setdefault("idle_timeout", section.pop("idle_timeout_seconds"))
        section.pop("idle_timeout_seconds", None)


def _privacy(section: dict[str, Any]) -> None:
    """A list of patterns gets names, each made from its pattern: lists of file and caller add up so."""
    patterns = section.get("custom_patterns")
    if isinstance(patterns, list) and all(isinstance(pattern, str) for pattern in patterns):
        digests = (hashlib.sha256(pattern.encode("utf-8", "replace")).hexdigest() for pattern in patterns)
        section["custom_patterns"] = {
            f"custom_{digest[:6]}": pattern for digest, pattern in zip(digests, patterns, strict=True)
        }


def _reflector(section: dict[str, Any]) -> None:
    """One call evaluates and distils here, so its answer may be as long as both limits together."""
    given = [section.pop(name, None) for name in ("max_eval_tokens", "max_distill_tokens")]
    if any(value is not None for value in given) and "llm_max_tokens" not in section:
        try:
            section["llm_max_tokens"] = int(given[0] or 0) + int(given[1] or _DISTILL_TOKENS)
        except (TypeError, ValueError):
            raise ConfigError(
                "reflector.max_eval_tokens or reflector.max_distill_tokens is not a number",
                remedy="give whole numbers of tokens",
            ) from None


def without_built_in_model(embedder: object) -> object:
    """The section `embedder`, of all layers together, without the name of the model that is built in.

    Raises:
        ConfigError: `embedder.config.model` names another one.
    """
    config = embedder.get("config") if isinstance(embedder, Mapping) else None
    if not isinstance(embedder, Mapping) or not isinstance(config, Mapping) or "model" not in config:
        return embedder
    if embedder.get("provider", "onnx") != "onnx":
        return embedder
    if config["model"] not in _BUILT_IN and not config.get("model_path"):
        raise ConfigError(
            f"embedder.config.model {config['model']!r:.80} is not built in",
            remedy=f"use {_BUILT_IN[0]}, or set embedder.config.model_path to a folder with the model",
        )
    return {**embedder, "config": {name: value for name, value in config.items() if name != "model"}}


_CHANGES = {"daemon": _daemon, "privacy": _privacy, "reflector": _reflector}
