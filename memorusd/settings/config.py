"""Settings, validated: what may be set, its default, and whose it is.

What shapes the knowledge that is kept (`embedder`, `decay`, `daemon`) belongs to the daemon; what shapes
one call (`reflector`, `curator`, `retrieval`, `integration`) belongs to the caller and travels with it.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    Discriminator,
    Field,
    SecretStr,
    Tag,
    ValidationError,
    model_validator,
)

from memorus_proto.config_layers import from_environ, from_file, merge
from memorus_proto.errors import ConfigError
from memorus_proto.paths import Paths

from ..ace.mem0_llm import from_mem0
from ..ace.options import (
    CuratorSettings,
    DecaySettings,
    IntegrationSettings,
    PrivacySettings,
    ReflectorSettings,
    RetrievalSettings,
    SettingsSection,
)
from ..knowledge.mem0_providers import EMBEDDERS, VECTOR_STORES, check_provider
from ..knowledge.provider_secrets import is_secret_setting

__all__ = [
    "DAEMON_OWNED",
    "DaemonSettings",
    "EmbedderSettings",
    "LlmSettings",
    "Mem0EmbedderSettings",
    "OnnxSettings",
    "Settings",
    "VectorStoreSettings",
    "layered",
    "load_settings",
    "validate",
]

DAEMON_OWNED = ("vector_store", "embedder", "decay", "daemon")
"""Sections whose values are the daemon's; a caller that differs there is told so."""


class DaemonSettings(SettingsSection):
    """The daemon's own life."""

    enabled: bool = True
    """Whether clients use (and start) the daemon; false runs the engine in the client's process."""
    idle_timeout: float = Field(default=300.0, ge=0)
    """Seconds without connections or work after which the daemon exits; 0 means never."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much the log tells; it never holds what is remembered."""


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


def _hidden(config: dict[str, Any]) -> dict[str, Any]:
    hidden: dict[str, Any] = {}
    for name, value in config.items():
        if isinstance(value, dict):
            hidden[name] = _hidden(value)
        elif isinstance(value, str) and is_secret_setting(name, value):
            hidden[name] = SecretStr(value)
        else:
            hidden[name] = value
    return hidden


Mem0Config = Annotated[dict[str, Any], AfterValidator(_hidden)]
"""What mem0 takes as `config` of a provider; what is secret in it is a SecretStr."""


class Mem0EmbedderSettings(SettingsSection):
    """The same: one of mem0's."""

    provider: str
    """mem0's name of an embedder."""
    config: Mem0Config = Field(default_factory=dict)
    """What mem0 takes as this provider's `config`."""

    @model_validator(mode="after")
    def _known(self) -> Mem0EmbedderSettings:
        check_provider("embedder", self.provider, ("onnx", *EMBEDDERS))
        return self


class VectorStoreSettings(SettingsSection):
    """Where memories are kept: in a file of this home, or in one of mem0's vector stores."""

    provider: str = "sqlite"
    """`sqlite`, a file in the home, or mem0's name of a vector store."""
    config: Mem0Config = Field(default_factory=dict)
    """What mem0 takes as this provider's `config`; `sqlite` takes none."""

    @model_validator(mode="after")
    def _known(self) -> VectorStoreSettings:
        check_provider("vector_store", self.provider, ("sqlite", *VECTOR_STORES))
        if self.provider == "sqlite" and self.config:
            raise ConfigError(
                "vector_store.config is given, but the provider sqlite takes none; "
                "leave it out, and set MEMORUS_HOME for another place"
            )
        return self


class LlmSettings(SettingsSection):
    """A language model as mem0 names it, for the Reflector where it has no `llm_model`."""

    provider: str | None = None
    """mem0's name of a provider."""
    config: Mem0Config = Field(default_factory=dict)
    """What mem0 takes as this provider's `config`: `model`, `api_key`, …"""


def _which_embedder(value: Any) -> str:
    provider = value.get("provider") if isinstance(value, Mapping) else getattr(value, "provider", None)
    return "onnx" if provider in (None, "onnx") else "mem0"


class Settings(SettingsSection):
    """Everything that can be set."""

    ace_enabled: bool = False
    """Read by `memorus.Memory` alone: false makes that plain mem0. The daemon is always ACE."""
    daemon: DaemonSettings = DaemonSettings()
    vector_store: VectorStoreSettings = VectorStoreSettings()
    embedder: Annotated[
        Annotated[EmbedderSettings, Tag("onnx")] | Annotated[Mem0EmbedderSettings, Tag("mem0")],
        Discriminator(_which_embedder),
    ] = EmbedderSettings()
    llm: LlmSettings = LlmSettings()
    privacy: PrivacySettings = PrivacySettings()
    reflector: ReflectorSettings = ReflectorSettings()
    curator: CuratorSettings = CuratorSettings()
    decay: DecaySettings = DecaySettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    integration: IntegrationSettings = IntegrationSettings()

    @model_validator(mode="after")
    def _askable(self) -> Settings:
        from_mem0(self.reflector, self.llm.provider, self.llm.config)
        return self

    @property
    def asks(self) -> ReflectorSettings:
        """The Reflector's settings, with the model of `llm` where they name none."""
        return from_mem0(self.reflector, self.llm.provider, self.llm.config)

    def fingerprint(self) -> str:
        """Changes when a daemon-owned setting does; sent in the hello."""
        owned = self.model_dump(mode="json", include=set(DAEMON_OWNED))
        return hashlib.sha256(json.dumps(owned, sort_keys=True).encode()).hexdigest()[:16]

    def differences(self, asked: Mapping[str, Any]) -> list[str]:
        """Where the raw settings `asked` set a daemon-owned value that is not ours, one line each."""
        theirs = self.with_asked(asked)
        mine, other = _leaves(self.model_dump()), _leaves(theirs.model_dump())
        shown, other_shown = _leaves(self.model_dump(mode="json")), _leaves(theirs.model_dump(mode="json"))
        return [
            f"{key}: the daemon has {shown.get(key)!r}, this call asks for {other_shown.get(key)!r}"
            for key in {**mine, **other}
            # Whether to use a daemon at all is for each client to say.
            if key.split(".")[0] in DAEMON_OWNED
            and key != "daemon.enabled"
            and mine.get(key) != other.get(key)
        ]

    def with_asked(self, asked: Mapping[str, Any]) -> Settings:
        """These settings, with what a call asks for laid over them. Raises ConfigError."""
        # Without the defaults, which would pass for words of the user's (see from_mem0).
        return validate(layered(self.model_dump(exclude_unset=True), asked))

    def with_privacy_of(self, daemon: Settings) -> Settings:
        """These settings, as strict as `daemon`'s in what is redacted.

        Raises:
            ConfigError: both name a pattern alike, but differently.
        """
        mine, theirs = self.privacy, daemon.privacy
        for name, pattern in theirs.custom_patterns.items():
            if mine.custom_patterns.get(name, pattern) != pattern:
                raise ConfigError(
                    f"privacy.custom_patterns.{name} differs from the daemon's pattern of that name; "
                    "give yours another name, and both apply"
                )
        strict = mine.model_copy(
            update={
                "sanitize_paths": mine.sanitize_paths or theirs.sanitize_paths,
                "custom_patterns": {**theirs.custom_patterns, **mine.custom_patterns},
            }
        )
        return self.model_copy(update={"privacy": strict})


def load_settings(paths: Paths, argument: Mapping[str, Any] | None = None) -> Settings:
    """The settings of this process: argument over environment over file over defaults.

    Raises:
        ConfigError: one of them is unknown or invalid.
    """
    return validate(layered(from_file(paths.config), from_environ(), argument or {}))


def layered(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """One dict out of several, the later ones winning; another provider does not get the former's config."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for name in ("vector_store", "embedder", "llm"):
            old, new = merged.get(name), layer.get(name)
            if (
                isinstance(old, Mapping)
                and isinstance(new, Mapping)
                and new.get("provider", old.get("provider")) != old.get("provider")
            ):
                del merged[name]
        merged = merge(merged, layer)
    return merged


def validate(raw: Mapping[str, Any]) -> Settings:
    """Check raw settings.

    Raises:
        ConfigError: names each bad key, its nearest valid one or what the value should be.
    """
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        lines = [_explain(dict(problem)) for problem in error.errors()]
        raise ConfigError("; ".join(lines), data={"problems": lines}) from None


def _explain(problem: dict[str, Any]) -> str:
    location = [str(part) for part in problem["loc"]]
    if location[:1] == ["embedder"] and location[1:2] and location[1] in ("onnx", "mem0"):
        del location[1]  # which of the two it was taken for
    where = ".".join(location)
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, ConfigError):
        return str(cause)
    if where in _OF_MEM0:
        return f"setting {where} {_OF_MEM0[where]}"
    if problem["type"] != "extra_forbidden":
        return f"setting {where}: {problem['msg']}"
    model: type[BaseModel] = Settings
    for part in location[:-1]:
        annotation = model.model_fields[part].annotation
        model = EmbedderSettings if part == "embedder" else annotation  # type: ignore[assignment]
    near = difflib.get_close_matches(location[-1], model.model_fields, n=1, cutoff=0.5)
    valid = (
        f"did you mean {'.'.join([*location[:-1], near[0]])}?"
        if near
        else f"valid: {', '.join(model.model_fields)}"
    )
    return f"setting {where} is unknown; {valid}"


_NO_USE = "is mem0's and has no use with ACE on; leave it out, or set ace_enabled to false"
_OF_MEM0 = {
    "graph_store": "is of mem0 1.x: mem0 2.x has no graph stores any more, nor has Memorus; leave it out",
    "history_db_path": _NO_USE,
    "version": _NO_USE,
    "reranker": _NO_USE,
    "custom_instructions": _NO_USE,
    "custom_fact_extraction_prompt": _NO_USE,
    "custom_update_memory_prompt": _NO_USE,
}


def _leaves(nested: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in nested.items():
        if isinstance(value, Mapping):
            flat |= _leaves(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat
