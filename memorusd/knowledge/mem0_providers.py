"""mem0's vector stores and embedders, made by its own factories; and what may be told about their settings.

mem0 takes seconds to import, so that happens where a part of it is first made.
"""

from __future__ import annotations

import difflib
import importlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from memorus_proto.errors import ConfigError

__all__ = [
    "EMBEDDERS",
    "VECTOR_STORES",
    "check_provider",
    "clean",
    "is_secret",
    "make_embedder",
    "make_vector_store",
    "make_vector_stores",
    "opened",
    "scrubbed",
]

VECTOR_STORES = (
    "azure_ai_search", "azure_mysql", "baidu", "cassandra", "chroma", "databricks", "elasticsearch", "faiss",
    "langchain", "milvus", "mongodb", "neptune", "opensearch", "oracledb", "pgvector", "pinecone", "qdrant",
    "redis", "s3_vectors", "supabase", "turbopuffer", "upstash_vector", "valkey", "vertex_ai_vector_search",
    "weaviate",
)  # fmt: skip
"""Providers of mem0 2.2, beside `sqlite`, which is ours."""

EMBEDDERS = (
    "aws_bedrock", "azure_openai", "fastembed", "gemini", "huggingface", "langchain", "lmstudio", "ollama",
    "openai", "together", "vertexai",
)  # fmt: skip
"""The same of embedders, beside `onnx`."""

_PACKAGES = {
    "pgvector": "'memorus[pgvector]'",
    "chroma": "'memorus[chroma]'",
    "qdrant": "qdrant-client",
    "azure_ai_search": "azure-search-documents",
    "azure_mysql": "pymysql DBUtils",
    "baidu": "pymochow",
    "cassandra": "cassandra-driver",
    "databricks": "databricks-sdk",
    "elasticsearch": "elasticsearch",
    "faiss": "faiss-cpu",
    "langchain": "langchain-community",
    "milvus": "pymilvus",
    "mongodb": "pymongo",
    "neptune": "langchain-aws",
    "opensearch": "opensearch-py",
    "oracledb": "oracledb",
    "pinecone": "pinecone",
    "redis": "redis redisvl",
    "s3_vectors": "boto3",
    "supabase": "vecs",
    "turbopuffer": "turbopuffer",
    "upstash_vector": "upstash-vector",
    "valkey": "valkey",
    "vertex_ai_vector_search": "google-cloud-aiplatform",
    "weaviate": "weaviate-client",
    "aws_bedrock": "boto3",
    "azure_openai": "openai azure-identity",
    "fastembed": "fastembed",
    "gemini": "google-genai",
    "huggingface": "sentence-transformers",
    "lmstudio": "openai",
    "ollama": "ollama",
    "openai": "openai",
    "together": "together",
    "vertexai": "google-cloud-aiplatform",
}
_SECRET = re.compile(
    r"pass(?:word|wd|phrase)?$|secret|token|api_?key|access_key|^key$|_key$|credential|connection_string"
    r"|conn_str|dsn|auth",
    re.IGNORECASE,
)


def is_secret(name: str, value: Any) -> bool:
    """Whether a setting of a provider must not be shown: by its name, or for a password in an address."""
    if value is None or isinstance(value, bool):
        return False
    return bool(_SECRET.search(name)) or (isinstance(value, str) and bool(_passwords(value)))


def check_provider(kind: str, provider: str, known: tuple[str, ...]) -> None:
    """Raises ConfigError for one that mem0 has not, naming the nearest."""
    if provider in known:
        return
    near = difflib.get_close_matches(provider, known, n=1, cutoff=0.5)
    remedy = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    raise ConfigError(f"{kind}.provider {provider!r} is unknown; {remedy}")


def make_vector_stores(
    provider: str,
    config: Mapping[str, Any],
    dimensions: int,
    side_dimensions: int,
    handles: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> tuple[Any, Any, Any]:
    """mem0's stores of the collection in `config`, and of its journal and its writers, on one connection.

    `handles` may give the provider's client or pool for them, of mem0's settings.

    Raises:
        ConfigError: the settings are wrong, or the provider's package is not installed.
        Exception: whatever the provider's client raises where it connects at once.
    """
    main, given = make_vector_store(provider, config, dimensions, handles)
    factory = _module("mem0.utils.factory").VectorStoreFactory
    sized = "embedding_model_dims" in given
    shared: dict[str, Any] = {
        name: handle
        for name in ("client", "connection_pool")
        if name in given and (handle := getattr(main, name, None)) is not None
    }
    sides = []
    for part in ("journal", "writers"):
        side = {**given, **shared, "collection_name": f"{given['collection_name']}_memorus_{part}"}
        side.update({"embedding_model_dims": side_dimensions} if sized else {})
        side.update({name: False for name in ("hnsw", "diskann") if name in given})
        sides.append(factory.create(provider, side))
        if hasattr(main, "is_local"):
            sides[-1].is_local = main.is_local
    return main, sides[0], sides[1]


def make_vector_store(
    provider: str,
    config: Mapping[str, Any],
    dimensions: int | None,
    handles: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> tuple[Any, dict[str, Any]]:
    """mem0's store of the collection in `config` alone, and all its settings. See make_vector_stores."""
    factory = _module("mem0.utils.factory").VectorStoreFactory
    configs = _module("mem0.vector_stores.configs")
    try:
        checked = configs.VectorStoreConfig(provider=provider, config=opened(config)).config
        given = checked.model_dump()
    except ImportError as error:
        raise _missing("vector_store", provider, error) from None
    except ValueError as error:
        raise ConfigError(f"vector_store.config: {_explained(error, config)}; correct that value") from None
    if dimensions is not None and "embedding_model_dims" in given:
        given["embedding_model_dims"] = dimensions
    try:
        lent = handles(given)
        main = factory.create(provider, {**given, **lent})
    except ImportError as error:
        raise _missing("vector_store", provider, error) from None
    if "client" in lent:
        main.is_local = True
    return main, given


def make_embedder(provider: str, config: Mapping[str, Any]) -> Any:
    """mem0's embedder.

    Raises:
        ConfigError: the settings are wrong, or the provider's package is not installed.
        Exception: whatever the provider's client raises where it connects at once.
    """
    factory = _module("mem0.utils.factory").EmbedderFactory
    try:
        return factory.create(provider, opened(config), None)
    except ImportError as error:
        raise _missing("embedder", provider, error) from None
    except TypeError as error:
        raise ConfigError(f"embedder.config: {_explained(error, config)}; correct that setting") from None


def scrubbed(error: BaseException, config: Mapping[str, Any]) -> str:
    """Kind and first line of an error, without any secret of the settings."""
    lines = str(error).strip().splitlines()
    text = _without(lines[0] if lines else "", config)
    return f"{type(error).__name__}: {text:.300}" if text else type(error).__name__


def clean(address: str) -> str:
    """An address without the password in it."""
    for password in _passwords(address):
        address = address.replace(password, "***")
    return address


def opened(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with their secrets legible."""
    return {name: _opened(value) for name, value in config.items()}


def _opened(value: Any) -> Any:
    if isinstance(value, Mapping):
        return opened(value)
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value


def _without(text: str, config: Mapping[str, Any]) -> str:
    for secret in sorted(_secrets(config), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets(config: Mapping[str, Any]) -> Iterator[str]:
    for name, value in opened(config).items():
        if isinstance(value, dict):
            yield from _secrets(value)
        elif isinstance(value, str) and len(value) > 2 and is_secret(name, value):
            yield value
            yield from _passwords(value)


def _passwords(address: str) -> list[str]:
    found = re.findall(r"://[^/@\s]*?:([^@\s]+)@", address) + re.findall(r"\bpassword=(\S+)", address)
    return [password for password in found if password]


def _module(name: str) -> Any:
    # Read when mem0 is imported; its telemetry is off unless the user has said otherwise.
    os.environ.setdefault("MEM0_TELEMETRY", "False")
    return importlib.import_module(name)


def _missing(kind: str, provider: str, error: ImportError) -> ConfigError:
    package = _PACKAGES.get(provider) or getattr(error, "name", None) or provider
    return ConfigError(
        f"{kind}.provider {provider} needs a package that is not installed; pip install {package}"
    )


def _explained(error: Exception, config: Mapping[str, Any]) -> str:
    problems = getattr(error, "errors", None)
    texts = [str(problem["msg"]) for problem in problems()] if callable(problems) else [str(error)]
    text = "; ".join(text.removeprefix("Value error, ") for text in texts)
    return _without(text, config)[:500]
