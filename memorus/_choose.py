"""ACE on: our client. ACE off: mem0's own class, with what `_mem0` adds to it.

Only the config that a memory is made with says which, and importing mem0 takes seconds that a client must
not pay for. So `Memory` and `AsyncMemory` have no instances of their own: calling one chooses a class,
deriving from one derives from mem0's class, and the attributes of one are those of mem0's class.
"""

from __future__ import annotations

import os
import sys
from abc import ABCMeta

from memorus_client._calls import ClientOptions
from memorus_proto.config_layers import from_file, merge

TYPE_CHECKING = False
if TYPE_CHECKING:
    import inspect
    from typing import Any

__all__ = ["AsyncMemory", "Memory", "is_true", "settings_of", "wants_ace"]


class Chooser(ABCMeta):
    """The type of the two names."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any) -> Any:
        if not any(isinstance(base, Chooser) for base in bases):
            return super().__new__(mcls, name, bases, namespace, **kwargs)
        real = tuple(_mem0s(base) if isinstance(base, Chooser) else base for base in bases)
        return type(real[0])(name, real, namespace, **kwargs)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        config = args[0] if args else kwargs.get("config")
        return (_client(cls) if wants_ace(config) else _mem0s(cls))(*args, **kwargs)

    def from_config(cls, config_dict: dict[str, Any]) -> Any:
        """A memory with the given config."""
        return (_client(cls) if wants_ace(config_dict) else _mem0s(cls)).from_config(config_dict)

    def __getattr__(cls, name: str) -> Any:
        return getattr(_mem0s(cls), name)

    def __dir__(cls) -> list[str]:
        return dir(_mem0s(cls))

    @property
    def __signature__(cls) -> inspect.Signature:
        import inspect

        return inspect.signature(_mem0s(cls))


class Memory(metaclass=Chooser):
    """Makes a `memorus_client.Memory` if `config["ace_enabled"]` is true, else `mem0.Memory`."""

    __module__ = "memorus"


class AsyncMemory(metaclass=Chooser):
    """Makes a `memorus_client.AsyncMemory` if `config["ace_enabled"]` is true, else `mem0.AsyncMemory`."""

    __module__ = "memorus"


def settings_of(config: Any) -> dict[str, Any]:
    """Settings of file, environment and argument. A config object of mem0's own holds none of ours."""
    options = ClientOptions(config if isinstance(config, dict) else None)
    return merge(from_file(options.paths.config_file), options.settings)


def wants_ace(config: Any) -> bool:
    """Whether a memory made with `config` is to have ACE; never with a config object of mem0's own."""
    return (config is None or isinstance(config, dict)) and is_true(settings_of(config).get("ace_enabled"))


def is_true(value: Any) -> bool:
    """Whether a setting is on, as a bool or as the environment's text."""
    return str(value).strip().lower() in ("true", "1", "yes", "on", "t", "y")


def _client(cls: Chooser) -> Any:
    """The client of ACE that stands for `cls`; isinstance() agrees."""
    import memorus_client

    client = getattr(memorus_client, cls.__name__)
    cls.register(client)
    return client


def _mem0s(cls: Chooser) -> Any:
    """The class of mem0 that stands for `cls`, with what we add to it; isinstance() agrees."""
    if "MEM0_TELEMETRY" not in os.environ:
        # mem0 reads this when it is imported: its telemetry and its notices are off unless the user says so.
        os.environ["MEM0_TELEMETRY"] = "False"
        for name in ("mem0.memory.telemetry", "mem0.memory.main"):
            if name in sys.modules:
                sys.modules[name].MEM0_TELEMETRY = False  # type: ignore[attr-defined]
    from . import _mem0

    real = getattr(_mem0, cls.__name__)
    cls.register(real)
    return real
