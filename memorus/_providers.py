"""Two more providers in mem0's config: the embedder `onnx`, and the vector store `sqlite`.

    {"embedder": {"provider": "onnx"}, "vector_store": {"provider": "sqlite", "config": {"path": …}}}

mem0 has no way to register providers. Its config classes are derived from, so that they accept ours. Its
factories look up classes by name in a dict, which holds ours only while one of our memories makes its parts.
So mem0's own classes behave as before.
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

__all__ = ["ExtendedMem0Config", "OnnxConfig", "SqliteConfig", "names_our_provider", "our_providers"]

_EMBEDDERS = {"onnx": "memorus._onnx_embedding.OnnxEmbedding"}
_STORES = {"sqlite": "memorus._sqlite_vectors.SqliteVectors"}

_DIMENSIONS = 384
"""The size of the built-in model's vectors."""


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
    """The file; None means `mem0.db` in the home of Memorus."""
    embedding_model_dims: int | None = None
    """None means those of the first vector."""


class _ExtendedEmbedderConfig(EmbedderConfig):  # type: ignore[misc]
    @field_validator("config")
    @classmethod
    def validate_config(cls, v: Any, values: Any) -> Any:
        if values.data.get("provider") not in _EMBEDDERS:
            return super().validate_config(v, values)
        # mem0 passes embedders a config with fixed names; `model_kwargs` is the one that takes any value.
        return {"model_kwargs": OnnxConfig(**(v or {})).model_dump(exclude_unset=True)}


class _ExtendedStoreConfig(VectorStoreConfig):  # type: ignore[misc]
    @model_validator(mode="after")
    def validate_and_create_config(self) -> Any:
        if self.provider not in _STORES:
            return super().validate_and_create_config()
        self.config: Any
        if not isinstance(self.config, SqliteConfig):
            self.config = SqliteConfig(**(self.config or {}))
        return self


class ExtendedMem0Config(MemoryConfig):  # type: ignore[misc]
    """mem0's config, which also accepts our providers."""

    embedder: _ExtendedEmbedderConfig = Field(default_factory=_ExtendedEmbedderConfig)
    vector_store: _ExtendedStoreConfig = Field(default_factory=_ExtendedStoreConfig)

    @model_validator(mode="after")
    def _match_dimensions(self) -> Any:
        """Set the store to the size of our vectors, because mem0's default is 1536, which is OpenAI's."""
        store, given = self.vector_store.config, self.embedder.config or {}
        ours = self.embedder.provider == "onnx" and not given.get("model_kwargs", {}).get("model_path")
        if ours and "embedding_model_dims" in type(store).model_fields.keys() - store.model_fields_set:
            store.embedding_model_dims = _DIMENSIONS
        return self


def names_our_provider(config: Any) -> bool:
    """Whether `config` is a dict that names one of our providers."""
    return isinstance(config, dict) and any(
        isinstance(part := config.get(key), dict) and part.get("provider") in ours
        for key, ours in (("embedder", _EMBEDDERS), ("vector_store", _STORES))
    )


_lock = threading.Lock()
_users = 0


@contextmanager
def our_providers(config: Any) -> Iterator[None]:
    """Let mem0's factories make our providers meanwhile, if `config` is ours. Threads may overlap."""
    global _users
    if not isinstance(config, ExtendedMem0Config):
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
