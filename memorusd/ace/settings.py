"""The settings of the engines, each section with its defaults; `memorusd.config` puts them together.

What the daemon keeps by (`privacy`) and what shapes one call (`reflector`, `curator`, `retrieval`) both
stand here, because the engines read them; whose they are is decided in `memorusd.config`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

__all__ = ["CuratorSettings", "PrivacySettings", "ReflectorSettings", "RetrievalSettings", "Section"]


class Section(BaseModel):
    """One table of the configuration: unknown keys are errors, and no error shows a value."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PrivacySettings(Section):
    """What is taken out beside the built-in kinds of secrets. The daemon's and a caller's patterns add up."""

    sanitize_paths: bool = True
    """Whether the user's name is taken out of paths below a home directory."""
    custom_patterns: dict[str, str] = Field(default_factory=dict)
    """Name (it stands in the marker) = pattern, in RE2's syntax; needs `pip install 'memorus[patterns]'`."""


class ReflectorSettings(Section):
    """How an interaction becomes bullets."""

    mode: Literal["rules", "llm", "hybrid"] = "hybrid"
    """`rules` never calls a model; `llm` always does; `hybrid` does where the rules matched or doubt."""
    min_score: float = Field(default=30.0, ge=0, le=100)
    """Instructivity, 0 to 100, below which a candidate is not kept."""
    max_content_length: int = Field(default=500, gt=0, le=10_000)
    """Characters of one distilled bullet."""
    max_code_lines: int = Field(default=3, ge=0)
    """Lines of code that a bullet may quote."""
    llm_model: str | None = None
    """litellm's name of a model, for example `openai/gpt-4o-mini`; without one and a key no call is made."""
    llm_api_base: str | None = None
    """Where the model is served, for example a local server."""
    llm_api_key: SecretStr | None = None
    """The key; else the provider's own environment variable."""
    llm_temperature: float = Field(default=0.1, ge=0, le=2)
    llm_max_tokens: int = Field(default=1024, gt=0)
    """Tokens of one answer."""
    llm_timeout: float = Field(default=30.0, gt=0)
    """Seconds for one call; a failed call is tried again `llm_retries` times, with growing pauses."""
    llm_retries: int = Field(default=2, ge=0, le=10)


class CuratorSettings(Section):
    """How a new bullet meets those that are there."""

    similarity_threshold: float = Field(default=0.8, ge=0, le=1)
    """Cosine from which a bullet is looked at as a duplicate."""
    merge_strategy: Literal["keep_best", "merge_content"] = "keep_best"
    """Which text a merged bullet has: the better of the two, or both where they differ."""
    conflict_detection: bool = True
    """Whether contradictions with what is there are looked for and reported."""
    conflict_min_similarity: float = Field(default=0.5, ge=0, le=1)
    """Cosine from which two bullets can contradict each other."""


class RetrievalSettings(Section):
    """How a search answers."""

    max_results: int = Field(default=10, ge=1, le=10_000)
    """How many results a search gives when the call has no `limit`."""
