"""Two more providers for mem0: our embedder, `onnx`, and a durable vector store in one file, `sqlite`.

    {"embedder": {"provider": "onnx"}, "vector_store": {"provider": "sqlite", "config": {"path": …}}}

mem0 has no place to register them. Its config classes are derived from, so that they validate; its
factories look classes up by name in a dict, which holds ours only while one of our memories makes its
parts. mem0's own classes are as they were.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mem0.configs.base import MemoryConfig
from mem0.embeddings.configs import EmbedderConfig
from mem0.utils import factory
from mem0.vector_stores.configs import VectorStoreConfig
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

__all__ = ["Config", "SqliteConfig", "names_ours", "offered"]

_EMBEDDERS = {"onnx": "memorus._onnx_embedding.OnnxEmbedding"}
_STORES = {"sqlite": "memorus._sqlite_vectors.SqliteVectors"}

_DIMENSIONS = 384
"""Of the built-in model's vectors."""


class OnnxConfig(BaseModel):
    """`embedder.config` of the provider `onnx`."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())

    model_path: str | None = None
    download: bool = True


class SqliteConfig(BaseModel):
    """`vector_store.config` of the provider `sqlite`."""

    model_config = ConfigDict(extra="forbid")

    collection_name: str = "mem0"
    path: str | None = None
    """The file; None: `mem0.db` in Memorus's home."""
    embedding_model_dims: int | None = None
    """None: those of the first vector."""


class _Embedder(EmbedderConfig):  # type: ignore[misc]
    @field_validator("config")
    @classmethod
    def validate_config(cls, v: Any, values: Any) -> Any:
        if values.data.get("provider") not in _EMBEDDERS:
            return super().validate_config(v, values)
        # mem0's embedders get their config by fixed names, of which this one takes whatever there is.
        return {"model_kwargs": OnnxConfig(**(v or {})).model_dump(exclude_unset=True)}


class _Store(VectorStoreConfig):  # type: ignore[misc]
    @model_validator(mode="after")
    def validate_and_create_config(self) -> Any:
        if self.provider not in _STORES:
            return super().validate_and_create_config()
        self.config: Any
        if not isinstance(self.config, SqliteConfig):
            self.config = SqliteConfig(**(self.config or {}))
        return self


class Config(MemoryConfig):  # type: ignore[misc]
    """mem0's config, in which our providers are known too."""

    embedder: _Embedder = Field(default_factory=_Embedder)
    vector_store: _Store = Field(default_factory=_Store)

    @model_validator(mode="after")
    def _one_size(self) -> Any:
        """mem0 expects OpenAI's 1536 numbers a vector where nothing else is said."""
        store, given = self.vector_store.config, self.embedder.config or {}
        ours = self.embedder.provider == "onnx" and not given.get("model_kwargs", {}).get("model_path")
        if ours and "embedding_model_dims" in type(store).model_fields.keys() - store.model_fields_set:
            store.embedding_model_dims = _DIMENSIONS
        return self


def names_ours(config: Any) -> bool:
    """Whether a config dict, without which mem0's own classes would do, names a provider of ours."""
    return isinstance(config, dict) and any(
        isinstance(part := config.get(key), dict) and part.get("provider") in ours
        for key, ours in (("embedder", _EMBEDDERS), ("vector_store", _STORES))
    )


_lock = threading.Lock()
_users = 0


@contextmanager
def offered(config: Any) -> Iterator[None]:
    """While it lasts, mem0's factories make our parts too, if `config` is ours. Also across threads."""
    global _users
    if not isinstance(config, Config):
        yield
        return
    tables = (
        (factory.EmbedderFactory.provider_to_class, _EMBEDDERS),
        (factory.VectorStoreFactory.provider_to_class, _STORES),
    )
    with _lock:
        _users += 1
        for table, ours in tables:
            table.update(ours)
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            for table, ours in tables:
                for name in ours if not _users else ():
                    table.pop(name, None)
