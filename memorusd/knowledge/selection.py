"""Which bullets a call may see: the one place where owner, scope, type, section and filters are decided.

The store's pages, the index and a check of a single bullet all ask this class. A field that is None does
not restrict. A field that is set must be equal, and a bullet without it does not match, so that nothing
passes by accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import filters as grammar
from .bullet import GLOBAL, Bullet

__all__ = ["SELECTABLE", "Selection"]

SELECTABLE = ("user_id", "agent_id", "run_id", "scope", "type", "section")
"""The fields that a selection restricts by value; see `allowed_values`."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Values that fields must have, and a filter in mem0's grammar.

    The scope of a project or workspace includes `global`.
    """

    user_id: str | None = None
    agent_id: str | None = None
    run_id: str | None = None
    scope: str | None = None
    type: str | None = None
    section: str | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)
    """See filters.py. Nearly always these are conditions on the bullet's own metadata."""

    def allowed_values(self, name: str) -> tuple[str, ...] | None:
        """Return the values that a field of SELECTABLE may have; None if it may have any."""
        value = getattr(self, name)
        if value is None:
            return None
        return (value, GLOBAL) if name == "scope" and value != GLOBAL else (value,)

    def matches(self, bullet: Bullet) -> bool:
        """Return whether the call may see `bullet`."""
        for name in SELECTABLE:
            allowed = self.allowed_values(name)
            if allowed is not None and getattr(bullet, name) not in allowed:
                return False
        return self.matches_filters(bullet)

    def matches_filters(self, bullet: Bullet) -> bool:
        """Return whether `bullet` meets the filter alone."""
        return not self.filters or grammar.matches(self.filter_tree(), bullet)

    def filter_tree(self) -> grammar.Group:
        """Parse the filter. Raises InvalidRequest if it is not valid."""
        return grammar.parse_filter(self.filters)
