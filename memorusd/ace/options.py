"""The settings of the engines, a class for each section; `memorusd.settings.config` puts them together.

Sections that belong to the daemon (`privacy`, `decay`) and sections that belong to each call (`reflector`,
`curator`, `retrieval`) are both here, because the engines read them. `memorusd.settings.config` decides who
owns which.
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
    "SettingsSection",
]


class SettingsSection(BaseModel):
    """One section of the settings. Unknown keys are errors, and no error message shows a value."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PrivacySettings(SettingsSection):
    """What is redacted besides built-in kinds of secrets. A caller's patterns are added to the daemon's."""

    sanitize_paths: bool = True
    """Whether the user's name is redacted in paths below a home directory."""
    custom_patterns: dict[str, str] = Field(default_factory=dict)
    """Name (shown in the marker) = pattern, in RE2's syntax; needs `pip install 'memorus[patterns]'`."""
    always_sanitize: bool = False
    """Whether `memorus.Memory` also redacts while ACE is off, before mem0 sees anything."""


class ReflectorSettings(SettingsSection):
    """How an interaction becomes bullets."""

    mode: Literal["rules", "llm", "hybrid"] = "hybrid"
    """`rules` never calls a model, `llm` always does, and `hybrid` does where the rules are unsure."""
    min_score: float = Field(default=30.0, ge=0, le=100)
    """Instructivity, from 0 to 100, below which a candidate is not kept."""
    max_content_length: int = Field(default=500, gt=0, le=10_000)
    """The longest distilled bullet, in characters."""
    max_code_lines: int = Field(default=3, ge=0)
    """The most lines of code that a bullet may quote."""
    llm_model: str | None = None
    """litellm's name of a model, such as `openai/gpt-4o-mini`. Without a model and a key, no call is made."""
    llm_api_base: str | None = None
    """The URL at which the model is served, for example by a local server."""
    llm_api_key: SecretStr | None = None
    """The API key; by default, the one in the provider's own environment variable."""
    llm_temperature: float = Field(default=0.1, ge=0, le=2)
    """The sampling temperature; a low one is best for distilling."""
    llm_max_tokens: int = Field(default=1024, gt=0)
    """The longest answer of the model, in tokens."""
    llm_timeout: float = Field(default=30.0, gt=0)
    """Seconds allowed for one call."""
    llm_retries: int = Field(default=2, ge=0, le=10)
    """How often a failed call is repeated, with growing pauses."""


class CuratorSettings(SettingsSection):
    """How a new bullet is compared with the stored ones."""

    similarity_threshold: float = Field(default=0.8, ge=0, le=1)
    """The cosine similarity from which two bullets may be duplicates."""
    merge_strategy: Literal["keep_best", "merge_content"] = "keep_best"
    """The text of a merged bullet: the better of the two, or both where they differ."""
    conflict_detection: bool = True
    """Whether contradictions with stored bullets are looked for and reported."""
    conflict_min_similarity: float = Field(default=0.5, ge=0, le=1)
    """The cosine similarity from which two bullets may contradict each other,"""
    conflict_max_similarity: float = Field(default=1.0, ge=0, le=1)
    """and up to which."""


class DecaySettings(SettingsSection):
    """How fast a bullet fades: weight = 2^(-days / half_life_days) * (1 + boost_factor * days recalled).

    The weight is from 0 to 1; `days` counts from the day it was made or last recalled.
    """

    half_life_days: float = Field(default=30.0, gt=0)
    """Days without a recall after which the weight is halved."""
    boost_factor: float = Field(default=0.1, ge=0)
    """How much each day with a recall adds to the weight."""
    protection_days: float = Field(default=7.0, ge=0)
    """Days after it was made or last recalled during which a bullet does not fade."""
    permanent_threshold: int = Field(default=15, ge=1)
    """Days with a recall after which a bullet never fades."""
    archive_threshold: float = Field(default=0.02, ge=0, le=1)
    """The weight below which a sweep archives a bullet."""
    archive_share: float = Field(default=0.25, gt=0, le=1)
    """The largest share of all bullets that one sweep archives; the weakest go first."""
    sweep_on_session_end: bool = True
    """Whether the daemon sweeps, at most once a day, when it becomes idle or exits."""


class IntegrationSettings(SettingsSection):
    """How memories are presented to an agent."""

    context_template: Literal["xml", "markdown", "plain"] = "xml"
    """The form in which `context` writes memories for a prompt."""
    auto_recall: bool = True
    """Whether an agent's integration recalls memories on its own; used by the agent integrations."""
    auto_reflect: bool = True
    """Whether it hands over what was said on its own; used by the agent integrations."""
    sweep_on_exit: bool = True
    """Whether it has faded memories archived when it ends; used by the agent integrations."""


class RetrievalSettings(SettingsSection):
    """How a search ranks its results. A score is

    (keyword_weight * keyword + semantic_weight * semantic) * decay * recency * scope
    """

    max_results: int = Field(default=10, ge=1, le=10_000)
    """The number of results when the call has no `limit`."""
    token_budget: int | None = Field(default=None, ge=1)
    """The most tokens of all results together (the best one is always returned); by default not limited."""
    keyword_weight: float = Field(default=0.3, ge=0, le=1)
    """The weight of the words of the question."""
    semantic_weight: float = Field(default=0.7, ge=0, le=1)
    """The weight of its meaning; less where the model cannot read the question."""
    decay_influence: float = Field(default=0.1, ge=0, le=1)
    """The largest share of a score that decay can take away."""
    recency_boost_days: float = Field(default=7.0, ge=0)
    """Days during which a bullet counts as new."""
    recency_boost_factor: float = Field(default=1.05, ge=1)
    """The factor by which new bullets outweigh others."""
    scope_boost: float = Field(default=1.2, ge=1)
    """The factor by which bullets of the requested project or workspace outweigh global and private ones."""
    shared: bool = True
    """Whether a call that names an owner also sees what is global, and one that names a project or workspace
    all that is in it; if not, only what has exactly the owner and the scope that the call names."""
