"""Where each setting comes from, and how one is written into the file: for people who look and mend."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from memorus_proto.atomic_write import replace_file
from memorus_proto.config_layers import from_environ, from_file
from memorus_proto.errors import ConfigError, InvalidRequest
from memorus_proto.paths import Paths

from .config import DAEMON_OWNED, Settings, layered, validate

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["explain", "switch", "unwelcome", "write"]

_SECRET = re.compile(r"(?:key|token|secret|password)$", re.IGNORECASE)
"""Names whose values are never shown, whatever section they stand in."""
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+(?=@)")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def explain(paths: Paths) -> list[dict[str, Any]]:
    """Every setting: `{"key", "value", "source", "from", "daemon"}`.

    `source` is default, file or environment, and `from` the file or the variable; `daemon` tells whether a
    running daemon has to be started anew to see a change. A secret's value is "(set)", never more.

    Raises:
        ConfigError: a setting is unknown or wrong.
    """
    file, environment = from_file(paths.config), from_environ()
    settings = validate(layered(file, environment))
    told = []
    for key, value in _leaves(settings):
        if _has(environment, key):
            source, place = "environment", "MEMORUS_" + "__".join(key).upper()
        elif _has(file, key):
            source, place = "file", str(paths.config)
        else:
            source, place = "default", ""
        told.append(
            {
                "key": ".".join(key),
                "value": _shown(key[-1], value),
                "source": source,
                "from": place,
                "daemon": key[0] in DAEMON_OWNED,
            }
        )
    return told


def unwelcome(paths: Paths) -> list[str]:
    """What is allowed but unwise about the settings, one line each."""
    try:
        found = paths.config.stat()
    except OSError:
        return []
    secret = any(isinstance(v, SecretStr) for k, v in _leaves(validate(from_file(paths.config))))
    if found.st_mode & 0o077 and secret:
        return [f"{paths.config} holds a key and others may read it; run: chmod 600 {paths.config}"]
    return []


def write(paths: Paths, key: str, text: str) -> None:
    """Set `key` to what `text` says, in the file, leaving all else in it as it is.

    Raises:
        ConfigError: there is no such setting, or this is no value for it; then nothing is written.
    """
    names = key.split(".")
    if not all(_BARE.fullmatch(name) for name in names):
        raise InvalidRequest(f"{key!r:.80} is no setting's name; memorusctl config show lists them")
    before = from_file(paths.config)
    chosen = _nested(names, text)
    value = _at(validate(layered(before, chosen)), names)
    if isinstance(value, (BaseModel, Mapping)):
        raise InvalidRequest(f"{key} is a section; name one setting in it: memorusctl config show")
    old = paths.config.read_text(encoding="utf-8") if paths.config.exists() else ""
    new = _with(old, names, _literal(value))
    try:
        read: dict[str, Any] = tomllib.loads(new)
    except ValueError:
        read = {}
    # Whatever the file looked like: it must say this now, and all else that it said before.
    if read != layered(before, _nested(names, _plain(value))):
        raise ConfigError(
            f"{paths.config} is written in a way that cannot be changed here; set {key} in it yourself"
        )
    validate(read)
    _replace(paths.config, new)


def switch(paths: Paths, source: Path | None) -> None:
    """Put the [vector_store] of the TOML file `source` in the place of the file's own; None: leave it out.

    Raises:
        ConfigError: one of the files is written in a way that this cannot be done; then nothing is written.
    """
    old = paths.config.read_text(encoding="utf-8") if paths.config.exists() else ""
    kept, _ = _split(old, "vector_store")
    table = "" if source is None else _split(source.read_text(encoding="utf-8"), "vector_store")[1]
    new = "\n\n".join(part.strip("\n") for part in (kept, table) if part.strip()) + "\n"
    wanted = {name: value for name, value in from_file(paths.config).items() if name != "vector_store"}
    if source is not None:
        wanted["vector_store"] = from_file(source)["vector_store"]
    try:
        read: dict[str, Any] = tomllib.loads(new)
    except ValueError:
        read = {}
    if read != wanted:
        raise ConfigError(
            f"{paths.config} is written in a way that cannot be changed here; "
            "set [vector_store] in it yourself"
        )
    validate(read)
    _replace(paths.config, new)


def _split(text: str, table: str) -> tuple[str, str]:
    """The lines of a TOML text that are not of this table, and those that are."""
    parts: tuple[list[str], list[str]] = ([], [])
    inside = False
    for line in text.split("\n"):
        if header := re.match(r"\s*\[+\s*([A-Za-z0-9_-]+)", line):
            inside = header[1] == table
        parts[inside].append(line)
    return "\n".join(parts[False]), "\n".join(parts[True])


def _leaves(section: BaseModel, above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name in type(section).model_fields:
        value = getattr(section, name)
        if isinstance(value, BaseModel):
            yield from _leaves(value, (*above, name))
        elif isinstance(value, dict) and value:
            yield from (((*above, name, key), one) for key, one in value.items())
        else:
            yield (*above, name), value


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, SecretStr) or (value is not None and _SECRET.search(name)):
        return "(set)"
    if isinstance(value, str):
        return _CREDENTIALS.sub("(set)", value)
    return str(value) if isinstance(value, Path) else value


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value) if isinstance(value, Path) else value


def _literal(value: Any) -> str:
    """In TOML; JSON's strings, numbers and booleans are TOML's."""
    if value is None:
        raise InvalidRequest("a setting cannot be set to nothing; take it out of the file instead")
    return json.dumps(_plain(value), ensure_ascii=False)


def _has(nested: Mapping[str, Any], names: tuple[str, ...]) -> bool:
    level: Any = nested
    for name in names:
        if not isinstance(level, Mapping) or name not in level:
            return False
        level = level[name]
    return True


def _nested(names: list[str], value: Any) -> dict[str, Any]:
    for name in reversed(names):
        value = {name: value}
    return dict(value)


def _at(settings: Settings, names: list[str]) -> Any:
    value: Any = settings
    for name in names:
        value = value[name] if isinstance(value, Mapping) else getattr(value, name)
    return value


def _with(text: str, names: list[str], literal: str) -> str:
    """`text` (TOML) with one value set: its line replaced, or a line added to its table."""
    *table, name = names
    header = f"[{'.'.join(table)}]"
    lines = text.split("\n")
    start = next((i for i, line in enumerate(lines) if line.split("#")[0].strip() == header), None)
    if not table:
        start = -1
    elif start is None:
        kept = f"{text.rstrip()}\n\n" if text.strip() else ""
        return f"{kept}{header}\n{name} = {literal}\n"
    end = next((i for i in range(start + 1, len(lines)) if lines[i].lstrip().startswith("[")), len(lines))
    assignment = re.compile(rf"\s*{re.escape(name)}\s*=")
    for i in range(start + 1, end):
        if assignment.match(lines[i]):
            # What follows a # without any quote after it is no part of a string.
            comment = re.search(r"\s+#[^'\"]*$", lines[i])
            lines[i] = f"{name} = {literal}{comment[0] if comment else ''}"
            return "\n".join(lines)
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    lines.insert(end, f"{name} = {literal}")
    return "\n".join(lines).rstrip("\n") + "\n"


def _replace(path: Path, text: str) -> None:
    """Whole or not at all."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, text)
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror}; make it writable for you") from None
