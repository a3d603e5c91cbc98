"""mem0's vector stores and embedders, made by mem0's own factories.

mem0 takes seconds to import, so this happens only when one of its providers is first made.
"""

from __future__ import annotations

import difflib
import importlib
import os
from collections.abc import Callable, Mapping
from typing import Any

from memorus_proto.errors import ConfigError

from .provider_secrets import mask_secrets, reveal

__all__ = [
    "EMBEDDERS",
    "VECTOR_STORES",
    "check_provider",
    "make_embedder",
    "make_vector_store",
    "make_vector_stores",
]

VECTOR_STORES = {
    "azure_ai_search": "azure-search-documents",
    "azure_mysql": "pymysql DBUtils",
    "baidu": "pymochow",
    "cassandra": "cassandra-driver",
    "chroma": "'memorus[chroma]'",
    "databricks": "databricks-sdk",
    "elasticsearch": "elasticsearch",
    "faiss": "faiss-cpu",
    "langchain": "langchain-community",
    "milvus": "pymilvus",
    "mongodb": "pymongo",
    "neptune": "langchain-aws",
    "opensearch": "opensearch-py",
    "oracledb": "oracledb",
    "pgvector": "'memorus[pgvector]'",
    "pinecone": "pinecone",
    "qdrant": "qdrant-client",
    "redis": "redis redisvl",
    "s3_vectors": "boto3",
    "supabase": "vecs",
    "turbopuffer": "turbopuffer",
    "upstash_vector": "upstash-vector",
    "valkey": "valkey",
    "vertex_ai_vector_search": "google-cloud-aiplatform",
    "weaviate": "weaviate-client",
}
"""The vector stores of mem0 2.2 (Memorus adds `sqlite`), and what `pip install` needs for each."""

EMBEDDERS = {
    "aws_bedrock": "boto3",
    "azure_openai": "openai azure-identity",
    "fastembed": "fastembed",
    "gemini": "google-genai",
    "huggingface": "sentence-transformers",
    "langchain": "langchain-community",
    "lmstudio": "openai",
    "ollama": "ollama",
    "openai": "openai",
    "together": "together",
    "vertexai": "google-cloud-aiplatform",
}
"""The embedders of mem0 2.2 (Memorus adds `onnx`), and what `pip install` needs for each."""

ClientSettings = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Given mem0's settings, returns clients or pools for mem0 to use, by the name of their setting."""


def check_provider(kind: str, provider: str, known: tuple[str, ...]) -> None:
    """Raise ConfigError for an unknown provider, with the nearest name."""
    if provider in known:
        return
    near = difflib.get_close_matches(provider, known, n=1, cutoff=0.5)
    remedy = f"did you mean {near[0]}?" if near else f"use one of {', '.join(known)}"
    raise ConfigError(f"{kind}.provider {provider!r} is unknown", remedy=remedy)


def make_vector_stores(
    provider: str,
    config: Mapping[str, Any],
    dimensions: int,
    side_dimensions: int,
    client_settings: ClientSettings,
) -> tuple[Any, Any, Any]:
    """Make mem0's stores for the collection in `config`, its journal and its writers, on one connection.

    Args:
        dimensions: of the vectors in the collection.
        side_dimensions: of the vectors in the other two.

    Raises:
        ConfigError: the settings are wrong, or the provider's package is not installed.
        Exception: whatever the provider's client raises if it connects at once.
    """
    main, settings = make_vector_store(provider, config, dimensions, client_settings)
    factory = _import("mem0.utils.factory").VectorStoreFactory
    shared: dict[str, Any] = {
        name: client
        for name in ("client", "connection_pool")
        if name in settings and (client := getattr(main, name, None)) is not None
    }
    sides = []
    for part in ("journal", "writers"):
        side = {**settings, **shared, "collection_name": f"{settings['collection_name']}_memorus_{part}"}
        if "embedding_model_dims" in settings:
            side["embedding_model_dims"] = side_dimensions
        side.update({name: False for name in ("hnsw", "diskann") if name in settings})
        sides.append(factory.create(provider, side))
        if hasattr(main, "is_local"):
            sides[-1].is_local = main.is_local
    return main, sides[0], sides[1]


def make_vector_store(
    provider: str,
    config: Mapping[str, Any],
    dimensions: int | None,
    client_settings: ClientSettings,
) -> tuple[Any, dict[str, Any]]:
    """Make mem0's store for the collection in `config` alone; return it and all its settings.

    `dimensions` None leaves those of the settings. Raises as make_vector_stores does.
    """
    factory = _import("mem0.utils.factory").VectorStoreFactory
    configs = _import("mem0.vector_stores.configs")
    try:
        validated = configs.VectorStoreConfig(provider=provider, config=reveal(config)).config
        settings = validated.model_dump()
    except ImportError as error:
        raise _missing_package("vector_store", provider, error) from None
    except ValueError as error:
        raise ConfigError(
            f"vector_store.config: {_explain(error, config)}", remedy="correct that value"
        ) from None
    if dimensions is not None and "embedding_model_dims" in settings:
        settings["embedding_model_dims"] = dimensions
    try:
        clients = client_settings(settings)
        store = factory.create(provider, {**settings, **clients})
    except ImportError as error:
        raise _missing_package("vector_store", provider, error) from None
    if "client" in clients:
        store.is_local = True
    return store, settings


def make_embedder(provider: str, config: Mapping[str, Any]) -> Any:
    """Make mem0's embedder.

    Raises:
        ConfigError: the settings are wrong, or the provider's package is not installed.
        Exception: whatever the provider's client raises if it connects at once.
    """
    factory = _import("mem0.utils.factory").EmbedderFactory
    try:
        return factory.create(provider, reveal(config), None)
    except ImportError as error:
        raise _missing_package("embedder", provider, error) from None
    except TypeError as error:
        raise ConfigError(
            f"embedder.config: {_explain(error, config)}", remedy="correct that setting"
        ) from None


def _import(name: str) -> Any:
    # mem0 reads this while it is imported; its telemetry stays off unless the user has set it.
    os.environ.setdefault("MEM0_TELEMETRY", "False")
    return importlib.import_module(name)


def _missing_package(kind: str, provider: str, error: ImportError) -> ConfigError:
    packages = VECTOR_STORES if kind == "vector_store" else EMBEDDERS
    package = packages.get(provider) or getattr(error, "name", None) or provider
    return ConfigError(
        f"{kind}.provider {provider} needs a package that is not installed", remedy=f"pip install {package}"
    )


def _explain(error: Exception, config: Mapping[str, Any]) -> str:
    problems = getattr(error, "errors", None)
    texts = [str(problem["msg"]) for problem in problems()] if callable(problems) else [str(error)]
    text = "; ".join(text.removeprefix("Value error, ") for text in texts)
    return mask_secrets(text, config)[:500]
