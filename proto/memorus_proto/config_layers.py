"""Collects settings as the user wrote them, from file, environment and argument; the daemon validates them.

A variable `MEMORUS_DAEMON__IDLE_TIMEOUT=60` sets `{"daemon": {"idle_timeout": "60"}}`: two underscores
separate levels. The environment overrides the file, and an argument overrides both.
"""

from __future__ import annotations

import os
import sys

from .errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

__all__ = ["DAEMON_OWNED", "NOT_SETTINGS", "daemon_owned", "from_environ", "from_file", "merge"]

DAEMON_OWNED = ("vector_store", "embedder", "decay", "daemon")
"""Sections that belong to the daemon. All others belong to each call, and no caller gets another one's."""

NOT_SETTINGS = frozenset({"MEMORUS_HOME", "MEMORUS_RUNTIME_DIR", "MEMORUS_OFFLINE"})
"""Variables that are not settings; every other MEMORUS_ variable is one."""

_PREFIX = "MEMORUS_"


def from_environ(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The settings in MEMORUS_ variables, nested; the values are strings.

    Raises:
        ConfigError: one variable sets a section, and another a setting in it.
    """
    nested: dict[str, Any] = {}
    for name, value in (os.environ if environ is None else environ).items():
        if name.startswith(_PREFIX) and name not in NOT_SETTINGS:
            *sections, key = name[len(_PREFIX) :].lower().split("__")
            level = nested
            for section in sections:
                level = level.setdefault(section, {})
                if not isinstance(level, dict):
                    raise ConfigError(
                        f"{name}={value!r} and a shorter variable set the same section", remedy="unset one"
                    )
            level[key] = value
    return nested


def daemon_owned(layer: Mapping[str, Any]) -> dict[str, Any]:
    """The sections of `layer` that belong to the daemon: all that whoever starts it may hand to it."""
    return {name: section for name, section in layer.items() if name in DAEMON_OWNED}


def from_file(path: Path | str) -> dict[str, Any]:
    """The settings in a TOML file; empty if the file does not exist.

    Raises:
        ConfigError: the file cannot be read or is not TOML.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 (the light client has no pathlib)
            content = file.read()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigError(
            f"cannot read {path}: {error.strerror}",
            remedy="make it readable for you, or set MEMORUS_HOME to a directory of yours",
        ) from None
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(content.decode())
    except ValueError as error:
        raise ConfigError(f"{path} is not TOML: {error}", remedy="correct it, or move it away") from None


def merge(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """One dict from several; a later one overrides an earlier one key by key, at every depth."""
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            old = merged.get(key)
            merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged
