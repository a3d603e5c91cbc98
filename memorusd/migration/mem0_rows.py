"""Reads a vector store of mem0's as entries for an import: all rows, with ids, owners, times and metadata.

The store is not changed. Vectors are not imported, because our model makes its own, nor is mem0's history.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from memorus_proto.config_layers import from_file
from memorus_proto.errors import InvalidRequest, MemorusError, NotFound, StoreError
from memorus_proto.paths import Paths

from ..knowledge.bullet import OWNERS
from ..knowledge.mem0_providers import make_vector_store
from ..knowledge.provider_secrets import reveal
from ..knowledge.store.mirror.server_connection import adapter_class, server_error
from ..knowledge.store.sqlite.check import read_snapshot
from ..settings.config import validate
from ..settings.provider_settings import VectorStoreSettings

__all__ = ["read_mem0_store"]

_COLLECTION = "mem0"
"""mem0's default name of a collection."""
_KEPT = (*OWNERS, "role", "actor_id", "created_at", "updated_at")
_DROPPED = ("id", "hash", "text_lemmatized", "attributed_to", "memorus")
_SQLITE = b"SQLite format 3\0"
_APPLICATION_ID = 0x6D656D30  # of a file of the `sqlite` provider

_Rows = Iterator[tuple[str, Mapping[str, Any]]]


def read_mem0_store(location: str) -> list[dict[str, Any]]:
    """An entry for each memory of the store at `location`.

    `location` is a file with mem0's config (JSON or TOML), the directory of an embedded Qdrant, or the file
    of the `sqlite` provider.

    Raises:
        InvalidRequest: it is none of these.
        ConfigError: a setting of the vector store is wrong, or a package is missing.
        NotFound: the collection does not exist, or is empty.
        StoreError: the store cannot be reached or read, or another process uses the directory.
    """
    store = _store_at(Path(location).expanduser())
    entries = [_entry(row, payload) for row, payload in _rows(store)]
    if not entries:
        name = reveal(store.config).get("collection_name", _COLLECTION)
        raise NotFound(
            f"the collection {name} of {location} is empty",
            remedy="check vector_store.config.collection_name",
        )
    return entries


def _store_at(path: Path) -> VectorStoreSettings:
    if path.is_dir():
        if not (path / "meta.json").is_file():
            raise InvalidRequest(
                f"{path} is not the directory of an embedded Qdrant",
                remedy="name that, or a file with mem0's config",
            )
        return _settings({"provider": "qdrant", "config": {"path": str(path)}})
    if not path.exists():
        raise InvalidRequest(
            f"{path} does not exist", remedy="name a file with mem0's config, or the location of its store"
        )
    content = _read(path)
    if content.startswith(_SQLITE):
        return VectorStoreSettings.model_construct(provider="sqlite", config={"path": str(path)})
    config = _parse_config(path, content)
    section = config.get("vector_store", {}) if isinstance(config, dict) else None
    if not isinstance(section, dict):
        raise InvalidRequest(
            f"{path} is not a config of mem0", remedy="give it a vector_store with provider and config"
        )
    return _settings({"provider": section.get("provider", "qdrant"), "config": section.get("config") or {}})


def _read(path: Path) -> bytes:
    """The whole file, or the first bytes of one of SQLite."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_SQLITE))
            return start if start == _SQLITE else start + file.read()
    except OSError as error:
        raise InvalidRequest(
            f"cannot read {path}: {error.strerror}", remedy="make it readable for you"
        ) from None


def _parse_config(path: Path, content: bytes) -> Any:
    if path.suffix == ".toml":
        return from_file(path)
    try:
        return json.loads(content.decode())
    except ValueError:
        raise InvalidRequest(
            f"{path} is not JSON", remedy="give mem0's config as JSON, or as TOML in a .toml file"
        ) from None


def _settings(section: dict[str, Any]) -> VectorStoreSettings:
    if section["provider"] == "sqlite":
        path = section["config"].get("path") or Paths.from_environ().home / "mem0.db"
        config = {**section["config"], "path": str(Path(path).expanduser())}
        return VectorStoreSettings.model_construct(provider="sqlite", config=config)
    return validate({"vector_store": section}).vector_store


def _rows(store: VectorStoreSettings) -> _Rows:
    config = reveal(store.config)
    if store.provider == "sqlite":
        yield from _of_sqlite(Path(config["path"]), config.get("collection_name", _COLLECTION))
        return
    if store.provider == "qdrant":
        _refuse_missing(config)
    kind = adapter_class(store.provider)
    try:
        main, _ = make_vector_store(store.provider, store.config, None, kind.client_settings)
        if store.provider == "pgvector" and main.collection_name not in main.list_cols():
            main.connection_pool.close()
            return
        with closing(kind({"main": main}, 1)) as remote:
            yield from remote.scan()
    except MemorusError:
        raise
    except Exception as error:
        raise server_error(error, store.provider, store.config) from None


def _refuse_missing(config: Mapping[str, Any]) -> None:
    """Raise NotFound for an embedded Qdrant that does not exist, because mem0 would create it."""
    if any(config.get(name) for name in ("client", "url", "host", "api_key")):
        return
    meta = Path(config.get("path", "/tmp/qdrant")) / "meta.json"
    if not meta.is_file():
        raise NotFound(
            f"there is no embedded Qdrant in {meta.parent}", remedy="check vector_store.config.path"
        )
    collections = list(json.loads(meta.read_text("utf-8"))["collections"])
    name = config.get("collection_name", _COLLECTION)
    if name not in collections:
        raise NotFound(
            f"{meta.parent} has no collection {name}; it has {', '.join(collections) or 'none'}",
            remedy="set vector_store.config.collection_name in a config",
        )


def _of_sqlite(path: Path, collection: str) -> _Rows:
    if not path.is_file():
        raise NotFound(f"there is no file {path}", remedy="check vector_store.config.path")
    with read_snapshot(path) as connection:
        if connection.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
            raise StoreError(
                f"{path} is a database of another program",
                remedy="name the file of the `sqlite` provider, or a config",
                data={"reason": "corrupt", "path": str(path)},
            )
        for row, payload in connection.execute(
            "SELECT id, payload FROM vectors WHERE collection = ? AND payload NOTNULL ORDER BY key",
            (collection,),
        ):
            yield row, json.loads(payload)


def _entry(row: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    entry = {name: payload[name] for name in _KEPT if payload.get(name) is not None}
    metadata = {
        name: value
        for name, value in payload.items()
        if name not in (*_KEPT, *_DROPPED, "data") and value is not None
    }
    return {"id": row, "memory": payload.get("data"), **entry, "metadata": metadata}
