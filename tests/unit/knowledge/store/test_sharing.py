"""One store, many at once: threads, processes and forks."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import StoreError
from memorusd.knowledge.bullet import Bullet
from memorusd.knowledge.store import Transaction
from memorusd.knowledge.store.sqlite import SqliteStore


def putting(bullet: Bullet) -> Callable[[Transaction], None]:
    """Work that adds a bullet."""
    return lambda transaction: transaction.put(bullet, None, "ADD")


def test_waiting_writers_share_a_commit(store: SqliteStore, bullet: Callable[..., Bullet]) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def slow(transaction: Transaction) -> None:
        entered.set()
        go_on.wait(10)

    before = store.status()["transactions"]
    with ThreadPoolExecutor(21) as pool:
        first = pool.submit(store.write, slow)
        entered.wait(10)
        others = [pool.submit(store.write, lambda t: t.put(bullet(), None, "ADD")) for _ in range(20)]
        while len(store._database._commits._waiting) < 20:
            pass
        go_on.set()
        for each in [first, *others]:
            each.result()
    assert store.count() == 20
    assert store.status()["transactions"] - before == 2


def test_a_failure_in_a_group_is_only_its_own(store: SqliteStore, bullet: Callable[..., Bullet]) -> None:
    entered, go_on = threading.Event(), threading.Event()
    kept = [bullet(f"kept {i}") for i in range(5)]

    def slow(transaction: Transaction) -> None:
        entered.set()
        go_on.wait(10)

    def fails(transaction: Transaction) -> None:
        transaction.put(bullet("lost"), None, "ADD")
        raise LookupError("only mine")

    def again(transaction: Transaction) -> str:
        transaction.put(bullet("once"), None, "ADD")
        return "done"

    with ThreadPoolExecutor(10) as pool:
        pool.submit(store.write, slow)
        entered.wait(10)
        good = [pool.submit(store.write, putting(b)) for b in kept]
        bad = pool.submit(store.write, fails, request_id="bad")
        twice = [pool.submit(store.write, again, request_id="twice") for _ in range(2)]
        while len(store._database._commits._waiting) < 8:
            pass
        go_on.set()
        for each in good:
            each.result()
        with pytest.raises(LookupError, match="only mine"):
            bad.result()
        assert [each.result() for each in twice] == ["done", "done"]
    assert sorted(one.bullet.text for one in store.load()[1]) == [*(b.text for b in kept), "once"]


def test_a_broken_group_fails_for_all_and_the_next_works(
    store: SqliteStore, bullet: Callable[..., Bullet]
) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def breaks(transaction: Transaction) -> None:
        entered.set()
        go_on.wait(10)

    def undoes_all(transaction: Any) -> None:
        transaction._sql.execute("ROLLBACK")  # what SQLite does by itself on some errors
        raise sqlite3.OperationalError("disk I/O error")

    with ThreadPoolExecutor(5) as pool:
        pool.submit(store.write, breaks)
        entered.wait(10)
        group = [pool.submit(store.write, lambda t: t.put(bullet(), None, "ADD")) for _ in range(2)]
        group.append(pool.submit(store.write, undoes_all))
        group.append(pool.submit(store.write, lambda t: t.put(bullet(), None, "ADD")))
        while len(store._database._commits._waiting) < 4:
            pass
        go_on.set()
        errors = [each.exception() for each in group]
    assert [type(error) for error in errors] == [StoreError] * 4
    assert len({id(error) for error in errors}) == 4
    assert {error.data["reason"] for error in errors if isinstance(error, StoreError)} == {"io"}
    assert store.count() == 0
    store.write(lambda t: t.put(bullet(), None, "ADD"))
    assert store.count() == 1


def test_a_write_inside_a_write_is_refused(store: SqliteStore) -> None:
    with pytest.raises(RuntimeError, match="inside another write"):
        store.write(lambda t: store.write(lambda t: None))
    assert store.write(lambda t: 1) == 1


def test_an_interrupted_leader_leaves_the_store_usable(
    store: SqliteStore, bullet: Callable[..., Bullet]
) -> None:
    def interrupted(transaction: Transaction) -> None:
        transaction.put(bullet(), None, "ADD")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write(interrupted)
    assert store.count() == 0
    store.write(lambda t: t.put(bullet(), None, "ADD"))
    assert store.count() == 1


def test_threads_read_their_own_writes(store: SqliteStore, bullet: Callable[..., Bullet]) -> None:
    def work(thread: int) -> None:
        for i in range(20):
            new = bullet(f"{thread} {i}")
            before = store.refresh()
            store.write(putting(new))
            assert store.get(new.id) == new
            assert new.id in store.changed_since(before)[1]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert store.count() == store.refresh() == 160
    journal = store.changed_since(0)
    assert len(journal[1]) == 160


def test_another_process_sees_and_writes(
    store: SqliteStore, add: Callable[..., Bullet], run: Callable[..., str], bullet: Callable[..., Bullet]
) -> None:
    mine = add(store, "mine")
    assert store.refresh() == 1
    printed = run(
        """
        store = SqliteStore.open(path)
        print(store.refresh(), store.get(sys.argv[2]).text)
        store.write(lambda t: t.put(bullet("theirs"), None, "ADD"))
        print(store.refresh())
        store.close()
        """,
        mine.id,
    )
    assert printed.split() == ["1", "mine", "2"]
    assert store.refresh() == 2
    _, touched, _ = store.changed_since(1)
    assert [bullet.text for bullet in store.get_many(touched).values()] == ["theirs"]


def test_a_request_is_done_once_by_all_processes(store: SqliteStore, start: Callable[..., Any]) -> None:
    script = """
        store = SqliteStore.open(path)
        sys.stdin.readline()
        def work(t):
            new = bullet("once")
            t.put(new, None, "ADD")
            return new.id
        print([store.write(work, request_id=f"r{i}") for i in range(50)])
        store.close()
    """
    processes = [start(script) for _ in range(3)]
    answers = {process.communicate("go\n", timeout=60)[0] for process in processes}
    assert len(answers) == 1
    assert store.count() == 50


def test_waiting_for_another_process_is_no_error(
    store: SqliteStore, start: Callable[..., Any], bullet: Callable[..., Bullet]
) -> None:
    other = start(
        """
        store = SqliteStore.open(path)
        def work(t):
            print("in", flush=True)
            sys.stdin.readline()
        store.write(work)
        store.close()
        """
    )
    assert other.stdout.readline() == "in\n"
    with ThreadPoolExecutor(1) as pool:
        mine = pool.submit(store.write, lambda t: t.put(bullet(), None, "ADD"))
        assert store.count() == 0  # reading does not wait
        assert not mine.done()
        other.communicate("go on\n", timeout=30)
        mine.result()
    assert store.count() == 1


def test_a_store_that_stays_locked_is_reported(
    store: SqliteStore, start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memorusd.knowledge.store.sqlite.writer._PATIENCE", 0.05)
    other = start(
        """
        store = SqliteStore.open(path)
        store.write(lambda t: (print("in", flush=True), sys.stdin.readline(), None)[2])
        """
    )
    assert other.stdout.readline() == "in\n"
    with pytest.raises(StoreError, match="another process") as caught:
        store.write(lambda t: None)
    assert caught.value.data["reason"] == "locked"
    assert caught.value.retryable
    other.communicate("go on\n", timeout=30)
    store.write(lambda t: None)


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="needs /proc/locks")
def test_a_fork_carries_no_connection(run: Callable[..., str]) -> None:
    """Parent and child both go on, with locks of their own, also in the middle of a load."""
    printed = run(
        """
        import os
        store = SqliteStore.open(path)
        for i in range(600):
            store.write(lambda t: t.put(bullet(f"before {i}"), None, "ADD"))
        _, begun = store.load()
        next(begun)
        reading, writing = os.pipe()
        child = os.fork()
        def files():
            return [os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
                    if os.path.exists(f"/proc/self/fd/{n}")]
        if not child:
            code = 1
            try:
                assert not [f for f in files() if f.startswith(str(path))], files()
                store.write(lambda t: t.put(bullet("child"), None, "ADD"))
                held = [line for line in open("/proc/locks") if f" {os.getpid()} " in line]
                assert any("POSIX" in line for line in held), "the child uses the file without locks"
                assert len(list(begun)) == 599
                os.write(writing, b"x")
                store.close()
                code = 0
            finally:
                os._exit(code)
        store.write(lambda t: t.put(bullet("parent"), None, "ADD"))
        os.read(reading, 1)
        assert os.waitpid(child, 0)[1] == 0
        assert len(list(begun)) == 599
        assert store.refresh() == store.count() == 602
        store.write(lambda t: t.put(bullet("parent again"), None, "ADD"))
        store.close()
        again = SqliteStore.open(path)
        print(again.count())
        again.close()
        """
    )
    assert printed == "603\n"


def test_forks_amid_writing_threads(run: Callable[..., str]) -> None:
    """Children forked at any moment add their own; nobody hangs, nothing is lost."""
    printed = run(
        """
        import os, threading
        store = SqliteStore.open(path)
        done = threading.Event()
        counts = [0] * 4
        def write(n):
            while not done.is_set():
                store.write(lambda t: t.put(bullet("thread"), None, "ADD"))
                counts[n] += 1
        threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(10):
            child = os.fork()
            if not child:
                code = 1
                try:
                    store.write(lambda t: t.put(bullet("child"), None, "ADD"))
                    code = 0
                finally:
                    os._exit(code)
            assert os.waitpid(child, 0)[1] == 0
        done.set()
        for thread in threads:
            thread.join()
        print(store.count() - sum(counts))
        store.close()
        """
    )
    assert printed == "10\n"


def test_a_fork_inside_a_write_leaves_a_child_that_refuses(run: Callable[..., str]) -> None:
    printed = run(
        """
        import os
        store = SqliteStore.open(path)
        def work(t):
            child = os.fork()
            if not child:
                code = 1
                try:
                    store.count()
                except StoreError as error:
                    code = 0 if "forked" in error.message else 2
                os._exit(code)
            return os.waitpid(child, 0)[1]
        print(store.write(work), store.count())
        store.close()
        """
    )
    assert printed == "0 0\n"
