"""One of several processes that write and read the same store at once.

    python store_sharer.py <store> <seconds>

It adds, changes and deletes; after each write it must see it, by id and in the journal. Meanwhile
it follows the journal into a copy of its own. When its time is over it prints `done <writes>`,
waits for a line, catches up, and prints a digest of its copy and one of the store.
"""

from __future__ import annotations

import dataclasses
import hashlib
import random
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from memorusd.knowledge.bullet import Bullet, new_id, utc_now
from memorusd.knowledge.store import Event
from memorusd.knowledge.store.sqlite import SqliteStore


class Follower:
    """A copy of the store, kept up by the journal alone, as an index is."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.seq, every = store.load()
        self.bullets = {one.bullet.id: one.bullet for one in every}

    def catch_up(self) -> None:
        if self._store.refresh() == self.seq:
            return
        # What is committed between the two reads is loaded now and, harmlessly, once more later.
        self.seq, touched, _ = self._store.changed_since(self.seq)
        _, found = self._store.load(touched)
        for bullet_id in touched:
            self.bullets.pop(bullet_id, None)
        self.bullets.update((one.bullet.id, one.bullet) for one in found)


def digest(bullets: Iterable[Bullet]) -> str:
    lines = sorted(f"{bullet.id} {bullet.text} {bullet.updated_at}" for bullet in bullets)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def put(store: SqliteStore, bullet: Bullet, event: Event) -> None:
    store.write(lambda transaction: transaction.put(bullet, None, event))


def delete(store: SqliteStore, bullet_id: str) -> None:
    store.write(lambda transaction: transaction.delete(bullet_id) and None)


def main() -> None:
    mine: list[str] = []
    wanted: Bullet | None
    writes = 0
    with closing(SqliteStore.open(Path(sys.argv[1]))) as store:
        follower = Follower(store)
        end = time.monotonic() + float(sys.argv[2])
        while time.monotonic() < end:
            before = store.refresh()
            now = utc_now()
            chance = random.random()
            if chance < 0.6 or not mine:
                added = wanted = Bullet(new_id(), f"text {writes}", now, now)
                mine.append(added.id)
                put(store, added, "ADD")
            elif chance < 0.8:
                old = store.get(random.choice(mine))
                assert old is not None
                wanted = dataclasses.replace(old, text=f"new {writes}", updated_at=now)
                put(store, wanted, "UPDATE")
            else:
                wanted = None
                gone = mine.pop(random.randrange(len(mine)))
                delete(store, gone)
            writes += 1
            changed = gone if wanted is None else wanted.id
            assert store.refresh() > before
            assert changed in store.changed_since(before)[1]
            assert store.get(changed) == wanted
            follower.catch_up()
            assert follower.bullets.get(changed) == wanted
        print("done", writes, flush=True)
        sys.stdin.readline()
        follower.catch_up()
        print(digest(follower.bullets.values()), digest(one.bullet for one in store.load()[1]), flush=True)


if __name__ == "__main__":
    main()
