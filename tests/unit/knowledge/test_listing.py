"""Pages of long texts, straight from the store."""

from __future__ import annotations

from pathlib import Path

from memorusd.knowledge.bullet import Bullet, new_id, utc_now
from memorusd.knowledge.selection import Selection
from memorusd.knowledge.store import Transaction
from memorusd.knowledge.store.sqlite import SqliteStore


def test_a_page_of_long_texts_ends_early_and_the_next_goes_on(home: Path) -> None:
    store = SqliteStore.open(home / "memorus.db")
    now = utc_now()
    long = [Bullet(id=new_id(), text="x" * 65_536, created_at=now, updated_at=now) for _ in range(100)]

    def fill(transaction: Transaction) -> None:
        for bullet in long:
            transaction.put(bullet, None, "ADD")

    store.write(fill)
    found: list[str] = []
    after, pages = None, 0
    while pages == 0 or after is not None:
        bullets, after = store.page(Selection(), after, 1000)
        assert 0 < sum(len(bullet.text) for bullet in bullets) < 3_000_000
        found += [bullet.id for bullet in bullets]
        pages += 1
    store.close()
    assert pages > 1
    assert sorted(found) == sorted(bullet.id for bullet in long)


def test_equal_times_neither_repeat_nor_vanish_between_pages(home: Path) -> None:
    store = SqliteStore.open(home / "memorus.db")
    now = utc_now()
    same = [Bullet(id=new_id(), text="same", created_at=now, updated_at=now) for _ in range(25)]

    def fill(transaction: Transaction) -> None:
        for bullet in same:
            transaction.put(bullet, None, "ADD")

    store.write(fill)
    first, after = store.page(Selection(), None, 10)
    second, after = store.page(Selection(), after, 10)
    third, after = store.page(Selection(), after, 10)
    store.close()
    assert after is None
    assert [len(page) for page in (first, second, third)] == [10, 10, 5]
    assert {b.id for b in first + second + third} == {b.id for b in same}
