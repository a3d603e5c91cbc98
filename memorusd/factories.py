"""Makes the store and the embedder that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from memorus_proto.paths import Paths

from .knowledge.embed import Embedder
from .settings.config import Settings
from .settings.provider_settings import EmbedderSettings, VectorStoreSettings

if TYPE_CHECKING:
    from .knowledge.store import Store

__all__ = ["make_embedder", "open_store", "open_vector_store"]


def make_embedder(paths: Paths, settings: Settings) -> Embedder:
    """The embedder; its model is loaded on first use.

    Raises:
        ConfigError: a package is missing, or the settings are wrong.
    """
    chosen = settings.embedder
    if isinstance(chosen, EmbedderSettings):
        from .knowledge.embed.onnx import OnnxEmbedder

        return OnnxEmbedder(
            paths.models, model_path=chosen.config.model_path, download=chosen.config.download
        )
    from .knowledge.embed.mem0 import Mem0Embedder

    return Mem0Embedder(chosen.provider, chosen.config)


def open_store(paths: Paths, settings: Settings, embedder: Embedder) -> Store:
    """The store. For a server, it is the mirror in this home.

    Raises:
        ConfigError: a package is missing, or the settings are wrong.
        StoreError: the store cannot be opened or reached.
    """
    return open_vector_store(paths, settings.vector_store, lambda: embedder.model.dimensions)


def open_vector_store(paths: Paths, settings: VectorStoreSettings, dimensions: Callable[[], int]) -> Store:
    """The same; a collection that has to be created gets vectors of `dimensions()`."""
    if settings.provider == "sqlite":
        from .knowledge.store.sqlite import SqliteStore

        return SqliteStore.open(paths.store)
    from .knowledge.store.mirror import MirrorStore, mirror_name

    mirror = paths.mirrors / mirror_name(settings.provider, settings.config)
    return MirrorStore.connect(mirror, settings.provider, settings.config, dimensions)
