"""Writes settings into config.toml, and leaves comments and everything else in the file as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import BaseModel, SecretStr
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from memorus_proto.atomic_write import replace_file
from memorus_proto.config_layers import from_file
from memorus_proto.errors import ConfigError, InvalidRequest
from memorus_proto.paths import Paths

from .config import Settings, layered, validate
from .other_spellings import respell

__all__ = ["write_setting", "write_vector_store"]

_NAME = re.compile(r"[A-Za-z0-9_-]+")


def write_setting(paths: Paths, key: str, text: str) -> None:
    """Set `key` (`section.name`) to the value that `text` stands for.

    Raises:
        InvalidRequest: `key` does not name a single setting, or the value cannot be written.
        ConfigError: the setting is unknown, the value is invalid, or the file cannot be changed.
            The file is unchanged in all these cases.
    """
    names = key.split(".")
    if not all(_NAME.fullmatch(name) for name in names):
        raise InvalidRequest(
            f"{key!r:.80} is not the name of a setting", remedy="memorusctl config show lists them"
        )
    before = from_file(paths.config)
    if respell(given := _nested(names, text)) != given:
        raise InvalidRequest(
            f"{key} is another spelling", remedy="memorusctl config show lists the names that can be set"
        )
    value = _value(validate(layered(before, given)), names)
    if isinstance(value, (BaseModel, Mapping)):
        raise InvalidRequest(
            f"{key} is a section", remedy="name one setting in it; memorusctl config show lists them"
        )
    if value is None:
        raise InvalidRequest(
            f"{key} cannot be set to nothing", remedy=f"remove it from {paths.config} instead"
        )
    document = _parse(paths.config)
    *sections, name = names
    table: Any = document
    for depth, section in enumerate(sections, start=1):
        if section not in table:
            table[section] = tomlkit.table(is_super_table=depth < len(sections))
        table = table[section]
        if isinstance(table, InlineTable):
            raise _cannot_edit(paths.config, key)
    table[name] = _plain(value)
    _save(paths.config, document, layered(before, _nested(names, _plain(value))), key)


def write_vector_store(paths: Paths, source: Path | None) -> None:
    """Replace [vector_store] by that of the TOML file `source`, or remove it if `source` is None.

    Raises:
        ConfigError: one of the files is not TOML, or cannot be read, changed or written. The file is
            unchanged then.
    """
    expected = {**from_file(paths.config)}
    document = _parse(paths.config)
    for settings in (expected, document):
        settings.pop("vector_store", None)
    if source is not None:
        expected["vector_store"] = from_file(source)["vector_store"]
        document["vector_store"] = _parse(source)["vector_store"]
    _save(paths.config, document, expected, "[vector_store]")


def _parse(path: Path) -> tomlkit.TOMLDocument:
    return tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else "")


def _save(path: Path, document: tomlkit.TOMLDocument, expected: Mapping[str, Any], key: str) -> None:
    """Write the file, if it then says what is expected."""
    text = tomlkit.dumps(document)
    try:
        written = tomlkit.parse(text).unwrap()
    except TOMLKitError:
        written = {}
    if written != expected:
        raise _cannot_edit(path, key)
    validate(layered(written))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(path, text)
    except OSError as error:
        raise ConfigError(
            f"cannot write {path}: {error.strerror}", remedy="make it writable for you"
        ) from None


def _cannot_edit(path: Path, key: str) -> ConfigError:
    return ConfigError(
        f"{path} is written in a form that cannot be edited here", remedy=f"set {key} in it yourself"
    )


def _nested(names: list[str], value: Any) -> dict[str, Any]:
    for name in reversed(names):
        value = {name: value}
    return dict(value)


def _value(settings: Settings, names: list[str]) -> Any:
    value: Any = settings
    for name in names:
        value = value[name] if isinstance(value, Mapping) else getattr(value, name)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value) if isinstance(value, Path) else value
