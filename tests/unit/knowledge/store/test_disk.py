"""Full disks and read-only places, for real: a small file system is mounted where that is allowed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import StoreError
from memorusd.knowledge.bullet import Bullet
from memorusd.knowledge.store.sqlite import SqliteStore


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MiB of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m,mode=0700", "none", str(place)]
    try:
        mounted = subprocess.run(command, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("needs the right to mount a file system (root)")
    yield place
    subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)
    subprocess.run(["umount", "-l", str(place)], check=True)


def reason_of(call: Callable[[], Any]) -> str:
    with pytest.raises(StoreError) as caught:
        call()
    return str(caught.value.data["reason"])


def fill(place: Path) -> Path:
    """Use up all the space."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                pass
    return filler


def test_a_full_disk_is_reported_and_nothing_is_half_written(
    small_disk: Path, open_store: Callable[..., SqliteStore], add: Callable[..., Bullet]
) -> None:
    store = open_store(small_disk / "memorus.db")
    before = add(store, "before")
    filler = fill(small_disk)
    size = 200_000  # over what the log's preallocated pages may hold
    assert reason_of(lambda: add(store, "x" * size)) == "disk_full"
    assert store.get(before.id) == before  # reading goes on
    assert (store.count(), store.refresh()) == (1, 1)
    assert reason_of(lambda: add(store, "x" * size)) == "disk_full"
    filler.unlink()
    add(store, "y" * size)
    assert (store.count(), store.refresh()) == (2, 2)
    store.close()
    with_room = open_store(small_disk / "memorus.db")  # its integrity is checked
    assert with_room.count() == 2


def test_a_disk_that_fills_up_loses_nothing_acknowledged(
    small_disk: Path, open_store: Callable[..., SqliteStore], add: Callable[..., Bullet]
) -> None:
    store = open_store(small_disk / "memorus.db")
    kept: list[Bullet] = []

    def go_on() -> None:
        while True:
            kept.append(add(store, f"{len(kept)} " + "x" * 10_000))

    assert reason_of(go_on) == "disk_full"
    assert len(kept) > 10
    assert {one.bullet.id for one in store.load()[1]} == {one.id for one in kept}
    store.close()
    again = open_store(small_disk / "memorus.db")
    assert {one.bullet.id for one in again.load()[1]} == {one.id for one in kept}


def test_a_store_cannot_be_made_on_a_full_disk(small_disk: Path) -> None:
    filler = fill(small_disk)
    path = small_disk / "memorus.db"
    assert reason_of(lambda: SqliteStore.open(path)) == "disk_full"
    filler.unlink()
    SqliteStore.open(path).close()


def test_a_limit_on_file_size_is_an_io_error(run: Callable[..., str]) -> None:
    """Without root: the kernel refuses to let the log grow."""
    printed = run(
        """
        import resource, signal
        store = SqliteStore.open(path)
        store.write(lambda t: t.put(bullet("before"), None, "ADD"))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
        try:
            store.write(lambda t: t.put(bullet("x" * 1_000_000), None, "ADD"))
        except StoreError as error:
            print(error.data["reason"])
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        store.write(lambda t: t.put(bullet("after"), None, "ADD"))
        print(sorted(one.bullet.text for one in store.load()[1]))
        store.close()
        """
    )
    assert printed.splitlines() == ["io", "['after', 'before']"]


def test_a_read_only_disk(
    small_disk: Path, open_store: Callable[..., SqliteStore], add: Callable[..., Bullet]
) -> None:
    path = small_disk / "memorus.db"
    store = open_store(path)
    add(store)
    store.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    content = path.read_bytes()
    assert reason_of(lambda: SqliteStore.open(path)) == "read_only"
    assert reason_of(lambda: SqliteStore.open(small_disk / "new" / "memorus.db")) == "read_only"
    assert path.read_bytes() == content


@pytest.mark.parametrize("what", ["file", "directory"])
def test_permissions(
    path: Path, store: SqliteStore, add: Callable[..., Bullet], what: str, run: Callable[..., str]
) -> None:
    add(store)
    store.close()
    if os.getuid() == 0:
        pytest.skip("root may write anywhere; test_a_read_only_disk stands in")
    target = path if what == "file" else path.parent
    target.chmod(0o400 if what == "file" else 0o500)
    try:
        assert reason_of(lambda: SqliteStore.open(path)) == "read_only"
    finally:
        target.chmod(0o700)
