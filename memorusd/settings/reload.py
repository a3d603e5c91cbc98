"""What SIGHUP reloads: everything but the sections that the running engine was built from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memorus_proto.paths import Paths

from .config import Settings, load_base

__all__ = ["reload_settings"]

_FIXED = ("vector_store", "embedder", "decay")


def reload_settings(
    paths: Paths, argument: Mapping[str, Any], running: Settings
) -> tuple[Settings, list[str]]:
    """(the settings to use from now on, a warning for each changed section that needs a restart).

    Raises:
        ConfigError: a setting is unknown or invalid.
    """
    wanted = load_base(paths, argument)
    changed = [name for name in _FIXED if getattr(wanted, name) != getattr(running, name)]
    warnings = [
        f"the {name}'s settings changed; that takes effect when the daemon is restarted" for name in changed
    ]
    return wanted.model_copy(update={name: getattr(running, name) for name in changed}), warnings
