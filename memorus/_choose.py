"""ACE on: our client. ACE off: mem0's own class, as it is, or behind the Redactor if the config says so."""

from __future__ import annotations

import os
from typing import Any

from memorus_client._calls import Options
from memorus_proto.settings import from_file, merge

__all__ = ["AsyncMemory", "Memory"]


_OURS = ("ace_enabled", "curator", "daemon", "decay", "integration", "privacy", "reflector", "retrieval")
"""Settings of ACE, which mem0 is not shown."""


def _make(name: str, config: Any) -> Any:
    """The client or mem0 class called `name`, made with `config`."""
    # What is not a dict is one of mem0's own config objects; the file and the environment still count.
    settings = _settings(config if isinstance(config, dict) else None)
    if _true(settings.get("ace_enabled")) and (config is None or isinstance(config, dict)):
        import memorus_client

        return getattr(memorus_client, name)(config)
    # mem0 reads this at import; its telemetry is off unless the user has said otherwise.
    os.environ.setdefault("MEM0_TELEMETRY", "False")
    import mem0

    theirs = getattr(mem0, name)
    privacy = settings.get("privacy")
    if isinstance(privacy, dict) and _true(privacy.get("always_sanitize")):
        theirs = _sanitising(theirs, privacy)
    if config is None:
        return theirs()
    if not isinstance(config, dict):
        return theirs(config)
    return theirs.from_config({key: value for key, value in config.items() if key not in _OURS})


def _settings(config: dict[str, Any] | None) -> dict[str, Any]:
    options = Options(config)
    return merge(from_file(options.paths.config_file), options.asked)


def _true(value: Any) -> bool:
    return str(value).strip().lower() in ("true", "1", "yes", "on", "t", "y")


def _sanitising(theirs: type, privacy: dict[str, Any]) -> type:
    """mem0's class behind the Redactor: the one thing of ACE that works while ACE is off."""
    from memorusd.ace.privacy import Redactor, sanitising
    from memorusd.config import validate

    checked = validate({"privacy": privacy}).privacy
    return sanitising(theirs, Redactor(checked.custom_patterns, checked.sanitize_paths))


class Memory:
    """Makes a `memorus_client.Memory` when `config["ace_enabled"]` is true, else a `mem0.Memory`."""

    def __new__(cls, config: Any = None) -> Any:
        return _make("Memory", config)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The same as `Memory(config)`."""
        return cls(config)


class AsyncMemory:
    """Makes a `memorus_client.AsyncMemory` when `config["ace_enabled"]` is true, else mem0's."""

    def __new__(cls, config: Any = None) -> Any:
        return _make("AsyncMemory", config)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The same as `AsyncMemory(config)`."""
        return cls(config)
