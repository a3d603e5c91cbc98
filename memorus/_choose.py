"""ACE on: our client. ACE off: mem0's own class, with what `_mem0` adds to it.

Only the config that a memory is made with says which. A client must not pay for importing mem0 (seconds),
and with ACE off nothing less than a subclass of mem0's class is like mem0's class. So `Memory` and
`AsyncMemory` begin without mem0, and get its class as their base when that first matters: one is made
without ACE, or an attribute of the class is asked for.
"""

from __future__ import annotations

import os
import sys
from abc import ABCMeta

from memorus_client._calls import Options
from memorus_proto.config_layers import from_file, merge
from memorus_proto.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import inspect
    from typing import Any

    Later: Any
else:

    class Later:
        """Stands where mem0's class will be the base. (Python does not let `object` be replaced.)"""


__all__ = ["AsyncMemory", "Memory", "is_true", "public", "settings_of", "wants_ace"]


class Face(ABCMeta):
    """The type of the two classes: chooses when one is called."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        config = args[0] if args else kwargs.get("config")
        if cls in (Memory, AsyncMemory) and wants_ace(config):
            return _client(cls)(*args, **kwargs)
        _become_mem0s(cls)
        return super().__call__(*args, **kwargs)

    def __getattribute__(cls, name: str) -> Any:
        if name in ("__init__", "__mro__", "__new__"):  # every class has these, but not mem0's
            _become_mem0s(cls)
        return super().__getattribute__(name)

    def __getattr__(cls, name: str) -> Any:
        if _become_mem0s(cls):
            return getattr(cls, name)
        raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")

    def __dir__(cls) -> list[str]:
        _become_mem0s(cls)
        return list(super().__dir__())

    @property
    def __signature__(cls) -> inspect.Signature:
        import inspect

        _become_mem0s(cls)
        made = inspect.signature(cls.__init__)  # type: ignore[misc]
        return made.replace(parameters=list(made.parameters.values())[1:])


class Memory(Later, metaclass=Face):  # type: ignore[misc]
    """Makes a `memorus_client.Memory` when `config["ace_enabled"]` is true; else it is `mem0.Memory`."""

    __module__ = "memorus"

    @classmethod
    def from_config(cls, config_dict: dict[str, Any]) -> Any:
        """The same as `Memory(config_dict)`."""
        if wants_ace(config_dict):
            return _client(cls)(config_dict)
        _become_mem0s(cls)
        return super().from_config(config_dict)


class AsyncMemory(Later, metaclass=Face):  # type: ignore[misc]
    """Makes a `memorus_client.AsyncMemory` when `config["ace_enabled"]` is true; else `mem0.AsyncMemory`."""

    __module__ = "memorus"

    @classmethod
    def from_config(cls, config_dict: dict[str, Any]) -> Any:
        """The same as `AsyncMemory(config_dict)`."""
        if wants_ace(config_dict):
            return _client(cls)(config_dict)
        _become_mem0s(cls)
        return super().from_config(config_dict)


def public(name: str) -> type:
    """`Memory` or `AsyncMemory`. Where mem0 is loaded already there is nothing to put off."""
    cls: type = globals()[name]
    if "mem0.memory.main" in sys.modules:
        _become_mem0s(cls)
    return cls


def settings_of(config: Any) -> dict[str, Any]:
    """Settings of file, environment and argument. A config object of mem0's own holds none of ours."""
    options = Options(config if isinstance(config, dict) else None)
    return merge(from_file(options.paths.config_file), options.asked)


def wants_ace(config: Any) -> bool:
    """Whether a memory made with `config` is to have ACE; never with a config object of mem0's own."""
    return (config is None or isinstance(config, dict)) and is_true(settings_of(config).get("ace_enabled"))


def is_true(value: Any) -> bool:
    """Whether a setting is on, as a bool or as the environment's text."""
    return str(value).strip().lower() in ("true", "1", "yes", "on", "t", "y")


def _client(cls: Face) -> Any:
    """The client of ACE that stands for `cls`; isinstance() agrees."""
    if cls not in (Memory, AsyncMemory):
        raise ConfigError(
            f"{cls.__name__} derives from mem0's class, but ace_enabled is true; "
            f"derive it from memorus_client.{_face_of(cls).__name__} instead"
        )
    import memorus_client

    client = getattr(memorus_client, cls.__name__)
    cls.register(client)
    return client


def _face_of(cls: type) -> type:
    return Memory if issubclass(cls, Memory) else AsyncMemory


def _become_mem0s(cls: type) -> bool:
    """Put mem0's class under the one of ours that `cls` is or derives from. False if it was there already."""
    if Later not in type.__getattribute__(cls, "__mro__"):
        return False
    if "MEM0_TELEMETRY" not in os.environ:
        # mem0 reads this when it is imported: its telemetry and its notices are off unless the user says so.
        os.environ["MEM0_TELEMETRY"] = "False"
        for name in ("mem0.memory.telemetry", "mem0.memory.main"):
            if name in sys.modules:
                sys.modules[name].MEM0_TELEMETRY = False  # type: ignore[attr-defined]
    from . import _mem0

    face = _face_of(cls)
    face.__bases__ = (getattr(_mem0, face.__name__),)
    return True
