"""The journal for those who follow it: what has changed, as it changes."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..knowledge.selection import Selection
from ..knowledge.store import Change, Store
from ..requests import Json
from .serializers import as_change

__all__ = ["follow_changes"]

_POLL_INTERVAL = 0.1
"""Seconds between two looks at the journal; each asks SQLite for one number."""


def follow_changes(
    store: Store,
    selection: Selection,
    since: int | None,
    limit: int,
    wait: float,
    cancelled: Callable[[], bool],
) -> Json:
    """`{"changes": [...], "seq"}`: what the selection may see of up to `limit` journal entries after `since`.

    If there is nothing, the journal is polled until there is, for at most `wait` seconds. Without `since`
    there are no changes, only the present `seq` to begin from.
    """
    if since is None:
        return {"changes": [], "seq": store.refresh()}
    end = time.monotonic() + wait
    while True:
        head = store.refresh()
        entries = store.changes(since, head, limit) if head > since else []
        since = entries[-1].seq if len(entries) == limit else max(head, since)
        visible = [as_change(entry) for entry in entries if _is_visible(entry, selection)]
        if visible or since < head or time.monotonic() >= end or cancelled():
            return {"changes": visible, "seq": since}
        time.sleep(_POLL_INTERVAL)


def _is_visible(change: Change, selection: Selection) -> bool:
    """Whether the caller may see it: a RESET concerns everybody."""
    bullet = change.after or change.before
    return bullet is None or selection.matches(bullet)
