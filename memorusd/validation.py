"""Makes a typed request of every call's parameters: the one gate for all transports."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from memorus_proto.errors import InvalidRequest

from .parameter_checks import CHECKS, Check
from .requests import REQUESTS, Request, parameters

__all__ = ["nearest", "validate_params"]


def validate_params(method: str, params: Mapping[str, object]) -> Request:
    """The request that `params` make, an instance of `REQUESTS[method]`.

    Raises:
        InvalidRequest: the method or a parameter is unknown, a parameter is missing, or a value is bad.
    """
    schema = _SCHEMAS.get(method)
    if schema is None:
        raise InvalidRequest(f"method {method!r:.80} is unknown", remedy=nearest(method, REQUESTS))
    for name in params:
        if name not in schema.checks:
            raise InvalidRequest(
                f"{method} has no parameter {name!r:.80}", remedy=nearest(name, schema.checks)
            )
    for name in schema.required:
        if params.get(name) is None:
            raise InvalidRequest(f"{method} needs {name}")
    checks = schema.checks
    return schema.request(
        **{name: checks[name](name, value) for name, value in params.items() if value is not None}
    )


class _Schema(NamedTuple):
    request: type[Request]
    checks: dict[str, Check]
    required: tuple[str, ...]


def _schema(request: type[Request]) -> _Schema:
    kinds = parameters(request)
    return _Schema(
        request,
        {name: CHECKS[kind.rstrip("?")] for name, kind in kinds.items()},
        tuple(name for name, kind in kinds.items() if not kind.endswith("?")),
    )


_SCHEMAS = {method: _schema(request) for method, request in REQUESTS.items()}


def nearest(name: object, valid: Iterable[str]) -> str:
    """The remedy for an unknown name: the valid one that is most like it, or all of them."""
    names = list(valid)
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    return f"did you mean {near[0]}?" if near else f"valid: {', '.join(names) or 'none'}"
