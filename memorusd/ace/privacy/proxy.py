"""Privacy for mem0's own classes: what `privacy.always_sanitize` puts in front of them while ACE is off.

    memory = sanitising(mem0.Memory, redactor)(config)
    memory.add("password: hunter2")                     # mem0 gets "password: [REDACTED:password]"

A subclass of the class that is given, sync or async, so it is mem0's in everything else: arguments, results,
exceptions. It knows nothing of mem0 but the names of the parameters that carry words of the caller's.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from .gate import sanitise
from .redactor import Redactor

__all__ = ["sanitising"]

_METHODS = ("add", "update", "search")


def sanitising(theirs: type, redactor: Redactor) -> type:
    """A subclass of `theirs` whose `add`, `update` and `search` see redacted words only.

    A call raises MemorusError, and nothing of it reaches `theirs`, when a text cannot be examined.
    """
    methods = {name: _clean(getattr(theirs, name), redactor) for name in _METHODS if hasattr(theirs, name)}
    return type(theirs.__name__, (theirs,), {"__module__": theirs.__module__, **methods})


def _clean(method: Callable[..., Any], redactor: Redactor) -> Callable[..., Any]:
    signature = inspect.signature(method)

    def bound(args: tuple[Any, ...], kwargs: dict[str, Any]) -> inspect.BoundArguments:
        call = signature.bind(*args, **kwargs)
        call.arguments.update(sanitise(call.arguments, redactor)[0])
        return call

    if inspect.iscoroutinefunction(method):

        @functools.wraps(method)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            call = bound(args, kwargs)
            return await method(*call.args, **call.kwargs)

        return awaited

    @functools.wraps(method)
    def plain(*args: Any, **kwargs: Any) -> Any:
        call = bound(args, kwargs)
        return method(*call.args, **call.kwargs)

    return plain
