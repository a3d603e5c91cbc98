"""The settings of the engines, each section with its defaults; `memorusd.settings.config` puts them together.

What the daemon keeps by (`privacy`) and what shapes one call (`reflector`, `curator`, `retrieval`) both
stand here, because the engines read them; whose they are is decided in `memorusd.settings.config`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

__all__ = [
    "CuratorSettings",
    "DecaySettings",
    "IntegrationSettings",
    "PrivacySettings",
    "ReflectorSettings",
    "RetrievalSettings",
    "Section",
]


class Section(BaseModel):
    """One table of the configuration: unknown keys are errors, and no error shows a value."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PrivacySettings(Section):
    """What is taken out beside the built-in kinds of secrets. The daemon's and a caller's patterns add up."""

    sanitize_paths: bool = True
    """Whether the user's name is taken out of paths below a home directory."""
    custom_patterns: dict[str, str] = Field(default_factory=dict)
    """Name (it stands in the marker) = pattern, in RE2's syntax; needs `pip install 'memorus[patterns]'`."""
    always_sanitize: bool = False
    """Whether `memorus.Memory` sanitises with ACE off too, before mem0 sees anything."""


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
    """How freely the model answers; low is best for distilling."""
    llm_max_tokens: int = Field(default=1024, gt=0)
    """Tokens of one answer."""
    llm_timeout: float = Field(default=30.0, gt=0)
    """Seconds for one call; a failed call is tried again `llm_retries` times, with growing pauses."""
    llm_retries: int = Field(default=2, ge=0, le=10)
    """How often a failed call is tried again."""


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


class DecaySettings(Section):
    """How fast what is not used fades: 2^(-days / half_life_days) * (1 + boost_factor * days recalled).

    A weight is from 0 to 1, and days count from when it was made or last recalled.
    """

    half_life_days: float = Field(default=30.0, gt=0)
    """Days without use after which a bullet counts half."""
    boost_factor: float = Field(default=0.1, ge=0)
    """What each day on which it was recalled adds to its weight."""
    protection_days: float = Field(default=7.0, ge=0)
    """Days after it was made or last recalled in which a bullet does not fade."""
    permanent_threshold: int = Field(default=15, ge=1)
    """Days with a recall from which it never fades."""
    archive_threshold: float = Field(default=0.02, ge=0, le=1)
    """Weight below which a sweep archives it."""
    archive_share: float = Field(default=0.25, gt=0, le=1)
    """The largest share of all bullets that one sweep archives, the weakest first."""
    sweep_on_session_end: bool = True
    """Whether the daemon sweeps (at most once a day) when it has become idle or goes."""


class IntegrationSettings(Section):
    """How memories are handed to an agent."""

    context_template: Literal["xml", "markdown", "plain"] = "xml"
    """How `context` puts them into a prompt."""


class RetrievalSettings(Section):
    """How a search answers. A score is

    (keyword_weight * keyword + semantic_weight * semantic) * decay * recency * scope
    """

    max_results: int = Field(default=10, ge=1, le=10_000)
    """How many results a search gives when the call has no `limit`."""
    token_budget: int | None = Field(default=None, ge=1)
    """Tokens that all results together may have (the best one is always given); none for no bound."""
    keyword_weight: float = Field(default=0.3, ge=0, le=1)
    """How much the words of the question count."""
    semantic_weight: float = Field(default=0.7, ge=0, le=1)
    """How much its meaning counts; less where the model cannot read the question."""
    decay_influence: float = Field(default=0.1, ge=0, le=1)
    """Share of a score that decay can take: what has faded ranks lower, not below what does not answer."""
    recency_boost_days: float = Field(default=7.0, ge=0)
    """Days for which a bullet counts as new."""
    recency_boost_factor: float = Field(default=1.05, ge=1)
    """What new bullets count for against others."""
    scope_boost: float = Field(default=1.2, ge=1)
    """What bullets of the project or workspace that was asked for count for against global ones."""
