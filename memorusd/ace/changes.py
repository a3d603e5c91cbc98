"""What has happened, as it happens: the journal for those who follow it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ..knowledge.selection import Selection
from ..knowledge.store import Change, Store
from .serializers import as_change

__all__ = ["follow"]

_LOOK = 0.1
"""Seconds between looks at the journal while there is nothing; a look asks SQLite for one number."""


def follow(
    store: Store,
    selection: Selection,
    since: int | None,
    limit: int,
    wait: float,
    cancelled: Callable[[], bool],
) -> dict[str, Any]:
    """`{"changes", "seq"}`: what the journal has after `since`, of at most `limit` of its entries.

    Where there is nothing it looks again until `wait` seconds are over. Without `since`, nothing but the
    place to begin from.
    """
    if since is None:
        return {"changes": [], "seq": store.refresh()}
    end = time.monotonic() + wait
    while True:
        head = store.refresh()
        found = store.changes(since, head, limit) if head > since else []
        since = found[-1].seq if len(found) == limit else max(head, since)
        told = [as_change(change) for change in found if _concerns(change, selection)]
        if told or since < head or time.monotonic() >= end or cancelled():
            return {"changes": told, "seq": since}
        time.sleep(_LOOK)


def _concerns(change: Change, selection: Selection) -> bool:
    """Whether the caller may see it: a RESET concerns everybody."""
    bullet = change.after or change.before
    return bullet is None or selection.matches(bullet)
