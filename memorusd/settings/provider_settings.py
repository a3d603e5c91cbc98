"""The settings of the sections that mem0 has too: embedder, vector store and language model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from memorus_proto.errors import ConfigError

from ..ace.options import SettingsSection
from ..knowledge.mem0_providers import EMBEDDERS, VECTOR_STORES, check_provider
from ..knowledge.provider_secrets import is_secret_setting

__all__ = ["EmbedderSettings", "LlmSettings", "Mem0EmbedderSettings", "OnnxSettings", "VectorStoreSettings"]


class OnnxSettings(SettingsSection):
    """Where the built-in model comes from."""

    model_path: Path | None = None
    """A directory with model.onnx and tokenizer.json, or the .onnx file with the other beside it."""
    download: bool = True
    """Whether missing model files may be fetched from the HuggingFace hub."""


class EmbedderSettings(SettingsSection):
    """What turns text into vectors: the built-in model."""

    provider: Literal["onnx"] = "onnx"
    """all-MiniLM-L6-v2 in this process, 384 dimensions; needs `pip install 'memorus[onnx]'`."""
    config: OnnxSettings = OnnxSettings()


def _with_hidden_secrets(config: dict[str, Any]) -> dict[str, Any]:
    hidden: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, dict):
            hidden[name] = _with_hidden_secrets(value)
        elif isinstance(value, str) and is_secret_setting(name, value):
            hidden[name] = SecretStr(value)
        else:
            hidden[name] = value
    return hidden


Mem0Config = Annotated[dict[str, Any], AfterValidator(_with_hidden_secrets)]
"""What mem0 takes as the `config` of a provider. Secrets in it are SecretStr."""


class Mem0EmbedderSettings(SettingsSection):
    """What turns text into vectors: an embedder of mem0's."""

    provider: str
    """An embedder, by mem0's name for it."""
    config: Mem0Config = Field(default_factory=dict)
    """What mem0 takes as this provider's `config`."""

    @model_validator(mode="after")
    def _check_provider(self) -> Mem0EmbedderSettings:
        check_provider("embedder", self.provider, ("onnx", *EMBEDDERS))
        return self


class VectorStoreSettings(SettingsSection):
    """Where memories are kept: in a file of this home, or in one of mem0's vector stores."""

    provider: str = "sqlite"
    """`sqlite`, a file in the home, or mem0's name of a vector store."""
    config: Mem0Config = Field(default_factory=dict)
    """What mem0 takes as this provider's `config`; `sqlite` takes none."""

    @model_validator(mode="after")
    def _check_provider(self) -> VectorStoreSettings:
        check_provider("vector_store", self.provider, ("sqlite", *VECTOR_STORES))
        if self.provider == "sqlite" and self.config:
            raise ConfigError(
                "vector_store.config is set, but the provider sqlite takes none",
                remedy="leave it out, and set MEMORUS_HOME to keep the store in another directory",
            )
        return self


class LlmSettings(SettingsSection):
    """A language model as mem0 names it, for the Reflector where it has no `llm_model`."""

    provider: str | None = None
    """mem0's name of a provider."""
    config: Mem0Config = Field(default_factory=dict)
    """What mem0 takes as this provider's `config`: `model`, `api_key`, …"""
