"""What stands at the path: nothing, an older or a newer store, damage, or what cannot be written."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import StoreError
from memorusd.knowledge.bullet import Bullet
from memorusd.knowledge.store.sqlite import SqliteStore, schema

FIXTURES = Path(__file__).parents[3] / "fixtures"


def refused(path: Path, reason: str) -> StoreError:
    with pytest.raises(StoreError) as caught:
        SqliteStore.open(path)
    assert caught.value.data["reason"] == reason
    assert str(path) in caught.value.message
    return caught.value


def names(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


@pytest.mark.parametrize("number", range(1, len(schema.STEPS) + 1))
def test_the_store_of_every_version_opens(
    path: Path, open_store: Callable[..., SqliteStore], bullet: Callable[..., Bullet], number: int
) -> None:
    path.parent.mkdir(mode=0o700)
    shutil.copy(FIXTURES / f"store-v{number}.db", path)
    store = open_store()
    assert (store.count(), store.refresh(), str(store.model())) == (3, 6, "fixture@r1")
    found = {one.bullet.text: one for one in store.load()[1]}
    assert set(found) == {"Use uv to install", "Run the tests with make test", "缓存键必须包含模型版本"}
    whole = found["缓存键必须包含模型版本"]
    assert whole.bullet.metadata == {"source": "fixture", "n": [1, 2.5, None]}
    assert whole.bullet.tags == ("cache", "模型")
    assert whole.bullet.created_at.isoformat() == "2024-03-01T12:00:00.123456+00:00"
    assert whole.vector is not None
    assert whole.vector.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert found["Use uv to install"].vector is None
    # Before version 3, `global` was also the scope of what had an owner and was given no scope.
    scopes = [found[text].bullet.scope for text in ("Use uv to install", "Run the tests with make test")]
    assert (whole.bullet.scope, *scopes) == ("private", "private", "project:x")
    assert all(change.after and change.after.scope == "private" for change in store.history(whole.bullet.id))
    changed = found["Use uv to install"].bullet.id
    assert [change.event for change in store.history(changed)] == ["ADD", "UPDATE"]
    assert store.write(lambda t: "anew", request_id="fixture") == "anew"  # older than a day
    store.write(lambda t: t.put(bullet(), None, "ADD"))
    assert store.refresh() == 7


def test_todays_schema_is_the_one_checked_in(path: Path, store: SqliteStore) -> None:
    """A step that was released is never edited: what changes is a new step, and a new fixture."""

    def tables(file: Path) -> list[Any]:
        with closing(sqlite3.connect(file)) as connection:
            return connection.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()

    shutil.copy(FIXTURES / f"store-v{len(schema.STEPS)}.db", path.with_name("fixture.db"))
    assert tables(path.with_name("fixture.db")) == tables(path)


def add_a_column(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE bullets ADD COLUMN mood TEXT")
    connection.execute("UPDATE bullets SET mood = 'calm'")


def test_an_older_store_is_migrated_and_kept(
    path: Path,
    open_store: Callable[..., SqliteStore],
    add: Callable[..., Bullet],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = open_store()
    kept = add(store)
    store.close()
    monkeypatch.setattr(schema, "STEPS", [*schema.STEPS, add_a_column])
    store = open_store()
    assert store.get(kept.id) == kept
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert schema.version(connection) == len(schema.STEPS)
        assert connection.execute("SELECT mood FROM bullets").fetchall() == [("calm",)]
    copy = path.with_name(f"memorus.db.before-v{len(schema.STEPS)}")
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert schema.version(connection) == len(schema.STEPS) - 1
        assert connection.execute("SELECT text FROM bullets").fetchall() == [(kept.text,)]


def test_a_migration_that_fails_changes_nothing(
    path: Path,
    open_store: Callable[..., SqliteStore],
    add: Callable[..., Bullet],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = open_store()
    kept = add(store)
    store.close()

    def fails(connection: sqlite3.Connection) -> None:
        add_a_column(connection)
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(schema, "STEPS", [*schema.STEPS, fails])
        refused(path, "disk_full")
    store = open_store()
    assert store.get(kept.id) == kept


def test_a_store_in_use_is_not_migrated(
    path: Path, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "STEPS", [*schema.STEPS, add_a_column])
    assert refused(path, "locked").retryable


def test_a_newer_store_is_refused_and_untouched(
    path: Path, store: SqliteStore, add: Callable[..., Bullet]
) -> None:
    add(store)
    store.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    error = refused(path, "too_new")
    assert "99" in error.message
    assert path.read_bytes() == before
    assert not [name for name in names(path) if "corrupt" in name]


def test_another_programs_database_is_refused_and_untouched(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    assert "another program" in refused(path, "corrupt").message
    assert path.read_bytes() == before


def spoil_page(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(4096 * 4))


def spoil_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"not SQLite at all")


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 4096 * 2)


def overwrite(path: Path) -> None:
    path.write_bytes(b"hello")


@pytest.mark.parametrize("damage", [spoil_page, spoil_header, cut, overwrite])
def test_a_damaged_store_is_set_aside_once(
    path: Path,
    store: SqliteStore,
    open_store: Callable[..., SqliteStore],
    add: Callable[..., Bullet],
    damage: Callable[[Path], None],
) -> None:
    for i in range(50):
        add(store, f"text {i}")
    store.close()
    damage(path)
    damaged = path.read_bytes()
    error = refused(path, "corrupt")
    aside = Path(error.data["set_aside"])
    assert aside.name.startswith("memorus.db.corrupt-")
    assert str(aside) in error.message
    assert aside.read_bytes() == damaged
    fresh = open_store()
    assert fresh.count() == 0
    add(fresh)
    fresh.close()
    assert aside.read_bytes() == damaged
    damage(path)
    second = Path(refused(path, "corrupt").data["set_aside"])
    assert second != aside
    assert aside.read_bytes() == damaged


def test_the_log_goes_aside_with_its_file(path: Path, start: Callable[..., Any]) -> None:
    writer = start(
        """
        store = SqliteStore.open(path)
        for i in range(50):
            store.write(lambda t: t.put(bullet("text" * 500), None, "ADD"))
        store._database._clear_log()
        store.write(lambda t: t.put(bullet("in the log only"), None, "ADD"))
        print("done", flush=True)
        sys.stdin.readline()
        """
    )
    assert writer.stdout.readline() == "done\n"
    writer.kill()
    writer.wait()
    log = path.with_name("memorus.db-wal").read_bytes()
    with path.open("r+b") as file:
        file.seek(4096 * 12)
        file.write(os.urandom(4096 * 10))
    aside = Path(refused(path, "corrupt").data["set_aside"])
    assert aside.with_name(aside.name + "-wal").read_bytes() == log
    assert "memorus.db-wal" not in names(path)


def test_a_log_without_its_file_is_not_thrown_away(path: Path, start: Callable[..., Any]) -> None:
    test_the_log_goes_aside_with_its_file(path, start)
    log = next(file for file in path.parent.iterdir() if file.name.endswith("-wal"))
    log.rename(path.with_name("memorus.db-wal"))
    aside = Path(refused(path, "corrupt").data["set_aside"])
    assert aside.with_name(aside.name + "-wal").stat().st_size
    SqliteStore.open(path).close()


def test_a_damaged_store_in_use_stays_where_it_is(
    path: Path,
    store: SqliteStore,
    start: Callable[..., Any],
    add: Callable[..., Bullet],
    open_store: Callable[..., SqliteStore],
) -> None:
    add(store)
    other = start('store = SqliteStore.open(path); print("in", flush=True); sys.stdin.readline()')
    assert other.stdout.readline() == "in\n"
    store.close()  # who opened it first goes, who came second still uses it
    overwrite(path)
    with pytest.raises(StoreError) as caught:
        open_store().count()
    assert caught.value.data["reason"] == "corrupt"
    assert "set_aside" not in caught.value.data
    other.kill()
    other.wait()
    assert "set_aside" in refused(path, "corrupt").data


def test_processes_that_find_damage_together_set_it_aside_once(path: Path, start: Callable[..., Any]) -> None:
    path.parent.mkdir()
    overwrite(path)
    script = """
        print("ready", flush=True)
        sys.stdin.readline()
        try:
            store = SqliteStore.open(path)
        except StoreError as error:
            assert error.data["reason"] == "corrupt"
            print("aside")
        else:
            store.write(lambda t: t.put(bullet("new"), None, "ADD"))
            store.close()
    """
    processes = [start(script) for _ in range(4)]
    for process in processes:
        process.stdout.readline()
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = [process.communicate(timeout=60)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * 4
    assert sorted(printed) == ["", "", "", "aside\n"]
    with closing(SqliteStore.open(path)) as store:
        assert store.count() == 3


def test_an_unfinished_beginning_is_a_new_store(path: Path, open_store: Callable[..., SqliteStore]) -> None:
    path.parent.mkdir()
    path.touch()
    assert open_store().count() == 0


def test_a_file_replaced_under_an_open_store_is_noticed(
    path: Path, store: SqliteStore, add: Callable[..., Bullet], tmp_path: Path
) -> None:
    add(store)
    path.rename(path.with_name("moved"))
    with pytest.raises(StoreError, match="removed or replaced"):
        add(store)
    path.touch()
    with pytest.raises(StoreError, match="removed or replaced"):
        add(store)
    path.unlink()
    path.with_name("moved").rename(path)
    add(store)
    assert store.count() == 2


def test_a_path_with_odd_characters(
    open_store: Callable[..., SqliteStore], add: Callable[..., Bullet], tmp_path: Path
) -> None:
    store = open_store(tmp_path / "a dir?mode=memory#x%20" / "ü.db")
    add(store)
    assert (tmp_path / "a dir?mode=memory#x%20" / "ü.db").stat().st_size


def test_a_directory_in_the_way(path: Path) -> None:
    path.mkdir(parents=True)
    assert refused(path, "io")
