"""Around a transaction of the mirror: what is new on the server comes in, what is changed goes out.

    fetch: heads of the writers → their new journal rows → the rows of the bullets these name, as they are now
    send:  rows of `main` → journal rows → this writer's head; only then does the mirror commit

So a head never names what is not there, and a push that was cut off anywhere before it is as if it had
not been; one that was cut off after it comes back to this mirror with the next fetch. What no journal
row tells of, because plain mem0 did it, shows in the number of rows, and in a comparison of all.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice

from memorus_proto.errors import StoreError

from ..transaction import SqlTransaction
from .batch import Batch, Entry, batch_id, split
from .link import Link
from .payload import agrees, from_payload, row_id, to_payload
from .remote import About, Look, Remote, Row, chunks, head_row, side_vector
from .replica import Known, Replica

__all__ = ["Exchange"]

logger = logging.getLogger(__name__)

_ROWS = 500  # rows asked for at a time
_BATCHES = 20  # the same of journal rows, which are bigger
_LOOKS = 5


class Exchange:
    """Around the transactions of one mirror, whose name as a writer `writer` gives."""

    def __init__(self, link: Link, writer: Callable[[], str]) -> None:
        self._link = link
        self._writer = writer
        self.compare = False
        """Whether the next fetch compares all rows."""
        self.emptied = False
        """Whether a fetch has found that somebody removed everything; whoever sees to it sets it back."""

    @contextmanager
    def __call__(self, transaction: SqlTransaction) -> Iterator[None]:
        replica = Replica(transaction)
        push: _Push | None = None
        try:
            with self._link.exclusive() as remote:
                known, about = self._fetch(replica, remote)
                seq = replica.refresh()
                yield
                push = self._push(replica, known, about, seq)
                if push is not None:
                    push.send(remote)
        except StoreError as error:
            if push is None:
                raise
            logger.info("a push failed (%s)", error.data.get("reason"))
        else:
            return
        self._link.run(push.again)

    def _fetch(self, replica: Replica, remote: Remote) -> tuple[Known, About]:
        """Take over what is new; returns how far that goes, and what holds for all."""
        known, look = replica.known(), remote.look()
        if look.about is None:
            # Nobody of ours was here before, or all was taken away.
            about = About(uuid.uuid4().hex, replica.model() if known.epoch is None else None)
            remote.upsert("writers", [about.row()])
        else:
            about = look.about
        if known.epoch != about.epoch:
            if known.epoch is not None:
                replica.clear()
                self.emptied = True
            known, self.compare = Known(about.epoch), True
        if about.model is not None and about.model != replica.model():
            replica.set_model(about.model)
        for _ in range(_LOOKS):
            known = self._follow(replica, remote, known, look)
            if look.count == replica.count() + known.strangers and not self.compare:
                break
            # Where a push is not one transaction, a row may be there before its head.
            seen, look = look, remote.look()
            if look == seen:
                known = replace(known, strangers=self._compare(replica, remote))
                self.compare = False
                break
        replica.note(known)
        return known, about

    def _follow(self, replica: Replica, remote: Remote, known: Known, look: Look) -> Known:
        """Take over what the journals of the writers say."""
        if dict(look.heads) == dict(known.heads):
            return known
        assert known.epoch is not None
        wanted: list[str] = []
        for writer, head in look.heads.items():
            done = known.heads.get(writer, 0)
            wanted += [batch_id(known.epoch, writer, number) for number in range(done + 1, head + 1)]
            # A server that was set back to a backup has forgotten some.
            self.compare = self.compare or head < done
        entries: list[Entry] = []
        for part in chunks(wanted, _BATCHES):
            found = remote.get("journal", part)
            self.compare = self.compare or len(found) < len(part)
            for row in part:
                if row in found:
                    batch = Batch.of_payload(found[row])
                    entries += batch.entries
                    replica.answered(batch.answers)
        entries.sort(key=lambda entry: entry.at)
        self._take(replica, remote, list(dict.fromkeys(entry.bullet_id for entry in entries)), entries)
        return replace(known, heads=dict(look.heads))

    def _take(
        self, replica: Replica, remote: Remote, bullet_ids: Sequence[str], entries: Sequence[Entry] | None
    ) -> None:
        """Have these bullets as the server has them. Without `entries` the differences become some."""
        told = {entry.bullet_id for entry in entries or () if entry.after or entry.before}
        replica.journal(entries or ())
        for part in chunks(bullet_ids, _ROWS):
            rows = {row_id(bullet_id): bullet_id for bullet_id in part}
            found = remote.get("main", list(rows))
            old = {kept.bullet.id: kept for kept in replica.kept(part)}
            for row, bullet_id in rows.items():
                before = old.get(bullet_id)
                after = from_payload(row, found[row], remote.fits) if row in found else None
                if after is None:
                    replica.remove(bullet_id)
                else:
                    if after.vector is None and before and before.bullet.text == after.bullet.text:
                        after = replace(before, bullet=after.bullet)
                    replica.put(after)
                was = None if before is None else before.bullet
                now = None if after is None else after.bullet
                if was != now and bullet_id not in told and (entries is None or was is None or now is None):
                    replica.journal([replica.found(was, now)])

    def _compare(self, replica: Replica, remote: Remote) -> int:
        """Find what plain mem0 has done; returns how many rows are no memories."""
        names = {row_id(bullet_id): bullet_id for bullet_id in replica.ids()}
        doubtful: list[str] = []
        seen: set[str] = set()
        strangers = 0
        listed = remote.scan()
        while part := list(islice(listed, _ROWS)):
            bullets = {
                kept.bullet.id: kept.bullet
                for kept in replica.kept([names[row] for row, _ in part if row in names])
            }
            for row, payload in part:
                bullet = bullets.get(names.get(row, ""))
                if from_payload(row, payload, remote.fits) is None:
                    strangers += 1
                    continue
                seen.add(row)
                if bullet is None or not agrees(payload, bullet, remote.fits):
                    doubtful.append(names.get(row, row))
        gone = [bullet_id for row, bullet_id in names.items() if row not in seen]
        # A new row of ours without a journal row has its bullet's id inside, which a scan leaves out.
        if doubtful or gone:
            logger.info("found %d rows that are new or changed, and %d gone", len(doubtful), len(gone))
        self._take(replica, remote, [*doubtful, *gone], None)
        return strangers

    def _push(self, replica: Replica, known: Known, about: About, seq: int) -> _Push | None:
        """What this transaction has changed, noted as sent; None for nothing."""
        entries, emptied = replica.entries(seq)
        fresh = About(uuid.uuid4().hex if emptied else about.epoch, replica.model())
        if not entries and fresh == about:
            return None
        if emptied:
            known = Known(fresh.epoch)
        writer = self._writer()
        batches = split(entries, replica.answers()) if entries else []
        done = known.heads.get(writer, 0)
        push = _Push(
            writer, fresh, emptied, batches, done + 1, known, lambda remote: _rows(replica, remote, entries)
        )
        if batches:
            known = replace(known, heads={**known.heads, writer: done + len(batches)})
        replica.note(known)
        return push


@dataclass(frozen=True, slots=True)
class _Push:
    """What is to be written to the server."""

    writer: str
    about: About
    emptied: bool
    batches: Sequence[Batch]
    first: int
    known: Known
    """What the server had before."""
    rows: Callable[[Remote], tuple[list[Row], list[str]]]

    def send(self, remote: Remote) -> None:
        """Write it, the head last."""
        if self.emptied:
            remote.clear()
        changed, removed = self.rows(remote)
        remote.upsert("main", changed)
        remote.delete(removed)
        numbers = range(self.first, self.first + len(self.batches))
        remote.upsert(
            "journal",
            [
                Row(
                    batch_id(self.about.epoch, self.writer, number),
                    batch.payload(self.writer, number),
                    side_vector(),
                )
                for number, batch in zip(numbers, self.batches, strict=True)
            ],
        )
        head = [head_row(self.writer, numbers[-1])] if self.batches else []
        remote.upsert("writers", [self.about.row(), *head])

    def again(self, remote: Remote) -> None:
        """The same after a failure that may have come before or after it was done.

        Raises:
            StoreError: others have written meanwhile, so what was decided may be wrong.
        """
        with remote.exclusive():
            look = remote.look()
            done = self.first + len(self.batches) - 1
            if look.about == self.about and look.heads.get(self.writer, 0) == done:
                return
            epoch = look.about and look.about.epoch
            if not self.emptied and (epoch, dict(look.heads)) != (self.known.epoch, dict(self.known.heads)):
                raise StoreError(
                    "the vector store was lost for a moment and others have written to it since; "
                    "nothing of this was kept; try again",
                    data={"reason": "unreachable"},
                    retryable=True,
                )
            self.send(remote)


def _rows(replica: Replica, remote: Remote, entries: Sequence[Entry]) -> tuple[list[Row], list[str]]:
    touched = list(dict.fromkeys(entry.bullet_id for entry in entries))
    changed = [
        Row(
            row_id(kept.bullet.id),
            to_payload(kept, remote.fits),
            None if kept.vector is None else kept.vector.tolist(),
        )
        for kept in replica.kept(touched)
    ]
    there = {row.id for row in changed}
    return changed, [row for row in map(row_id, touched) if row not in there]
