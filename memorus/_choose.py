"""Chooses what `memorus.Memory` makes: with ACE our client, without it mem0's memory with our additions.

The choice depends on the config that a memory is made with, and importing mem0 takes seconds that a client
must not pay for. So `Memory` and `AsyncMemory` have no instances of their own. Calling one chooses a class,
deriving from one derives from mem0's class, and the attributes of one are those of mem0's class.
"""

from __future__ import annotations

import os
import sys
from abc import ABCMeta

from ._ace_setting import wants_ace

TYPE_CHECKING = False
if TYPE_CHECKING:
    import inspect
    from typing import Any

__all__ = ["AsyncMemory", "Memory", "public_class"]


class Chooser(ABCMeta):
    """The type of the two classes. It registers what it chooses, so that isinstance() holds for it."""

    def __new__(mcls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **kwargs: Any) -> Any:
        if not any(isinstance(base, Chooser) for base in bases):
            return super().__new__(mcls, name, bases, namespace, **kwargs)
        chosen = tuple(_mem0_class(base) if isinstance(base, Chooser) else base for base in bases)
        return type(chosen[0])(name, chosen, namespace, **kwargs)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return _class_for(cls, args[0] if args else kwargs.get("config"))(*args, **kwargs)

    def from_config(cls, config_dict: dict[str, Any]) -> Any:
        """A memory with the given config."""
        return _class_for(cls, config_dict).from_config(config_dict)

    def __getattr__(cls, name: str) -> Any:
        return getattr(_mem0_class(cls), name)

    def __dir__(cls) -> list[str]:
        return dir(_mem0_class(cls))

    @property
    def __signature__(cls) -> inspect.Signature:
        import inspect

        return inspect.signature(_mem0_class(cls))


class Memory(metaclass=Chooser):
    """Makes a `memorus_client.Memory` if `config["ace_enabled"]` is true, else a `mem0.Memory`."""

    __module__ = "memorus"


class AsyncMemory(metaclass=Chooser):
    """Makes a `memorus_client.AsyncMemory` if `config["ace_enabled"]` is true, else a `mem0.AsyncMemory`."""

    __module__ = "memorus"


def public_class(name: str) -> type:
    """`Memory` or `AsyncMemory`; a subclass of mem0's, as issubclass() tells, if mem0 is loaded already."""
    cls: Chooser = globals()[name]
    if "mem0.memory.main" in sys.modules:
        _mem0_class(cls)
    return cls


def _class_for(cls: Chooser, config: Any) -> Any:
    if not wants_ace(config):
        return _mem0_class(cls)
    import memorus_client

    client = getattr(memorus_client, cls.__name__)
    cls.register(client)
    return client


def _mem0_class(cls: Chooser) -> Any:
    """mem0's class with our additions. Loads mem0."""
    if "MEM0_TELEMETRY" not in os.environ:
        # mem0 reads this when it is imported. Its telemetry and notices are off, unless the user wants them.
        os.environ["MEM0_TELEMETRY"] = "False"
        for name in ("mem0.memory.telemetry", "mem0.memory.main"):
            if name in sys.modules:
                sys.modules[name].MEM0_TELEMETRY = False  # type: ignore[attr-defined]
    from ._mem0 import CLASSES

    ours, mem0s = CLASSES[cls.__name__]
    cls.register(ours)
    mem0s.register(cls)
    return ours
