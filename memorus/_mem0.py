"""mem0's memory with our additions, which `memorus.Memory` is while ACE is off.

It does what mem0's does, and besides:

- a config may be a dict that has settings of ACE, which mem0 does not see, or names our providers;
- `search` and `get_all` also take the arguments of mem0 1.x (`_mem0_v1_names`);
- with `privacy.always_sanitize`, secrets are redacted before mem0 gets a text;
- if there is no key for OpenAI, mem0's error also says how to do without.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from mem0.memory import main as mem0

from memorus_proto.errors import ConfigError

from ._ace_setting import is_true, raw_settings, wants_ace
from ._mem0_v1_names import to_v2
from ._providers import ExtendedMem0Config, names_our_provider, our_providers

__all__ = ["CLASSES", "AsyncMemory", "Memory"]

_ACE_SETTINGS = (
    "ace_enabled",
    "curator",
    "daemon",
    "decay",
    "integration",
    "privacy",
    "reflector",
    "retrieval",
)
"""Settings that mem0 does not see."""

_OFFLINE_HINT = 'To run without a key and without a network: Memory({"ace_enabled": True})'


class _Additions:
    """What both classes add."""

    _redactor: Any = None

    def _initialise(self, start: Callable[..., None], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Call `start`, mem0's `__init__`, with a config that mem0 understands."""
        config = args[0] if args else kwargs.get("config")
        _refuse_ace(type(self), config)
        if config is None and len(args) + len(kwargs) == 1:
            args, kwargs = (), {}  # mem0 does not take None for its default config
        elif isinstance(config, dict):
            checked = _mem0_config(config)
            args, kwargs = ((checked, *args[1:]), kwargs) if args else ((), {**kwargs, "config": checked})
        try:
            with our_providers(args[0] if args else kwargs.get("config")):
                start(*args, **kwargs)
        except Exception as error:
            if "OPENAI_API_KEY" in str(error):
                error.args = (f"{error}\n{_OFFLINE_HINT}", *error.args[1:])
            raise
        self._set_redactor(config)

    @classmethod
    def from_config(cls, config_dict: dict[str, Any]) -> Any:
        """A memory with the given config."""
        _refuse_ace(cls, config_dict)
        if names_our_provider(config_dict):
            memory = cls(_mem0_config(config_dict))  # type: ignore[call-arg]
        else:
            settings = _without_ace(config_dict) if isinstance(config_dict, dict) else config_dict
            memory = super().from_config(settings)  # type: ignore[misc]
        memory._set_redactor(config_dict)
        return memory

    @property
    def entity_store(self) -> Any:
        """mem0's collection of entities, made when it is first used."""
        with our_providers(getattr(self, "config", None)):
            return super().entity_store  # type: ignore[misc]

    def _set_redactor(self, config: Any) -> None:
        """Redact texts from now on, if `privacy.always_sanitize` is set."""
        privacy = raw_settings(config).get("privacy")
        if isinstance(privacy, dict) and is_true(privacy.get("always_sanitize")):
            from memorusd.ace.privacy import Redactor
            from memorusd.settings.config import layered, validate

            checked = validate(layered({"privacy": privacy})).privacy
            self._redactor = Redactor(checked.custom_patterns, checked.sanitize_paths)

    def _redacted(
        self, method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of a call, without secrets if `privacy.always_sanitize` is set.

        Raises:
            MemorusError: a text cannot be examined, so mem0 must not get it.
        """
        if self._redactor is None:
            return args, kwargs
        from memorusd.ace.privacy.parameters import sanitise

        call = inspect.signature(method).bind(self, *args, **kwargs)
        call.arguments.update(sanitise(call.arguments, self._redactor)[0])
        return call.args[1:], call.kwargs


def _refuse_ace(cls: type, config: Any) -> None:
    """Raise ConfigError if `config` turns ACE on, which a class that derives from mem0's cannot have."""
    if wants_ace(config):
        client = "AsyncMemory" if issubclass(cls, mem0.AsyncMemory) else "Memory"
        raise ConfigError(
            f"{cls.__name__} derives from mem0's class, but ace_enabled is true",
            remedy=f"derive it from memorus_client.{client} instead",
        )


def _without_ace(config: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key not in _ACE_SETTINGS}


def _mem0_config(config: dict[str, Any]) -> Any:
    """The config as an object of mem0's.

    Raises:
        pydantic.ValidationError: mem0 or one of our providers does not accept it.
    """
    return (ExtendedMem0Config if names_our_provider(config) else mem0.MemoryConfig)(**_without_ace(config))


class Memory(_Additions, mem0.Memory):  # type: ignore[misc]
    """`mem0.Memory` with our additions."""

    @wraps(mem0.Memory.__init__)  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._initialise(super().__init__, args, kwargs)

    @wraps(mem0.Memory.add)
    def add(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._redacted(mem0.Memory.add, args, kwargs)
        return super().add(*args, **kwargs)

    @wraps(mem0.Memory.update)
    def update(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._redacted(mem0.Memory.update, args, kwargs)
        return super().update(*args, **kwargs)

    @wraps(mem0.Memory.search)
    def search(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._redacted(mem0.Memory.search, args, to_v2(kwargs))
        return super().search(*args, **kwargs)

    @wraps(mem0.Memory.get_all)
    def get_all(self, *args: Any, **kwargs: Any) -> Any:
        return super().get_all(*args, **to_v2(kwargs))


class AsyncMemory(_Additions, mem0.AsyncMemory):  # type: ignore[misc]
    """`mem0.AsyncMemory` with our additions."""

    @wraps(mem0.AsyncMemory.__init__)  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._initialise(super().__init__, args, kwargs)

    @wraps(mem0.AsyncMemory.add)
    async def add(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._redacted(mem0.AsyncMemory.add, args, kwargs)
        return await super().add(*args, **kwargs)

    @wraps(mem0.AsyncMemory.update)
    async def update(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._redacted(mem0.AsyncMemory.update, args, kwargs)
        return await super().update(*args, **kwargs)

    @wraps(mem0.AsyncMemory.search)
    async def search(self, *args: Any, **kwargs: Any) -> Any:
        args, kwargs = self._redacted(mem0.AsyncMemory.search, args, to_v2(kwargs))
        return await super().search(*args, **kwargs)

    @wraps(mem0.AsyncMemory.get_all)
    async def get_all(self, *args: Any, **kwargs: Any) -> Any:
        return await super().get_all(*args, **to_v2(kwargs))

    @wraps(mem0.AsyncMemory.reset)
    async def reset(self) -> Any:
        with our_providers(getattr(self, "config", None)):
            return await super().reset()


CLASSES: dict[str, tuple[Any, Any]] = {
    "AsyncMemory": (AsyncMemory, mem0.AsyncMemory),
    "Memory": (Memory, mem0.Memory),
}
"""By name: the class here, and the class of mem0 that it derives from."""
