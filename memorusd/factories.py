"""Which store and which embedder the settings ask for, and making them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from memorus_proto.paths import Paths

from .knowledge.embed import Embedder
from .settings.config import EmbedderSettings, Settings, VectorStoreSettings

if TYPE_CHECKING:
    from .knowledge.store.sqlite import SqliteStore

__all__ = ["make_embedder", "open_store", "open_vector_store"]


def make_embedder(paths: Paths, settings: Settings) -> Embedder:
    """The embedder, whose model is loaded on first use.

    Raises:
        ConfigError: a package is missing, or the settings are wrong.
    """
    asked = settings.embedder
    if isinstance(asked, EmbedderSettings):
        from .knowledge.embed.onnx import OnnxEmbedder

        return OnnxEmbedder(paths.models, model_path=asked.config.model_path, download=asked.config.download)
    from .knowledge.embed.mem0 import Mem0Embedder

    return Mem0Embedder(asked.provider, asked.config)


def open_store(paths: Paths, settings: Settings, embedder: Embedder) -> SqliteStore:
    """The store; of a server one it is the mirror in this home.

    Raises:
        ConfigError: a package is missing, or the settings are wrong.
        StoreError: it cannot be opened or reached.
    """
    return open_vector_store(paths, settings.vector_store, lambda: embedder.model.dimensions)


def open_vector_store(paths: Paths, asked: VectorStoreSettings, dimensions: Callable[[], int]) -> SqliteStore:
    """The same, where a collection that has to be made gets these dimensions."""
    if asked.provider == "sqlite":
        from .knowledge.store.sqlite import SqliteStore

        return SqliteStore.open(paths.store)
    from .knowledge.store.server import ServerStore, mirror_name

    mirror = paths.mirrors / mirror_name(asked.provider, asked.config)
    return ServerStore.connect(mirror, asked.provider, asked.config, dimensions)
