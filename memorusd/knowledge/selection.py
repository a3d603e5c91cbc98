"""Which bullets a call may see: the one place where owner, scope and filters are decided.

A field that is None does not restrict; one that is set must be equal, and a bullet that lacks it
does not match. So nothing passes a filter by accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import filters
from .bullet import GLOBAL, Bullet

__all__ = ["COLUMNS", "Selection"]

COLUMNS = ("user_id", "agent_id", "run_id", "scope", "type", "section")
"""The fields that the index can select by itself."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Equality on fields, and a filter in mem0's grammar.

    The scope of a project or workspace sees `global` too.
    """

    user_id: str | None = None
    agent_id: str | None = None
    run_id: str | None = None
    scope: str | None = None
    type: str | None = None
    section: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """See filters.py; nearly always conditions on the bullet's own metadata."""

    def allowed(self, column: str) -> tuple[str, ...] | None:
        """The values that `column` may have; None for all."""
        value = getattr(self, column)
        if value is None:
            return None
        return (value, GLOBAL) if column == "scope" and value != GLOBAL else (value,)

    def matches(self, bullet: Bullet) -> bool:
        """Whether the call may see `bullet`."""
        for column in COLUMNS:
            allowed = self.allowed(column)
            if allowed is not None and getattr(bullet, column) not in allowed:
                return False
        return self.matches_metadata(bullet)

    def matches_metadata(self, bullet: Bullet) -> bool:
        """Whether `bullet` meets the filter."""
        return not self.metadata or filters.matches(self.tree(), bullet)

    def tree(self) -> filters.Group:
        """The filter, read. Raises InvalidRequest where it is not of the grammar."""
        return filters.read(self.metadata)
