"""Where bullets are kept for good. The contract that every store keeps; implementations stand beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from ..ages import Ages
from ..bullet import Bullet
from ..embed import ModelId, Vectors
from ..selection import Selection

__all__ = ["Change", "Event", "Posted", "Store", "Stored", "Transaction"]

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
"""REEMBED and RECALL tell those who follow the journal; they are no part of a bullet's history."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A bullet and its vector, float32 of shape (dimensions,); None when no current vector is stored."""

    bullet: Bullet
    vector: Vectors | None
    passages: Vectors | None = None
    """Vectors of the passages of a long text, shape (m, dimensions); None for a short one."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the journal. `before` and `after` are None where there was or is no bullet."""

    seq: int
    at: datetime
    event: Event
    bullet_id: str | None
    before: Bullet | None
    after: Bullet | None


@dataclass(frozen=True, slots=True)
class Posted:
    """An interaction in the inbox: durable, redacted, not yet bullets. `call` is the caller's to read."""

    request_id: str
    at: datetime
    call: bytes


class Transaction(Protocol):
    """What may be done inside `Store.write`: all of it happens, or none. Reads see its own writes."""

    def get(self, bullet_id: str) -> Stored | None:
        """The bullet as it is now."""

    def put(
        self, bullet: Bullet, vector: Vectors | None, event: Event, passages: Vectors | None = None
    ) -> None:
        """Insert or replace a bullet with its vector (and those of its passages), and journal it as `event`.

        `vector` None keeps the vector that is stored, if any (the text must then be unchanged).
        """

    def changed_since(self, seq: int) -> dict[str, Stored | None]:
        """What the journal has after `seq`, earlier jobs of this very transaction included.

        By id, as the bullets are now; None for those that are gone.
        """

    def imported_since(self, seq: int) -> set[str]:
        """The ids of the bullets that came as IMPORT after `seq`."""

    def recalled(self, bullet_ids: Sequence[str], at: datetime) -> int:
        """Count a recall of those bullets that were not yet recalled on that day (in UTC); how many."""

    def ack(self, request_id: str) -> None:
        """Take an interaction out of the inbox: what it taught is in this transaction."""

    def delete(self, bullet_id: str) -> Bullet:
        """Take a bullet out; the journal keeps what it was. Raises NotFound."""

    def delete_where(self, fields: Mapping[str, str | None]) -> int:
        """Delete, and journal one by one, every bullet whose fields equal all that are not None; how many."""


class Store(Protocol):
    """Thread-safe, and shared with other processes. All methods block.

    Every method raises StoreError with `data["reason"]` where the store cannot do its work.
    """

    @property
    def store_id(self) -> str:
        """A random id, given when the store was made."""

    def write(
        self,
        work: Callable[[Transaction], Any],
        *,
        request_id: str | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Any:
        """Run `work` in a transaction and return what it returned, once that is on disk.

        Writers that wait at the same time share one commit, so `work` must be quick and must not
        block; if it raises, its own changes are undone and the error comes out here, and the
        others go on. With a `request_id`, the result must be msgpack-able: if a write with the same
        id was committed before (by any process, since a day), `work` does not run and the result
        of then is returned. When `cancelled()` is true before `work` starts, Cancelled is raised.
        """

    def post(self, request_id: str, call: bytes) -> None:
        """Put an interaction into the inbox; returns once it is on disk. The same id twice is one entry."""

    def ack(self, request_id: str) -> None:
        """Take it out again, if it is there."""

    def take_over(self) -> list[Posted]:
        """What processes that are gone have left in the inbox, oldest first; it is this process's now."""

    def get(self, bullet_id: str) -> Bullet | None:
        """The bullet, or None."""

    def get_many(self, bullet_ids: Sequence[str]) -> dict[str, Bullet]:
        """The bullets that exist among `bullet_ids`, by id."""

    def page(
        self, selection: Selection, after: str | None, limit: int, archived: bool | None = False
    ) -> tuple[list[Bullet], str | None]:
        """Up to `limit` selected bullets, newest first (by created_at, then id), and a cursor.

        The cursor, given as `after`, continues behind the last bullet; it is None when there is
        nothing more. A page of very long texts ends before `limit`. `archived` None gives both kinds.
        Raises InvalidRequest for a cursor that is none.
        """

    def history(self, bullet_id: str) -> list[Change]:
        """Every change of one bullet, oldest first; empty for an unknown id."""

    def changes(self, since: int, until: int, limit: int) -> list[Change]:
        """Up to `limit` changes of any bullet after the journal's `since` up to `until`, oldest first."""

    def counts(self) -> list[tuple[str, str, str, bool, int]]:
        """(type, section, scope, whether archived, how many there are) for each such kind of bullet."""

    def duplicates(self) -> list[list[str]]:
        """The ids of bullets that are not archived and say the very same for the same owners, by group."""

    def ages(self, bullet_ids: Sequence[str] | None = None) -> tuple[list[str], Ages]:
        """(ids, ages) of the bullets that are not archived; all of them, or those of the ids that exist."""

    def get_meta(self, name: str) -> str | None:
        """Something about the store itself that was noted; None if it was not."""

    def set_meta(self, name: str, value: str) -> None:
        """Keep a fact about the store itself."""

    def refresh(self) -> int:
        """The journal's last `seq`; 0 for a new store. Cheap: to be called before every answer."""

    def changed_since(self, seq: int) -> tuple[int, list[str], bool]:
        """What to reload after `seq`: (the last seq, ids touched, whether a RESET is among it)."""

    def recalled_since(self, seq: int) -> list[str]:
        """The ids to which nothing has happened after `seq` but that they were recalled."""

    def reconcile(self) -> None:
        """Take over what others than Memorus have done to the rows; nothing where nobody else can."""

    def load(self, bullet_ids: Sequence[str] | None = None) -> tuple[int, Iterator[Stored]]:
        """(seq, bullets with vectors) as of one instant; all of them, or those of the ids that exist.

        A vector of another model than `model()` is given as None.
        """

    def count(self) -> int:
        """How many bullets there are."""

    def model(self) -> ModelId | None:
        """The model of the stored vectors; None until the first is set."""

    def set_model(self, model: ModelId) -> None:
        """Make `model` the store's; vectors of another count as missing from here on."""

    def without_vector(self, limit: int) -> list[Bullet]:
        """Up to `limit` bullets that have no vector of `model()` and so wait to be embedded."""

    def set_vectors(self, vectors: Sequence[tuple[str, str, Vectors, Vectors | None]], model: ModelId) -> int:
        """Store vectors as (bullet id, content hash, vector, passages), journalled as REEMBED.

        Rows whose text has changed since (another hash) or that are gone are left alone; the
        number stored is returned. Raises ConfigError when the store's model is no longer `model`.
        """

    def reset(self, request_id: str | None = None) -> None:
        """Remove everything for good, overwritten in place; the journal goes on with one RESET entry."""

    def status(self) -> dict[str, Any]:
        """Facts for people: kind, path, bytes, schema, seq, count, model, fsyncs and transactions so far."""

    def close(self) -> None:
        """Flush and let go. Safe to call twice."""
