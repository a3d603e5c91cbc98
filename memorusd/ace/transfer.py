"""Export and import of memories with all their fields; what is known already is merged on the way in.

An import into an empty store restores what was exported, with owners, counts and times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..knowledge.bullet import OWNERS, Bullet, new_id, utc_now
from ..knowledge.embed import Embedder
from ..knowledge.index import Index, embed_texts
from ..knowledge.selection import Selection
from ..knowledge.store import Event, Store, Transaction
from ..requests import ImportRequest, Json
from .curator import CurrentNeighbours, Decision, decide, find_neighbours
from .options import CuratorSettings
from .serializers import as_export_entry

__all__ = ["export_page", "import_entries"]


def export_page(store: Store, selection: Selection, after: str | None, size: int) -> Json:
    """Up to `size` memories with all their fields, archived ones too: `{"entries": [...], "next"}`.

    `next` is the cursor for the next page, None at the end.
    """
    bullets, following = store.page(selection, after, size, archived=None)
    return {"entries": [as_export_entry(bullet) for bullet in bullets], "next": following}


def import_entries(
    entries: Sequence[Json],
    request: ImportRequest,
    store: Store,
    index: Index,
    embedder: Embedder,
    settings: CuratorSettings,
) -> Json:
    """Keep entries of an export, each whole or not at all.

    `entries` are those of `request`, checked and redacted. Memories that came with the same import (after
    `request.since`) are not compared with each other. Returns the counts `imported`, `merged` (into what was
    known) and `skipped` (known as it is, or in a newer version), and `seq`, the `since` of the calls that
    follow.
    """
    bullets = [_bullet(entry) for entry in entries]
    embedded = embed_texts(embedder, [bullet.text for bullet in bullets])
    vectors = [each.vector for each in embedded]
    near = find_neighbours(store, index, bullets, vectors)
    start = near.seq if request.since is None else request.since

    def work(transaction: Transaction) -> Json:
        present = CurrentNeighbours(transaction, near)
        same_import = transaction.imported_since(start)
        events = []
        for number, (bullet, vector) in enumerate(zip(bullets, vectors, strict=True)):
            known = transaction.get(bullet.id)
            if known is not None:
                decision = _decide_same_id(bullet, known.bullet)
            else:
                others = [n for n in present.of(number, bullet, vector) if n.bullet.id not in same_import]
                decision = decide(bullet, None, others, settings)
            events.append(decision.event)
            if decision.event == "SKIP":
                continue
            kept, old = decision.bullet, decision.target
            if kept.text not in (bullet.text, old and old.text):
                # Both texts in one would need a vector of its own; an import keeps the old text.
                kept = replace(kept, text=old.text if old else bullet.text)
            fresh = embedded[number] if old is None or kept.text != old.text else None
            event: Event = "IMPORT" if decision.event == "ADD" else "MERGE"
            transaction.put(kept, fresh and fresh.vector, event, fresh and fresh.passages)
            same_import.add(kept.id)
        return {
            "imported": events.count("ADD"),
            "merged": len(events) - events.count("ADD") - events.count("SKIP"),
            "skipped": events.count("SKIP"),
            "seq": start,
        }

    answer: Json = store.write(work, request_id=request.request_id)
    return answer


def _decide_same_id(new: Bullet, old: Bullet) -> Decision:
    """The store has this id already: the later version of the two is kept."""
    if any(getattr(new, name) != getattr(old, name) for name in (*OWNERS, "scope")):
        return Decision("SKIP", old, old, (), "another owner's memory has this id")
    if new == old or new.updated_at <= old.updated_at:
        return Decision("SKIP", old, old, (), "known as it is, or as something newer")
    return Decision("MERGE", old, new, (), "newer than what was known under this id")


def _bullet(entry: Json) -> Bullet:
    now = utc_now()
    given = {name: value for name, value in entry.items() if value is not None and name != "memory"}
    created = given.get("created_at", now)
    return Bullet(
        **{
            "id": new_id(),
            "created_at": created,
            "updated_at": created,
            "origin": "import",
            **given,
            "text": entry["memory"].strip(),
        }
    )
