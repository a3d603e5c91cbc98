"""The request classes against the method table, the service and the client: a method is defined once."""

from __future__ import annotations

import ast
import inspect
from dataclasses import FrozenInstanceError
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

import memorus_client
from memorus_proto.errors import InvalidRequest
from memorus_proto.methods import METHODS
from memorusd import service
from memorusd.requests import REQUESTS, Request, SearchRequest, parameters
from memorusd.validation import validate_params

SAMPLES: dict[str, Any] = {
    "bool": True,
    "cursor": "c",
    "entries": [{"memory": "x"}],
    "filters": {"a": 1},
    "id": "m",
    "keep": "both",
    "limit": 5,
    "messages": "x",
    "metadata": {"a": 1},
    "owner": "ann",
    "query": "x",
    "request_id": "r",
    "scope": "global",
    "seconds": 1.5,
    "section": "general",
    "seq": 3,
    "settings": {},
    "tags": ["t"],
    "text": "x",
    "threshold": 0.5,
    "time": "2026-01-31T12:00:00Z",
    "type": "method",
}
"""A value of each type of the wire."""


def client_calls() -> dict[str, list[set[str]]]:
    """The names of the arguments of every call of a method in the client's source, by method."""
    calls: dict[str, list[set[str]]] = {}
    for file in Path(memorus_client.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(args=[ast.Constant(value=str(method)), *_], keywords=keywords):
                    if method.startswith("memory."):
                        calls.setdefault(method, []).append({str(k.arg) for k in keywords})
    return calls


def test_every_method_has_its_request() -> None:
    assert set(REQUESTS) == set(METHODS)


@pytest.mark.parametrize("method", METHODS)
def test_what_mutates_carries_a_request_id(method: str) -> None:
    assert ("request_id" in parameters(REQUESTS[method])) == METHODS[method].mutates


@pytest.mark.parametrize("method", METHODS)
def test_validation_makes_the_request(method: str) -> None:
    kinds = parameters(REQUESTS[method])
    required = {name: SAMPLES[kind] for name, kind in kinds.items() if not kind.endswith("?")}
    every = {name: SAMPLES[kind.rstrip("?")] for name, kind in kinds.items()}
    least, most = validate_params(method, required), validate_params(method, every)
    assert type(least) is type(most) is REQUESTS[method]
    assert all(getattr(least, name) is None for name in kinds if name not in required)
    assert all(getattr(most, name) is not None for name in kinds)
    for name in required:
        with pytest.raises(InvalidRequest, match=f"{method} needs {name}"):
            validate_params(method, {**required, name: None})


def test_values_are_those_to_work_with() -> None:
    request = validate_params(
        "memory.search", {"query": " x ", "user_id": 7, "asked_at": "2026-01-31T12:00:00"}
    )
    assert isinstance(request, SearchRequest)
    assert (request.query, request.user_id) == ("x", "7")
    assert request.asked_at == datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
    with pytest.raises(FrozenInstanceError):
        request.query = "y"  # type: ignore[misc]


def test_the_service_answers_every_request() -> None:
    tree = ast.parse(inspect.getsource(service))
    patterns = [node.cls for node in ast.walk(tree) if isinstance(node, ast.MatchClass)]
    answered = [pattern.attr for pattern in patterns if isinstance(pattern, ast.Attribute)]
    assert sorted(answered) == sorted(cls.__name__ for cls in REQUESTS.values() if cls is not Request)


def test_the_client_calls_every_method_with_its_parameters() -> None:
    calls = client_calls()
    assert set(calls) == {name for name in METHODS if name.startswith("memory.")}
    for method, all_names in calls.items():
        kinds = parameters(REQUESTS[method])
        required = {name for name, kind in kinds.items() if not kind.endswith("?")}
        for names in all_names:
            assert required <= names <= set(kinds), method
