"""mem0's classes as they are while ACE is off: mem0's in everything, and on top

- a dict is a config, from which ACE's keys are taken out, and may name our providers (`_providers`);
- `search` and `get_all` also know the words of mem0 1.x (`_mem0_v1_names`);
- with `privacy.always_sanitize`, mem0 gets words without secrets;
- where there is no key for OpenAI, mem0's error also says how to do without.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from mem0.memory import main as mem0

from memorus_proto.errors import ConfigError

from . import _choose
from ._choose import is_true, settings_of, wants_ace
from ._mem0_v1_names import modern
from ._providers import Config, names_ours, offered

__all__ = ["AsyncMemory", "Memory"]

_OURS = ("ace_enabled", "curator", "daemon", "decay", "integration", "privacy", "reflector", "retrieval")
"""Settings of ACE, which mem0 is not shown."""

_OFFLINE = 'To run without a key and without a network: Memory({"ace_enabled": True})'


class _Both:
    """What the two classes have in common."""

    _redactor: Any = None

    def _begin(self, start: Callable[..., None], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Run `start`, mem0's own `__init__`."""
        config = args[0] if args else kwargs.get("config")
        _refuse_ace(type(self), config)
        if config is None and len(args) + len(kwargs) == 1:
            args, kwargs = (), {}  # mem0 has a default config, and None is not it
        elif isinstance(config, dict):
            checked = _checked(_theirs(config))
            args, kwargs = ((checked, *args[1:]), kwargs) if args else ((), {**kwargs, "config": checked})
        try:
            with offered(args[0] if args else kwargs.get("config")):
                start(*args, **kwargs)
        except Exception as error:
            if "OPENAI_API_KEY" in str(error):
                error.args = (f"{error}\n{_OFFLINE}", *error.args[1:])
            raise
        self._guard(config)

    @classmethod
    def from_config(cls, config_dict: dict[str, Any]) -> Any:
        """A memory with the given config."""
        _refuse_ace(cls, config_dict)
        theirs = _theirs(config_dict) if isinstance(config_dict, dict) else config_dict
        make: Callable[[Any], Any] = super().from_config  # type: ignore[misc]
        memory = cls(Config(**theirs)) if names_ours(theirs) else make(theirs)  # type: ignore[call-arg]
        memory._guard(config_dict)
        return memory

    @property
    def entity_store(self) -> Any:
        """mem0's second collection, made when first used."""
        with offered(getattr(self, "config", None)):
            return super().entity_store  # type: ignore[misc]

    def _guard(self, config: Any) -> None:
        """Have words redacted from now on, if the settings say so."""
        privacy = settings_of(config).get("privacy")
        if isinstance(privacy, dict) and is_true(privacy.get("always_sanitize")):
            from memorusd.ace.privacy import Redactor
            from memorusd.settings.config import validate

            checked = validate({"privacy": privacy}).privacy
            self._redactor = Redactor(checked.custom_patterns, checked.sanitize_paths)

    def _clean(
        self, method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a call without secrets, if they are to be.

        Raises:
            MemorusError: a text cannot be examined. Nothing of the call has reached mem0 then.
        """
        if self._redactor is None:
            return args, kwargs
        from memorusd.ace.privacy.parameters import sanitise

        call = inspect.signature(method).bind(self, *args, **kwargs)
        call.arguments.update(sanitise(call.arguments, self._redactor)[0])
        return call.args[1:], call.kwargs


def _refuse_ace(cls: type, config: Any) -> None:
    """A class that derives from mem0's cannot have ACE."""
    if wants_ace(config):
        client = "AsyncMemory" if issubclass(cls, mem0.AsyncMemory) else "Memory"
        raise ConfigError(
            f"{cls.__name__} derives from mem0's class, but ace_enabled is true",
            remedy=f"derive it from memorus_client.{client} instead",
        )


def _theirs(config: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key not in _OURS}


def _checked(theirs: dict[str, Any]) -> Any:
    return (Config if names_ours(theirs) else mem0.MemoryConfig)(**theirs)


class Memory(_Both, mem0.Memory):  # type: ignore[misc]
    """`mem0.Memory`."""

    @wraps(mem0.Memory.__init__)  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._begin(super().__init__, args, kwargs)

    @wraps(mem0.Memory.add)
    def add(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._clean(mem0.Memory.add, args, kwargs)
        return super().add(*args, **kwargs)

    @wraps(mem0.Memory.update)
    def update(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._clean(mem0.Memory.update, args, kwargs)
        return super().update(*args, **kwargs)

    @wraps(mem0.Memory.search)
    def search(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._clean(mem0.Memory.search, args, modern(kwargs))
        return super().search(*args, **kwargs)

    @wraps(mem0.Memory.get_all)
    def get_all(self, *args: Any, **kwargs: Any) -> Any:
        return super().get_all(*args, **modern(kwargs))


class AsyncMemory(_Both, mem0.AsyncMemory):  # type: ignore[misc]
    """`mem0.AsyncMemory`."""

    @wraps(mem0.AsyncMemory.__init__)  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._begin(super().__init__, args, kwargs)

    @wraps(mem0.AsyncMemory.add)
    async def add(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._clean(mem0.AsyncMemory.add, args, kwargs)
        return await super().add(*args, **kwargs)

    @wraps(mem0.AsyncMemory.update)
    async def update(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._clean(mem0.AsyncMemory.update, args, kwargs)
        return await super().update(*args, **kwargs)

    @wraps(mem0.AsyncMemory.search)
    async def search(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._clean(mem0.AsyncMemory.search, args, modern(kwargs))
        return await super().search(*args, **kwargs)

    @wraps(mem0.AsyncMemory.get_all)
    async def get_all(self, *args: Any, **kwargs: Any) -> Any:
        return await super().get_all(*args, **modern(kwargs))

    @wraps(mem0.AsyncMemory.reset)
    async def reset(self) -> Any:
        with offered(getattr(self, "config", None)):
            return await super().reset()


# `memorus.Memory` is one of mem0's classes to whoever asks with issubclass(), though it is made without them.
mem0.Memory.register(_choose.Memory)
mem0.AsyncMemory.register(_choose.AsyncMemory)
