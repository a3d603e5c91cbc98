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
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from memorus_proto.errors import ConfigError
from memorus_proto.paths import Paths
from memorus_proto.settings import from_environ, from_file, merge

from .ace.settings import (
    CuratorSettings,
    DecaySettings,
    IntegrationSettings,
    PrivacySettings,
    ReflectorSettings,
    RetrievalSettings,
    Section,
)

__all__ = [
    "DAEMON_OWNED",
    "DaemonSettings",
    "EmbedderSettings",
    "OnnxSettings",
    "Settings",
    "load_settings",
    "validate",
]

DAEMON_OWNED = ("embedder", "decay", "daemon")
"""Sections whose values are the daemon's; a caller that differs there is told so."""


class DaemonSettings(Section):
    """The daemon's own life."""

    enabled: bool = True
    """Whether clients use (and start) the daemon; false runs the engine in the client's process."""
    idle_timeout: float = Field(default=300.0, ge=0)
    """Seconds without connections or work after which the daemon exits; 0 means never."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class OnnxSettings(Section):
    """Where the built-in model comes from."""

    model_path: Path | None = None
    """A directory with model.onnx and tokenizer.json, or the .onnx file with the other beside it."""
    download: bool = True
    """Whether missing model files may be fetched from the HuggingFace hub."""


class EmbedderSettings(Section):
    """What turns text into vectors."""

    provider: Literal["onnx"] = "onnx"
    config: OnnxSettings = OnnxSettings()


class Settings(Section):
    """Everything that can be set."""

    ace_enabled: bool = False
    """Read by `memorus.Memory` alone: false makes that plain mem0. The daemon is always ACE."""
    daemon: DaemonSettings = DaemonSettings()
    embedder: EmbedderSettings = EmbedderSettings()
    privacy: PrivacySettings = PrivacySettings()
    reflector: ReflectorSettings = ReflectorSettings()
    curator: CuratorSettings = CuratorSettings()
    decay: DecaySettings = DecaySettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    integration: IntegrationSettings = IntegrationSettings()

    def fingerprint(self) -> str:
        """Changes when a daemon-owned setting does; sent in the hello."""
        owned = self.model_dump(mode="json", include=set(DAEMON_OWNED))
        return hashlib.sha256(json.dumps(owned, sort_keys=True).encode()).hexdigest()[:16]

    def differences(self, asked: Mapping[str, Any]) -> list[str]:
        """Where the raw settings `asked` set a daemon-owned value that is not ours, one line each."""
        theirs = validate(merge(self.model_dump(), asked))
        mine, other = _leaves(self.model_dump(mode="json")), _leaves(theirs.model_dump(mode="json"))
        return [
            f"{key}: the daemon has {mine[key]!r}, this call asks for {other[key]!r}"
            for key in mine
            # Whether to use a daemon at all is for each client to say.
            if key.split(".")[0] in DAEMON_OWNED and key != "daemon.enabled" and mine[key] != other[key]
        ]

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
    return validate(merge(from_file(paths.config), from_environ(), argument or {}))


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
    where = ".".join(location)
    if problem["type"] != "extra_forbidden":
        return f"setting {where}: {problem['msg']}"
    model: type[BaseModel] = Settings
    for part in location[:-1]:
        model = model.model_fields[part].annotation  # type: ignore[assignment]
    near = difflib.get_close_matches(location[-1], model.model_fields, n=1, cutoff=0.5)
    valid = (
        f"did you mean {'.'.join([*location[:-1], near[0]])}?"
        if near
        else f"valid: {', '.join(model.model_fields)}"
    )
    return f"setting {where} is unknown; {valid}"


def _leaves(nested: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in nested.items():
        if isinstance(value, Mapping):
            flat |= _leaves(value, f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat
