"""Writes configuration.md from the settings themselves, so that the page cannot be out of date.

    python docs/generate.py

The string under a setting in the source says what it means. A test compares the committed page with this program.
"""

from __future__ import annotations

import ast
import inspect
import json
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from memorusd.knowledge.mem0_providers import EMBEDDERS, VECTOR_STORES
from memorusd.settings.config import Settings

PAGE = Path(__file__).with_name("configuration.md")

HEAD = """\
# Settings

<!-- Generated: run `python docs/generate.py`, and change the strings under the settings instead of this page. -->

You do not have to set anything. Settings come from three places; each overrides those below it:

1. the argument of `Memory` and `AsyncMemory`, for example `Memory({"retrieval": {"max_results": 5}})`
2. environment variables: `MEMORUS_` and the setting's name, with two underscores in place of a dot
3. `config.toml` in the home (`~/.memorus`, or the directory that `MEMORUS_HOME` names)

```console
$ memorusctl config set retrieval.max_results 5
retrieval.max_results = 5
$ MEMORUS_RETRIEVAL__MAX_RESULTS=7 memorusctl config get retrieval.max_results
7
$ memorusctl config check
no problems; settings that differ from their defaults: 1
```

An unknown or invalid setting is an error that names the nearest valid one. It is never ignored. Secrets are shown as
`(set)`; a file that contains one should have mode 0600, and `memorusctl doctor` warns if it does not.

Other spellings are read too: `daemon.idle_timeout_seconds`, a list as `privacy.custom_patterns` (each pattern gets a
name of its own), `embedder.config.model = "all-MiniLM-L6-v2"` for the built-in model, and
`reflector.max_eval_tokens` and `max_distill_tokens`, whose sum is `llm_max_tokens`, because one call does both.

Whose settings count:

| sections | belong to | if two agents differ |
| --- | --- | --- |
| `vector_store`, `embedder` | the daemon: the file, or what the agent that started it had | an error lists the differences; `memorusctl daemon restart` applies a change |
| `decay`, `daemon` | the daemon, likewise | the daemon's count, and `memorusctl status` tells what it does not follow |
| `reflector`, `llm`, `curator`, `retrieval`, `integration` | each call: the file, environment and argument of its agent | each gets its own |
| `privacy` | each call | redacted is what the file *or* the agent asks for |

So nothing that one agent has in its environment or argument applies to another one, and no text goes to another one's
model. A key that is not set as `reflector.llm_api_key` comes from the agent's own environment (`OPENAI_API_KEY`, for
example, and the URL from `OPENAI_BASE_URL`) and travels with the call. The daemon uses no such variables for calls: it
removes them from its environment when it starts, except those of its own embedder and vector store.
`memorusctl status` shows which settings are in force, and whose they are.
"""

VARIABLES = """\
## Other variables

| variable | meaning |
| --- | --- |
| `MEMORUS_HOME` | the directory of the store, settings and logs, instead of `~/.memorus` |
| `MEMORUS_RUNTIME_DIR` | the directory of the socket, mode 0700, instead of `$XDG_RUNTIME_DIR/memorus` or `<home>/run` |
| `MEMORUS_OFFLINE` | `1`: nothing is ever downloaded |
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## Top level\n\n" + "\n".join(_table(Settings))]
    for name, field in Settings.model_fields.items():
        if models := _models(field.annotation):
            parts.append("\n".join([f"## [{name}]\n", *_section(models)]))
    parts += [_providers(), VARIABLES, _defaults()]
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _section(models: list[type[BaseModel]]) -> Iterator[str]:
    for model in models:
        yield f"{inspect.cleandoc(model.__doc__ or '')}\n"
        yield from _table(model)
        yield ""


def _table(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    if not prefix:
        yield "| setting | value | default | meaning |\n| --- | --- | --- | --- |"
    meanings = _strings(model)
    for name, field in model.model_fields.items():
        if not (inner := _models(field.annotation)):
            cells = (f"`{prefix}{name}`", _value(field), _default(field), meanings[name])
            yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
        elif model is not Settings:
            yield from _table(inner[0], f"{prefix}{name}.")


def _strings(model: type[BaseModel]) -> dict[str, str]:
    """The string under each setting, by the name of the setting."""
    (node,) = ast.parse(inspect.cleandoc("\n" + inspect.getsource(model))).body
    assert isinstance(node, ast.ClassDef)
    meanings = {}
    for above, below in zip(node.body, node.body[1:], strict=False):
        if isinstance(above, ast.AnnAssign) and isinstance(above.target, ast.Name):
            match below:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    meanings[above.target.id] = " ".join(text.split())
    return meanings


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The sections that a setting's value may be."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in (Union, types.UnionType, Annotated):
        return [model for part in get_args(annotation) for model in _models(part)]
    return []


def _value(field: FieldInfo) -> str:
    kinds = [_kind(part) for part in _alternatives(field.annotation) if part is not type(None)]
    bounds = {type(bound): bound for bound in field.metadata}
    low, above, high = (
        bounds.get(kind) for kind in (annotated_types.Ge, annotated_types.Gt, annotated_types.Le)
    )
    text = " or ".join(kinds)
    if low is not None or above is not None:
        text += f", from {low.ge:g}" if low is not None else f", above {above.gt:g},"  # type: ignore[union-attr]
    return text.rstrip(",") if high is None else f"{text} to {high.le:g}"


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    names = {bool: "true or false", int: "whole number", float: "number", str: "text", Path: "path"}
    return {**names, SecretStr: "text, secret"}.get(annotation, "table")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    value = field.get_default(call_default_factory=True)
    assert value is not PydanticUndefined
    return "none" if value in (None, {}) else f"`{_toml(value)}`"


def _toml(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) and value == int(value) else json.dumps(value)


def _providers() -> str:
    def names(of: dict[str, str]) -> str:
        return ", ".join(f"`{name}`" for name in of)

    return (
        "## Providers\n\n"
        f"`[vector_store]` can be `sqlite` or one of mem0's: {names(VECTOR_STORES)}.\n\n"
        f"`[embedder]` can be `onnx` or one of mem0's: {names(EMBEDDERS)}.\n\n"
        "mem0's providers need packages of their own; if one is missing, the error names it."
    )


def _defaults() -> str:
    """A settings file that sets every setting to its default."""
    lines = []

    def walk(section: BaseModel, path: str) -> None:
        plain, inner = [], []
        for name in type(section).model_fields:
            value = getattr(section, name)
            if isinstance(value, BaseModel):
                inner.append((f"{path}.{name}".lstrip("."), value))
            elif value not in (None, {}):
                plain.append(f"{name} = {_toml(value)}")
        if plain:
            lines.extend(["", f"[{path}]", *plain] if path else plain)
        for path_of, value in inner:
            walk(value, path_of)

    walk(Settings(), "")
    return "## A file with every default\n\n```toml\n" + "\n".join(lines).strip() + "\n```"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
