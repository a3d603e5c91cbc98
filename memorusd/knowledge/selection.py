"""Which bullets a call may see: the one place where owner, scope, type, section and filters are decided.

The store's pages, the index and a check of a single bullet all ask this class. What a call names must be
equal, and a bullet without it does not match, so that nothing passes by accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from . import filters as grammar
from .bullet import GLOBAL, OWNERS, PRIVATE, Bullet

__all__ = ["Selection"]


@dataclass(frozen=True)
class Selection:
    """What a call names, and a filter in mem0's grammar. A field that is None was not named.

    A call that names an owner or a scope sees, where it is `shared`,

    - what is global;
    - of what is private, that of the owner: each id that the call names is equal;
    - of a project or workspace, everything if the call names that scope, whoever wrote it; if the call names
      no scope, what the owner has written there.

    The scope `private` without an owner stands for everyone's private memories. If it is not `shared`, the
    call sees what has exactly the owner and the scope that it names.
    """

    user_id: str | None = None
    agent_id: str | None = None
    run_id: str | None = None
    scope: str | None = None
    type: str | None = None
    section: str | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)
    """See filters.py. Nearly always these are conditions on the bullet's own metadata."""
    shared: bool = True

    @cached_property
    def alternatives(self) -> list[dict[str, str]]:
        """Maps of fields to values: a bullet has to agree with all of one map."""
        owner, scope = self._named(*OWNERS), self._named("scope")
        kind = self._named("type", "section")
        if not self.shared or not (owner or scope):
            return [owner | scope | kind]
        places = [{"scope": GLOBAL}]
        if owner:
            places.append(owner | ({"scope": PRIVATE} if scope else {}))
        if scope and not (owner and self.scope == PRIVATE):
            places.append(scope)
        return [place | kind for place in places]

    def matches(self, bullet: Bullet) -> bool:
        """Return whether the call may see `bullet`."""
        seen = any(
            all(getattr(bullet, name) == value for name, value in fields.items())
            for fields in self.alternatives
        )
        return seen and self.matches_filters(bullet)

    def matches_filters(self, bullet: Bullet) -> bool:
        """Return whether `bullet` meets the filter alone."""
        return not self.filters or grammar.matches(self.filter_tree, bullet)

    @cached_property
    def filter_tree(self) -> grammar.Group:
        """The filter, parsed. Raises InvalidRequest if it is not valid."""
        return grammar.parse_filter(self.filters)

    def _named(self, *names: str) -> dict[str, str]:
        return {name: value for name in names if (value := getattr(self, name)) is not None}
