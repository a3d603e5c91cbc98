"""Whether ACE is on: the one setting that `memorus.Memory` reads before anything else is loaded."""

from __future__ import annotations

from memorus_client._calls import ClientOptions
from memorus_proto.config_layers import from_file, merge

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["is_true", "raw_settings", "wants_ace"]


def raw_settings(config: Any) -> dict[str, Any]:
    """The settings of file, environment and `config`. A config object of mem0's has no settings of ours."""
    options = ClientOptions(config if isinstance(config, dict) else None)
    return merge(from_file(options.paths.config_file), options.settings)


def wants_ace(config: Any) -> bool:
    """Whether a memory with this `config` has ACE. With a config object of mem0's it never has."""
    return (config is None or isinstance(config, dict)) and is_true(raw_settings(config).get("ace_enabled"))


def is_true(value: Any) -> bool:
    """Whether a setting is on, given as a bool or as the text of a variable."""
    return str(value).strip().lower() in ("true", "1", "yes", "on", "t", "y")
