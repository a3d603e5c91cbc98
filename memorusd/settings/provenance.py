"""Where the value of each setting comes from, for people who look at their settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from memorus_proto.config_layers import DAEMON_OWNED, from_environ, from_file
from memorus_proto.paths import Paths

from .config import Settings, layered, validate
from .other_spellings import respell

__all__ = ["list_settings", "permission_warnings", "settings_in_force"]

_SECRET_NAME = re.compile(r"(?:key|token|secret|password)$", re.IGNORECASE)
"""Names of settings whose values are never shown, in any section."""
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+(?=@)")
"""User and password in a URL."""
_HIDDEN = "(set)"


def list_settings(paths: Paths) -> list[dict[str, Any]]:
    """Every setting as a call from this process has it: `{"key", "value", "source", "from", "daemon"}`.

    `source` is `default`, `file` or `environment`, and `from` is the file or the variable. `daemon` is true
    for a setting whose change a running daemon takes over only when it is restarted. The value of a secret
    is "(set)".

    Raises:
        ConfigError: a setting is unknown or invalid.
    """
    file, environment = respell(from_file(paths.config)), respell(from_environ())
    settings = []
    for names, value in _leaves(validate(layered(file, environment))):
        if _is_set(environment, names):
            source, place = "environment", "MEMORUS_" + "__".join(names).upper()
        elif _is_set(file, names):
            source, place = "file", str(paths.config)
        else:
            source, place = "default", ""
        settings.append(
            {
                "key": ".".join(names),
                "value": _shown(names[-1], value),
                "source": source,
                "from": place,
                "daemon": names[0] in DAEMON_OWNED,
            }
        )
    return settings


def settings_in_force(base: Settings, call: Settings, requested: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The settings that a call has and that are not their defaults, as `{"key", "value", "of"}`.

    `of` is `daemon` for what the daemon decides, `caller` for what came with the call (`requested`), and
    `file` for the rest. The value of a secret is "(set)".
    """
    defaults = dict(_leaves(Settings()))
    requested = respell(requested)
    found = []
    for names, value in _leaves(call.model_copy(update={name: getattr(base, name) for name in DAEMON_OWNED})):
        if names not in defaults or defaults[names] != value:
            caller = "caller" if _is_set(requested, names) else "file"
            of = "daemon" if names[0] in DAEMON_OWNED else caller
            found.append({"key": ".".join(names), "value": _shown(names[-1], value), "of": of})
    return found


def permission_warnings(paths: Paths) -> list[str]:
    """One line if other users may read a settings file that holds a key.

    Raises:
        ConfigError: a setting in the file is unknown or invalid.
    """
    try:
        mode = paths.config.stat().st_mode
    except OSError:
        return []
    values = (value for _, value in _leaves(validate(layered(from_file(paths.config)))))
    if mode & 0o077 and any(isinstance(value, SecretStr) for value in values):
        return [f"{paths.config} holds a key and others may read it; run: chmod 600 {paths.config}"]
    return []


def _leaves(section: BaseModel, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(names from the root, value) of every setting; each entry of a dict is a setting of its own."""
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from _leaves(value, (*above, name))
        elif isinstance(value, dict) and value:
            yield from (((*above, name, key), entry) for key, entry in value.items())
        else:
            yield (*above, name), value


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, SecretStr) or (value is not None and _SECRET_NAME.search(name)):
        return _HIDDEN
    if isinstance(value, str):
        return _CREDENTIALS.sub(_HIDDEN, value)
    return str(value) if isinstance(value, Path) else value


def _is_set(layer: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    level: Any = layer
    for name in names:
        if not isinstance(level, Mapping) or name not in level:
            return False
        level = level[name]
    return True
