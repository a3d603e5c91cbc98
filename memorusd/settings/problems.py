"""Says in plain words what pydantic found wrong with a setting, and what to do about it."""

from __future__ import annotations

import difflib
from typing import Any

from pydantic import BaseModel

from memorus_proto.errors import ConfigError

from .provider_settings import EmbedderSettings

__all__ = ["describe_problem"]

_LEAVE_OUT = "leave it out, or set ace_enabled to false"
_NO_USE = ("is mem0's, and has no use with ACE on", _LEAVE_OUT)
_OF_MEM0 = {
    "graph_store": ("is of mem0 1.x: mem0 2.x has no graph stores any more, nor has Memorus", "leave it out"),
    "history_db_path": _NO_USE,
    "version": _NO_USE,
    "reranker": _NO_USE,
    "custom_instructions": _NO_USE,
    "custom_fact_extraction_prompt": _NO_USE,
    "custom_update_memory_prompt": _NO_USE,
}
"""Settings of mem0 that are errors: (what is wrong, what to do)."""


def describe_problem(problem: dict[str, Any], settings: type[BaseModel]) -> ConfigError:
    """The error for one entry of `ValidationError.errors()`, with its remedy. It never shows a value."""
    location = [str(part) for part in problem["loc"]]
    if location[:1] == ["embedder"] and location[1:2] and location[1] in ("onnx", "mem0"):
        del location[1]  # pydantic's name for the kind of embedder
    name = ".".join(location)
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, ConfigError):
        return cause
    if name in _OF_MEM0:
        message, remedy = _OF_MEM0[name]
        return ConfigError(f"setting {name} {message}", remedy=remedy)
    if problem["type"] != "extra_forbidden":
        return ConfigError(f"setting {name}: {problem['msg']}", remedy="correct its value")
    return ConfigError(f"setting {name} is unknown", remedy=_nearest(location, settings))


def _nearest(location: list[str], settings: type[BaseModel]) -> str:
    *sections, name = location
    model = settings
    for section in sections:
        annotation = model.model_fields[section].annotation
        model = EmbedderSettings if section == "embedder" else annotation  # type: ignore[assignment]
    near = difflib.get_close_matches(name, model.model_fields, n=1, cutoff=0.5)
    if near:
        return f"did you mean {'.'.join([*sections, near[0]])}?"
    return f"use one of {', '.join(model.model_fields)}"
