"""Removes the variables of model providers from the daemon's environment, which is that of who started it.

What a call needs for its language model comes with the call (`memorus_proto.model_access`). What the daemon's
own embedder and vector store need may be in the environment, because they are the starter's choice too, so
the variables of these two providers stay.
"""

from __future__ import annotations

import os
import re

from .config import Settings

__all__ = ["keep_own_providers"]

_OF_PROVIDERS = re.compile(
    r"_(?:API_?KEY|ACCESS_KEY(?:_ID)?|KEY|TOKEN|SECRET|CREDENTIALS|API_BASE|BASE_URL|API_URL)$"
)
"""Names of keys, and of the URLs at which providers are reached."""
_PREFIXES = {
    "azure_openai": ("EMBEDDING_AZURE_", "AZURE_"),
    "baidu": ("BAIDU_", "BCE_"),
    "fastembed": ("HF_",),
    "gemini": ("GOOGLE_", "GEMINI_"),
    "huggingface": ("HF_", "HUGGINGFACE_"),
    "neptune": ("AWS_",),
    "onnx": ("HF_",),
    "opensearch": ("AWS_", "OPENSEARCH_"),
    "s3_vectors": ("AWS_",),
    "vertex_ai_vector_search": ("GOOGLE_",),
    "vertexai": ("GOOGLE_",),
}
"""What the variables of a provider begin with, where that is not the first word of its name."""


def keep_own_providers(settings: Settings) -> None:
    """Remove every other provider's variables from this process's environment."""
    kept = tuple(
        prefix
        for provider in (settings.embedder.provider, settings.vector_store.provider)
        for prefix in _PREFIXES.get(provider, (provider.partition("_")[0].upper() + "_",))
    )
    for name in list(os.environ):
        if _OF_PROVIDERS.search(name) and not name.startswith((*kept, "MEMORUS_")):
            del os.environ[name]
