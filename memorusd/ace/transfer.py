"""Export and import: every field of a bullet out, and in again; what is known already is merged.

An import into an empty store gives back what was exported, owners, counts and times included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..knowledge.bullet import GLOBAL, Bullet, new_id, utc_now
from ..knowledge.embed import Embedder
from ..knowledge.index import Index, embed_texts
from ..knowledge.selection import Selection
from ..knowledge.store import Event, Store, Transaction
from .curator import Decision, Present, decide, look, owner_of
from .options import CuratorSettings
from .serializers import as_entry

__all__ = ["export_page", "import_entries"]


def export_page(store: Store, selection: Selection, after: str | None, size: int) -> dict[str, Any]:
    """Up to `size` bullets with all their fields, archived ones too; `next` is None at the end."""
    bullets, following = store.page(selection, after, size, archived=None)
    return {"entries": [as_entry(bullet) for bullet in bullets], "next": following}


def import_entries(
    entries: Sequence[Mapping[str, Any]],
    since: int | None,
    store: Store,
    index: Index,
    embedder: Embedder,
    settings: CuratorSettings,
    request_id: str | None,
) -> dict[str, Any]:
    """Keep entries of an export, each whole or not at all.

    `entries` are checked and redacted. `since` is the `seq` that the first call of the same import
    gave: what came with that import is not compared with itself. Returns the counts `imported`, `merged`
    (into what was known) and `skipped` (known as it is, or as something newer), and `seq`.
    """
    bullets = [_bullet(entry) for entry in entries]
    made = embed_texts(embedder, [bullet.text for bullet in bullets])
    vectors = [embedded.vector for embedded in made]
    near = look(store, index, bullets, vectors)
    start = near.seq if since is None else since

    def work(transaction: Transaction) -> dict[str, Any]:
        present = Present(transaction, near)
        fellows = transaction.imported_since(start)
        events = []
        for number, (bullet, vector) in enumerate(zip(bullets, vectors, strict=True)):
            known = transaction.get(bullet.id)
            if known is not None:
                decision = _known(bullet, known.bullet)
            else:
                others = [n for n in present.of(number, bullet, vector) if n.bullet.id not in fellows]
                decision = decide(bullet, None, others, settings)
            events.append(decision.event)
            if decision.event == "SKIP":
                continue
            kept, old = decision.bullet, decision.target
            if kept.text not in (bullet.text, old and old.text):
                # Both texts in one would need a vector of its own; an import keeps the old words.
                kept = replace(kept, text=old.text if old else bullet.text)
            fresh = made[number] if old is None or kept.text != old.text else None
            event: Event = "IMPORT" if decision.event == "ADD" else "MERGE"
            transaction.put(kept, fresh and fresh.vector, event, fresh and fresh.passages)
            fellows.add(kept.id)
        return {
            "imported": events.count("ADD"),
            "merged": len(events) - events.count("ADD") - events.count("SKIP"),
            "skipped": events.count("SKIP"),
            "seq": start,
        }

    answer: dict[str, Any] = store.write(work, request_id=request_id)
    return answer


def _known(new: Bullet, old: Bullet) -> Decision:
    """The id is there already: the later of the two counts."""
    if owner_of(new) != owner_of(old):
        return Decision("SKIP", old, old, (), "another owner's memory has this id")
    if new == old or new.updated_at <= old.updated_at:
        return Decision("SKIP", old, old, (), "known as it is, or as something newer")
    return Decision("MERGE", old, new, (), "newer than what was known under this id")


def _bullet(entry: Mapping[str, Any]) -> Bullet:
    now = utc_now()
    given = {name: value for name, value in entry.items() if value is not None and name != "memory"}
    created = given.get("created_at", now)
    return Bullet(
        **{
            "id": new_id(),
            "created_at": created,
            "updated_at": created,
            "scope": GLOBAL,
            "origin": "import",
            **given,
            "text": entry["memory"].strip(),
        }
    )
