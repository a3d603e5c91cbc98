"""Where memories are kept for good: the contract of a store. `sqlite/` and `mirror/` implement it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from ..ages import Ages
from ..bullet import Bullet
from ..embed import ModelId, Vectors
from ..selection import Selection

__all__ = ["Change", "Event", "InboxEntry", "Store", "StoredBullet", "Transaction"]

Event = Literal[
    "ADD",
    "MERGE",
    "SUPERSEDE",
    "IMPORT",
    "UPDATE",
    "ARCHIVE",
    "RESTORE",
    "DELETE",
    "RESET",
    "REEMBED",
    "RECALL",
]
"""REEMBED and RECALL are for those who follow the journal; they are not part of a bullet's history."""


@dataclass(frozen=True, slots=True)
class StoredBullet:
    """A bullet and its vector, float32 of shape (dimensions,); None without one of the current model."""

    bullet: Bullet
    vector: Vectors | None
    passages: Vectors | None = None
    """Vectors of the passages of a long text, shape (m, dimensions); None for a short text."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the journal. `before` is None if the bullet was new, `after` if it was removed."""

    seq: int
    at: datetime
    event: Event
    bullet_id: str | None
    before: Bullet | None
    after: Bullet | None


@dataclass(frozen=True, slots=True)
class InboxEntry:
    """An interaction in the inbox: redacted, durable, not yet distilled into bullets."""

    request_id: str
    at: datetime
    call: bytes
    """The encoded call. The store does not look into it."""


class Transaction(Protocol):
    """What may be done inside `Store.write`. All of it happens or none; reads see earlier writes."""

    def get(self, bullet_id: str) -> StoredBullet | None:
        """Return the bullet as it is now."""

    def put(
        self, bullet: Bullet, vector: Vectors | None, event: Event, passages: Vectors | None = None
    ) -> None:
        """Insert or replace a bullet with its vectors, and journal it as `event`.

        If `vector` is None, stored vectors are kept; the text must then be unchanged.

        Raises:
            InvalidRequest: a value cannot be stored, or a new text comes without its vector.
            ConfigError: there is a vector, but the store has no model yet.
        """

    def changed_since(self, seq: int) -> dict[str, StoredBullet | None]:
        """Return the bullets that the journal names after `seq`, by id, as they are now (None: removed).

        This includes what earlier jobs of the same group commit have written.
        """

    def imported_since(self, seq: int) -> set[str]:
        """Return the ids of the bullets that were imported (event IMPORT) after `seq`."""

    def count_recalls(self, bullet_ids: Sequence[str], at: datetime) -> int:
        """Count a recall of each bullet, at most once per UTC day; return how many were counted."""

    def ack(self, request_id: str) -> None:
        """Remove an interaction from the inbox, because its bullets are in this transaction."""

    def delete(self, bullet_id: str) -> Bullet:
        """Remove a bullet and return it; the journal keeps its last image. Raises NotFound."""

    def delete_where(self, fields: Mapping[str, str | None]) -> int:
        """Remove every bullet whose fields equal all given values that are not None; return how many.

        Each removal is journalled separately. Raises InvalidRequest for a field that bullets do not have.
        """

    def scopes(self, owner: Mapping[str, str]) -> dict[str, int]:
        """Return how many bullets each scope has whose owner ids equal all given ones."""


class Store(Protocol):
    """A store is thread-safe and may be shared with other processes. All methods block.

    Every method raises StoreError, with `data["reason"]`, when the store cannot do its work.
    """

    @property
    def store_id(self) -> str:
        """A random id that the store got when it was created."""

    def write(
        self,
        work: Callable[[Transaction], Any],
        *,
        request_id: str | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Any:
        """Run `work` in a transaction, and return its result once the changes are on disk.

        Writers that wait at the same time share one commit, so `work` must be quick and must not
        block. If it raises, only its own changes are undone, and the error is raised here.

        Args:
            request_id: makes the write idempotent. If a write with this id was committed before (by any
                process, within a day), `work` does not run and the earlier result is returned. The
                result must be serialisable with msgpack.
            cancelled: checked once before `work` starts; if it returns true, Cancelled is raised.
        """

    def post(self, request_id: str, call: bytes) -> None:
        """Put an interaction into the inbox; return once it is on disk. A repeated id adds nothing."""

    def ack(self, request_id: str) -> None:
        """Remove an interaction from the inbox, if it is there."""

    def take_over(self) -> list[InboxEntry]:
        """Take over the inbox entries of processes that have ended, and return them, oldest first."""

    def get(self, bullet_id: str) -> Bullet | None:
        """Return the bullet, or None."""

    def get_many(self, bullet_ids: Sequence[str]) -> dict[str, Bullet]:
        """Return those of the bullets that exist, by id."""

    def page(
        self, selection: Selection, after: str | None, limit: int, archived: bool | None = False
    ) -> tuple[list[Bullet], str | None]:
        """Return up to `limit` selected bullets, newest first (by created_at, then id), and a cursor.

        Pass the cursor as `after` to get the next page; it is None after the last page. A page of
        very long texts may hold fewer than `limit`.

        Args:
            archived: whether to return archived bullets or the others; None returns both.

        Raises:
            InvalidRequest: `after` is not a cursor.
        """

    def history(self, bullet_id: str) -> list[Change]:
        """Return every change of one bullet, oldest first; an empty list for an unknown id."""

    def histories(self, bullet_ids: Sequence[str]) -> list[Change]:
        """Return every change of these bullets, oldest first."""

    def changes(self, since: int, until: int, limit: int) -> list[Change]:
        """Return up to `limit` changes of any bullet with `since` < seq <= `until`, oldest first."""

    def counts(self, selection: Selection) -> list[tuple[str, str, str, bool, int]]:
        """Return (type, section, scope, archived, count) for each combination that is selected.

        Here and in `ages`, the selection's filter is not looked at.
        """

    def duplicates(self) -> list[list[str]]:
        """Return groups of ids of active bullets with the same text, owners, scope, type and section."""

    def ages(self, bullet_ids: Sequence[str] | None = None) -> tuple[list[str], Ages]:
        """Return (ids, ages) of the bullets that are not archived: all of them, or those given."""

    def selected_ages(self, selection: Selection) -> Ages:
        """Return the ages of the selected bullets that are not archived."""

    def get_meta(self, name: str) -> str | None:
        """Return a value that was kept with `set_meta`, or None."""

    def all_meta(self) -> dict[str, str]:
        """Return all values kept with `set_meta`, and those that the store keeps about itself."""

    def set_meta(self, name: str, value: str) -> None:
        """Keep a value about the store itself."""

    def refresh(self) -> int:
        """Catch up with what other writers have committed, and return the journal's last `seq`.

        Call it before every answer. On an embedded store it only reads the counter (0 for a new
        store). A mirror first pulls from its server what other hosts have written, so this may
        change rows and add journal entries.
        """

    def changed_since(self, seq: int) -> tuple[int, list[str], bool]:
        """Return what to reload after `seq`: (the last seq, ids that changed, whether there was a RESET)."""

    def recalled_since(self, seq: int) -> list[str]:
        """Return the ids of the bullets that were only recalled, and not otherwise changed, after `seq`."""

    def reconcile(self) -> None:
        """Adopt changes that programs other than Memorus have made; does nothing on an embedded store."""

    def load(self, bullet_ids: Sequence[str] | None = None) -> tuple[int, Iterator[StoredBullet]]:
        """Return (seq, bullets with vectors) as of one instant: all bullets, or those given that exist.

        Vectors that another model than `model()` has made are None.
        """

    def count(self) -> int:
        """Return the number of bullets."""

    def model(self) -> ModelId | None:
        """Return the model of the stored vectors; None until one is set."""

    def set_model(self, model: ModelId) -> None:
        """Make `model` the store's model. Vectors of other models count as missing from now on.

        Raises:
            ConfigError: the store cannot hold vectors of that size.
        """

    def without_vector(self, limit: int) -> list[Bullet]:
        """Return up to `limit` bullets that have no vector of `model()` and wait to be embedded."""

    def set_vectors(self, vectors: Sequence[tuple[str, str, Vectors, Vectors | None]], model: ModelId) -> int:
        """Store vectors, given as (bullet id, content hash, vector, passages); journal them as REEMBED.

        Bullets that were removed, or whose text has another hash by now, are skipped. Returns the
        number stored. Raises ConfigError if the store's model is no longer `model`.
        """

    def reset(self, request_id: str | None = None) -> None:
        """Remove everything for good, overwriting it. The journal continues with one RESET entry."""

    def status(self) -> dict[str, Any]:
        """Return kind, path, bytes, schema, seq, count, model, and the fsyncs and transactions so far."""

    def close(self) -> None:
        """Flush and release everything. Safe to call twice."""
