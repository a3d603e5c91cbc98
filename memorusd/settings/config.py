"""All settings together: their defaults, their validation, and whether the daemon or a caller decides.

What shapes the knowledge that is kept (`vector_store`, `embedder`, `decay`, `daemon`) belongs to the daemon,
and is all that it takes from whoever starts it. What shapes one call (`reflector`, `llm`, `curator`,
`retrieval`, `integration`) belongs to the caller: it travels with the call, over what the settings file says.
`privacy` is both: a call redacts what the file or its caller asks for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, ValidationError, model_validator

from memorus_proto.config_layers import DAEMON_OWNED, daemon_owned, from_environ, from_file, merge
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
from .other_spellings import respell, without_built_in_model
from .problems import describe_problem
from .provider_settings import EmbedderSettings, LlmSettings, Mem0EmbedderSettings, VectorStoreSettings

__all__ = ["DaemonSettings", "Settings", "layered", "load_base", "load_settings", "validate"]

_SHAPES_THE_STORE = ("vector_store", "embedder")
"""Of the daemon's sections, those in which a caller that asks for other values gets an error."""


class DaemonSettings(SettingsSection):
    """The daemon's own life."""

    enabled: bool = True
    """Whether clients use (and start) the daemon; false runs the engine in the client's process."""
    idle_timeout: float = Field(default=300.0, ge=0)
    """Seconds without connections or work after which the daemon exits; 0 means never."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much the log tells; it never holds what is remembered."""


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
    def _check_llm(self) -> Settings:
        from_mem0(self.reflector, self.llm.provider, self.llm.config)
        return self

    @property
    def reflector_with_llm(self) -> ReflectorSettings:
        """The Reflector's settings, with the model of `llm` if they name none."""
        return from_mem0(self.reflector, self.llm.provider, self.llm.config)

    def fingerprint(self) -> str:
        """A hash of the settings that belong to the daemon. The hello carries it."""
        owned = self.model_dump(mode="json", include=set(DAEMON_OWNED))
        return hashlib.sha256(json.dumps(owned, sort_keys=True).encode()).hexdigest()[:16]

    def differences(self, theirs: Settings) -> tuple[list[str], list[str]]:
        """A line for each setting of the daemon's that a caller's settings `theirs` have another value of.

        (those that would change what is stored, and are an error; those that are only not followed)
        """
        own, other = _flat(self.model_dump()), _flat(theirs.model_dump())
        shown, other_shown = _flat(self.model_dump(mode="json")), _flat(theirs.model_dump(mode="json"))
        refused: list[str] = []
        ignored: list[str] = []
        for key in {**own, **other}:
            section = key.split(".")[0]
            # Each client decides for itself whether it uses a daemon.
            if section in DAEMON_OWNED and key != "daemon.enabled" and own.get(key) != other.get(key):
                line = (
                    f"{key}: the daemon has {shown.get(key)!r}, this call asks for {other_shown.get(key)!r}"
                )
                (refused if section in _SHAPES_THE_STORE else ignored).append(line)
        return refused, ignored

    def overridden_by(self, requested: Mapping[str, Any]) -> Settings:
        """These settings, with the raw settings `requested` of a call over them.

        Raises:
            ConfigError: a setting is unknown or invalid.
        """
        # Defaults are left out, because from_mem0 would take them for what the user has set.
        return validate(layered(self.model_dump(exclude_unset=True), requested))

    def with_privacy_of(self, daemon: Settings) -> Settings:
        """These settings, which redact at least what `daemon` redacts.

        Raises:
            ConfigError: both have a pattern of one name, but the patterns differ.
        """
        own, theirs = self.privacy, daemon.privacy
        for name, pattern in theirs.custom_patterns.items():
            if own.custom_patterns.get(name, pattern) != pattern:
                raise ConfigError(
                    f"privacy.custom_patterns.{name} differs from the daemon's pattern of that name",
                    remedy="give yours another name, and both apply",
                )
        strict = own.model_copy(
            update={
                "sanitize_paths": own.sanitize_paths or theirs.sanitize_paths,
                "custom_patterns": {**theirs.custom_patterns, **own.custom_patterns},
            }
        )
        return self.model_copy(update={"privacy": strict})


def load_settings(paths: Paths) -> Settings:
    """The settings of a call from this process: environment over file over defaults.

    Raises:
        ConfigError: a setting is unknown or invalid.
    """
    return validate(layered(from_file(paths.config), from_environ()))


def load_base(paths: Paths, argument: Mapping[str, Any]) -> Settings:
    """The settings of a daemon, before those of a call: the file over defaults.

    Of environment and `argument`, which are those of the client that starts it, it takes its own sections.

    Raises:
        ConfigError: a setting is unknown or invalid.
    """
    own = daemon_owned(from_environ()), daemon_owned(argument)
    return validate(layered(from_file(paths.config), *own))


def layered(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """The layers as one dict, in which later ones win. A provider does not get the config of another one."""
    merged: dict[str, Any] = {}
    for layer in map(respell, layers):
        for name in ("vector_store", "embedder", "llm"):
            old, new = merged.get(name), layer.get(name)
            if (
                isinstance(old, Mapping)
                and isinstance(new, Mapping)
                and new.get("provider", old.get("provider")) != old.get("provider")
            ):
                del merged[name]
        merged = merge(merged, layer)
    if "embedder" in merged:
        merged["embedder"] = without_built_in_model(merged["embedder"])
    return merged


def validate(raw: Mapping[str, Any]) -> Settings:
    """Make settings of raw ones.

    Raises:
        ConfigError: a setting is unknown or invalid. `data["problems"]` has a line for each, with the nearest
            valid name or with what the value should be.
    """
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        problems = [describe_problem(dict(details), Settings) for details in error.errors()]
        lines = [str(problem) for problem in problems]
        if len(problems) == 1:
            message, remedy = problems[0].message, problems[0].remedy
        else:
            message, remedy = "; ".join(lines), "correct these settings"
        raise ConfigError(message, remedy=remedy, data={"problems": lines}) from None


def _flat(nested: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in nested.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat
