"""What is in a store of mem0's, as entries for an import: all rows, with ids, owners, times and metadata.

Only read. The vectors stay behind, since our model makes its own, and so does mem0's history.
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

from ..knowledge.mem0_providers import make_vector_store
from ..knowledge.provider_secrets import reveal
from ..knowledge.store.mirror.server_connection import adapter_class, server_error
from ..knowledge.store.sqlite.check import read_snapshot
from ..settings.config import VectorStoreSettings, validate

__all__ = ["entries_of"]

_COLLECTION = "mem0"
"""mem0's default."""
_KEPT = ("user_id", "agent_id", "run_id", "role", "actor_id", "created_at", "updated_at")
_DROPPED = ("id", "hash", "text_lemmatized", "attributed_to", "memorus")
_SQLITE = b"SQLite format 3\0"
_OURS = 0x6D656D30  # application_id of the SQLite provider's file

_Rows = Iterator[tuple[str, Mapping[str, Any]]]


def entries_of(place: str) -> list[dict[str, Any]]:
    """The entries of all that the store at `place` holds.

    `place` is a file with mem0's config (JSON or TOML), the directory of an embedded Qdrant, or the file of
    our SQLite provider.

    Raises:
        InvalidRequest: it is none of these.
        ConfigError: what the config says of the vector store is wrong, or a package is missing.
        NotFound: the collection is not there, or has nothing in it.
        StoreError: it cannot be reached or read, or another process has the directory.
    """
    asked = _asked(Path(place).expanduser())
    entries = [_entry(row, payload) for row, payload in _rows(asked)]
    if not entries:
        name = reveal(asked.config).get("collection_name", _COLLECTION)
        raise NotFound(f"there is nothing in the collection {name} of {place}; look at its collection_name")
    return entries


def _asked(place: Path) -> VectorStoreSettings:
    if place.is_dir():
        if not (place / "meta.json").is_file():
            raise InvalidRequest(
                f"{place} is no directory of an embedded Qdrant; name that, or mem0's config in a file"
            )
        return _settings({"provider": "qdrant", "config": {"path": str(place)}})
    if not place.exists():
        raise InvalidRequest(f"there is no {place}; name mem0's config in a file, or where its store is")
    try:
        with place.open("rb") as file:
            if file.read(len(_SQLITE)) == _SQLITE:
                return VectorStoreSettings.model_construct(provider="sqlite", config={"path": str(place)})
        config = from_file(place) if place.suffix == ".toml" else json.loads(place.read_text("utf-8"))
    except OSError as error:
        raise InvalidRequest(f"cannot read {place}: {error.strerror}; make it readable for you") from None
    except ValueError:
        raise InvalidRequest(
            f"{place} is no JSON; give mem0's config as JSON, or as TOML in a .toml file"
        ) from None
    section = config.get("vector_store", {}) if isinstance(config, dict) else None
    if not isinstance(section, dict):
        raise InvalidRequest(
            f"{place} is no config of mem0's; it wants a vector_store with provider and config"
        )
    return _settings({"provider": section.get("provider", "qdrant"), "config": section.get("config") or {}})


def _settings(section: dict[str, Any]) -> VectorStoreSettings:
    if section["provider"] == "sqlite":
        path = section["config"].get("path") or Paths.from_environ().home / "mem0.db"
        config = {**section["config"], "path": str(Path(path).expanduser())}
        return VectorStoreSettings.model_construct(provider="sqlite", config=config)
    return validate({"vector_store": section}).vector_store


def _rows(asked: VectorStoreSettings) -> _Rows:
    config = reveal(asked.config)
    if asked.provider == "sqlite":
        yield from _of_sqlite(Path(config["path"]), config.get("collection_name", _COLLECTION))
        return
    if asked.provider == "qdrant":
        _refuse_missing(config)
    kind = adapter_class(asked.provider)
    try:
        main, _ = make_vector_store(asked.provider, asked.config, None, kind.client_settings)
        if asked.provider == "pgvector" and main.collection_name not in main.list_cols():
            main.connection_pool.close()
            return
        with closing(kind({"main": main}, 1)) as remote:
            yield from remote.scan()
    except MemorusError:
        raise
    except Exception as error:
        raise server_error(error, asked.provider, asked.config) from None


def _refuse_missing(config: Mapping[str, Any]) -> None:
    """mem0 would make the directory, or the collection in it."""
    if any(config.get(name) for name in ("client", "url", "host", "api_key")):
        return
    meta = Path(config.get("path", "/tmp/qdrant")) / "meta.json"
    if not meta.is_file():
        raise NotFound(f"there is no embedded Qdrant in {meta.parent}; look at vector_store.config.path")
    there = list(json.loads(meta.read_text("utf-8"))["collections"])
    name = config.get("collection_name", _COLLECTION)
    if name not in there:
        raise NotFound(
            f"there is no collection {name} in {meta.parent}, but {', '.join(there) or 'none at all'}; "
            "name it as vector_store.config.collection_name in a config"
        )


def _of_sqlite(path: Path, collection: str) -> _Rows:
    if not path.is_file():
        raise NotFound(f"there is no file {path}; look at vector_store.config.path")
    with read_snapshot(path) as connection:
        if connection.execute("PRAGMA application_id").fetchone()[0] != _OURS:
            raise StoreError(
                f"{path} is a database of another kind; name the file of the `sqlite` provider, or a config",
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
