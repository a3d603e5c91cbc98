"""Every line of the Store contract, on one store in one process; embedded, and behind real servers."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memorus_proto.errors import Cancelled, ConfigError, InvalidRequest, NotFound, StoreError
from memorusd.knowledge.bullet import Bullet, content_hash, utc_now
from memorusd.knowledge.embed import ModelId, Vectors
from memorusd.knowledge.store import StoredBullet, Transaction
from memorusd.knowledge.store.mirror import MirrorStore
from memorusd.knowledge.store.sqlite import SqliteStore, rows

AnyStore = SqliteStore | MirrorStore

SERVERS = ("pgvector", "chroma", "qdrant")


@pytest.fixture(params=["sqlite", *SERVERS])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def open_store(
    kind: str, path: Path, model: ModelId, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., AnyStore]]:
    """As in conftest; of a server each test gets collections of its own."""
    stores: list[AnyStore] = []
    collection = f"c{uuid.uuid4().hex[:12]}"

    def connected(where: Path) -> AnyStore:
        if kind == "sqlite":
            return SqliteStore.open(where)
        if kind == "qdrant":
            config = {"path": str(tmp_path / "qdrant"), "collection_name": collection}
        else:
            server = {"pgvector": "postgres", "chroma": "chroma"}[kind]
            config = request.getfixturevalue(server).config(collection)
        return MirrorStore.connect(where, kind, config, lambda: 4)

    def opened(where: Path = path) -> AnyStore:
        store = connected(where)
        stores.append(store)
        if store.model() is None:
            store.set_model(model)
        return store

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def other_model(kind: str) -> ModelId:
    """Vectors of another size have no place in a server's collection."""
    return ModelId("other", "r2", 8 if kind == "sqlite" else 4)


def only(*kinds: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", kinds, indirect=True)


def same_vectors(one: Vectors | None, other: Vectors) -> bool:
    return one is not None and np.array_equal(one, other)


def put(store: AnyStore, bullet: Bullet, vector: Any, passages: Any = None) -> None:
    store.write(lambda transaction: transaction.put(bullet, vector, "UPDATE", passages))


def full_bullet(bullet: Callable[..., Bullet]) -> Bullet:
    return bullet(
        "naïve 漢字 \0 end",
        user_id="u",
        agent_id="a",
        run_id="r",
        scope="project:x",
        type="pitfall",
        section="debugging",
        origin="tool",
        role="assistant",
        actor_id="bob",
        tags=("one", "two"),
        metadata={"n": 1, "deep": {"list": [1.5, None, True]}, "空": "\0"},
        recall_count=3,
        last_recalled_at=utc_now(),
        archived_at=utc_now(),
    )


def test_the_columns_are_the_fields_of_a_bullet() -> None:
    assert tuple(field.name for field in dataclasses.fields(Bullet)) == rows.COLUMNS


def test_a_bullet_comes_back_as_it_went_in(
    store: AnyStore, bullet: Callable[..., Bullet], vector: Callable[[int], Vectors]
) -> None:
    new = full_bullet(bullet)
    store.write(lambda t: t.put(new, vector(1), "ADD"))
    assert store.get(new.id) == new
    assert store.get_many([new.id, "unknown"]) == {new.id: new}
    (change,) = store.history(new.id)
    assert (change.event, change.before, change.after, change.bullet_id) == ("ADD", None, new, new.id)
    (found,) = store.load()[1]
    assert found.bullet == new
    assert found.vector is not None
    assert same_vectors(found.vector, vector(1))
    assert found.vector.dtype == np.float32


def test_times_come_back_in_utc(
    store: AnyStore, bullet: Callable[..., Bullet], vector: Callable[[int], Vectors]
) -> None:
    local = datetime(2024, 5, 1, 12, tzinfo=timezone(timedelta(hours=5)))
    new = bullet(created_at=local, updated_at=local)
    store.write(lambda t: t.put(new, None, "ADD"))
    found = store.get(new.id)
    assert found is not None
    assert found.created_at == local
    assert found.created_at.tzinfo == timezone.utc


@pytest.mark.parametrize(
    "fields",
    [
        {"created_at": datetime(2024, 1, 1)},
        {"text": "lone \ud800"},
        {"text": None},
        {"id": "a\0b"},
        {"id": ""},
        {"metadata": {"x": object()}},
        {"metadata": {"x": "\udfff"}},
        {"recall_count": 2**63},
        {"user_id": []},
    ],
)
def test_what_cannot_be_kept_is_refused_and_changes_nothing(
    store: AnyStore, bullet: Callable[..., Bullet], fields: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRequest):
        store.write(lambda t: t.put(bullet(**{"text": "x", **fields}), None, "ADD"))
    assert (store.count(), store.refresh()) == (0, 0)


def test_unknown_and_impossible_ids_find_nothing(store: AnyStore, add: Callable[..., Bullet]) -> None:
    add(store, id="a")
    for bullet_id in ("unknown", "", "a\0b", "\ud800"):
        assert store.get(bullet_id) is None
        assert store.history(bullet_id) == []
        assert list(store.load([bullet_id])[1]) == []
    with pytest.raises(NotFound, match="unknown"):
        store.write(lambda t: t.delete("unknown"))


def test_put_replaces_and_keeps_the_vector_of_an_unchanged_text(
    store: AnyStore, add: Callable[..., Bullet], vector: Callable[[int], Vectors]
) -> None:
    old = add(store, "text")
    new = dataclasses.replace(old, tags=("x",), updated_at=utc_now())
    store.write(lambda t: t.put(new, None, "UPDATE"))
    assert store.get(old.id) == new
    (found,) = store.load()[1]
    assert same_vectors(found.vector, vector(4))
    assert [(c.event, c.before, c.after) for c in store.history(old.id)] == [
        ("ADD", None, old),
        ("UPDATE", old, new),
    ]


def test_a_new_text_needs_its_vector(
    store: AnyStore, add: Callable[..., Bullet], vector: Callable[[int], Vectors]
) -> None:
    old = add(store, "text")
    new = dataclasses.replace(old, text="other")
    with pytest.raises(InvalidRequest, match="vector"):
        store.write(lambda t: t.put(new, None, "UPDATE"))
    store.write(lambda t: t.put(new, vector(9), "UPDATE"))
    (found,) = store.load([old.id])[1]
    assert found.bullet == new
    assert same_vectors(found.vector, vector(9))


def test_delete_returns_and_journals_what_was(store: AnyStore, add: Callable[..., Bullet]) -> None:
    old = add(store)
    assert store.write(lambda t: t.delete(old.id)) == old
    assert store.get(old.id) is None
    assert store.count() == 0
    assert [(c.event, c.before, c.after) for c in store.history(old.id)][1:] == [("DELETE", old, None)]


def test_delete_where_takes_what_matches_all_fields(store: AnyStore, add: Callable[..., Bullet]) -> None:
    mine = [add(store, f"mine {i}", user_id="me", run_id="r") for i in range(3)]
    other = [
        add(store, "other run", user_id="me", run_id="s"),
        add(store, "other user", user_id="you", run_id="r"),
    ]
    fields = {"user_id": "me", "run_id": "r", "agent_id": None}
    assert store.write(lambda t: t.delete_where(fields)) == 3
    assert set(store.get_many([b.id for b in mine + other])) == {b.id for b in other}
    assert [store.history(b.id)[-1].event for b in mine] == ["DELETE"] * 3
    with pytest.raises(InvalidRequest, match="nonsense"):
        store.write(lambda t: t.delete_where({"nonsense": "x"}))


def test_a_transaction_sees_its_own_writes(
    store: AnyStore, bullet: Callable[..., Bullet], vector: Callable[[int], Vectors]
) -> None:
    new = bullet()

    def work(t: Transaction) -> tuple[StoredBullet | None, StoredBullet | None]:
        assert t.get(new.id) is None
        t.put(new, vector(1), "ADD")
        found = t.get(new.id)
        t.delete(new.id)
        return found, t.get(new.id)

    found, gone = store.write(work)
    assert found.bullet == new
    assert same_vectors(found.vector, vector(1))
    assert gone is None


def test_work_that_raises_is_undone(
    store: AnyStore, add: Callable[..., Bullet], bullet: Callable[..., Bullet]
) -> None:
    kept = add(store)
    seq = store.refresh()

    def work(t: Transaction) -> None:
        t.put(bullet(), None, "ADD")
        t.delete(kept.id)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        store.write(work)
    assert (store.get(kept.id), store.count(), store.refresh()) == (kept, 1, seq)


def test_a_cancelled_write_does_not_start(store: AnyStore) -> None:
    started: list[Transaction] = []
    with pytest.raises(Cancelled):
        store.write(started.append, cancelled=lambda: True)
    assert not started


def test_a_repeated_request_does_not_run_again(
    store: AnyStore, open_store: Callable[..., AnyStore], bullet: Callable[..., Bullet]
) -> None:
    def work(t: Transaction) -> dict[str, Any]:
        new = bullet()
        t.put(new, None, "ADD")
        return {"id": new.id, "pair": (1, 2)}

    first = store.write(work, request_id="once")
    assert store.write(work, request_id="once") == first
    store.close()
    again = open_store()
    assert again.write(work, request_id="once") == first
    assert again.count() == 1


def test_a_failed_request_may_be_tried_again(
    store: AnyStore, add: Callable[..., Bullet], bullet: Callable[..., Bullet]
) -> None:
    def fails(t: Transaction) -> None:
        t.put(bullet(), None, "ADD")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        store.write(fails, request_id="r")
    with pytest.raises(InvalidRequest):
        store.write(lambda t: object(), request_id="r")
    assert store.write(lambda t: "done", request_id="r") == "done"
    assert store.count() == 0
    with pytest.raises(InvalidRequest):
        store.write(lambda t: None, request_id="a\0b")


@only("sqlite")
def test_requests_are_forgotten_after_a_day(
    store: AnyStore, open_store: Callable[..., AnyStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.write(lambda t: 1, request_id="r") == 1
    store.close()
    import time as clock

    now = clock.time()
    monkeypatch.setattr("memorusd.knowledge.store.sqlite.writer.time.time", lambda: now + 24 * 3600 - 60)
    young = open_store()
    assert young.write(lambda t: 2, request_id="r") == 1
    young.close()
    monkeypatch.setattr("memorusd.knowledge.store.sqlite.writer.time.time", lambda: now + 24 * 3600 + 60)
    old = open_store()
    old.write(lambda t: None)
    assert old.write(lambda t: 3, request_id="r") == 3


@only("sqlite", "pgvector", "chroma")  # a directory of Qdrant has one user
def test_seq_and_changed_since(
    store: AnyStore, open_store: Callable[..., AnyStore], add: Callable[..., Bullet]
) -> None:
    other = open_store()
    assert (store.refresh(), other.refresh(), store.changed_since(0)) == (0, 0, (0, [], False))
    a, b = add(store, "a"), add(store, "b")
    assert store.refresh() == other.refresh() == 2
    assert other.changed_since(0) == (2, [a.id, b.id], False)
    assert other.changed_since(1) == (2, [b.id], False)
    store.write(lambda t: t.delete(a.id))
    assert other.changed_since(2) == (3, [a.id], False)
    store.reset()
    c = add(store, "c")
    assert other.changed_since(3) == (5, [c.id], True)
    assert other.refresh() == 5


@pytest.fixture
def fill(
    bullet: Callable[..., Bullet], vector: Callable[[int], Vectors]
) -> Callable[[AnyStore], list[Bullet]]:
    """Adds 600 bullets in one transaction."""

    def filled(store: AnyStore) -> list[Bullet]:
        many = [bullet(f"text {i}") for i in range(600)]

        def work(transaction: Transaction) -> None:
            for one in many:
                transaction.put(one, vector(1), "ADD")

        store.write(work)
        return many

    return filled


def test_load_is_of_one_instant(
    store: AnyStore, add: Callable[..., Bullet], fill: Callable[[AnyStore], list[Bullet]]
) -> None:
    first = fill(store)
    seq, rows = store.load()
    next(rows)
    add(store, "later")
    store.write(lambda t: t.delete(first[-1].id))
    assert seq == 600
    assert len(list(rows)) == 599
    assert store.load()[0] == 602


def test_load_of_some_ids(store: AnyStore, add: Callable[..., Bullet]) -> None:
    a, _, c = (add(store, text) for text in "abc")
    _, found = store.load([c.id, "unknown", a.id])
    assert {one.bullet.id for one in found} == {a.id, c.id}
    assert list(store.load([])[1]) == []


def test_a_load_that_is_dropped_holds_nothing(
    store: AnyStore, fill: Callable[[AnyStore], list[Bullet]]
) -> None:
    fill(store)
    _, begun = store.load()
    next(begun)
    del begun
    store.load()
    store.close()
    assert [file.name for file in store.path.parent.iterdir() if "-wal" in file.name] == []


def test_another_model_makes_vectors_missing(
    store: AnyStore, add: Callable[..., Bullet], model: ModelId, other_model: ModelId
) -> None:
    old = add(store, "text")
    other = other_model
    assert store.without_vector(10) == []
    store.set_model(other)
    assert store.model() == other
    assert store.without_vector(10) == [old]
    assert [one.vector for one in store.load()[1]] == [None]
    store.set_model(model)  # the old vectors are still there
    assert store.without_vector(10) == []
    store.set_model(model)
    assert store.model() == model


def test_without_vector_is_limited(store: AnyStore, bullet: Callable[..., Bullet]) -> None:
    for i in range(5):
        put(store, bullet(f"text {i}"), None)
    assert len(store.without_vector(3)) == 3
    assert len(store.without_vector(10)) == 5


def test_set_vectors_leaves_alone_what_has_changed(
    store: AnyStore, add: Callable[..., Bullet], model: ModelId, other_model: ModelId
) -> None:
    kept, changed = add(store, "kept"), add(store, "changed")
    other = other_model
    vectors = [np.full(other.dimensions, i, np.float32) for i in range(3)]
    store.set_model(other)
    seq = store.refresh()
    work = [
        (kept.id, kept.hash, vectors[0], None),
        (changed.id, content_hash("before"), vectors[1], None),
        ("gone", content_hash("gone"), vectors[2], None),
    ]
    assert store.set_vectors(work, other) == 1
    assert store.without_vector(10) == [changed]
    assert store.changed_since(seq) == (seq + 1, [kept.id], False)
    assert [change.event for change in store.history(kept.id)] == ["ADD"]
    found = {one.bullet.id: one.vector for one in store.load()[1]}
    assert same_vectors(found[kept.id], vectors[0])
    assert found[changed.id] is None
    with pytest.raises(ConfigError, match="tiny"):
        store.set_vectors([], model)


def test_passages_come_and_go_with_the_vector(
    store: AnyStore, bullet: Callable[..., Bullet], model: ModelId, other_model: ModelId
) -> None:
    def loaded(kept: Bullet) -> tuple[Vectors | None, Vectors | None]:
        (found,) = store.load([kept.id])[1]
        return found.vector, found.passages

    kept = bullet("one")
    one, passages = np.full(4, 1, np.float32), np.arange(8, dtype=np.float32).reshape(2, 4)
    store.write(lambda t: t.put(kept, one, "ADD", passages))
    assert same_vectors(loaded(kept)[1], passages)
    # What keeps the vector keeps the passages; what brings a new one replaces both.
    store.write(lambda t: t.put(dataclasses.replace(kept, section="tools"), None, "UPDATE"))
    assert same_vectors(loaded(kept)[1], passages)
    store.write(lambda t: t.put(dataclasses.replace(kept, text="short"), one, "UPDATE"))
    assert loaded(kept)[1] is None
    store.set_vectors([(kept.id, content_hash("short"), one, passages[:1])], model)
    assert same_vectors(loaded(kept)[1], passages[:1])
    for wrong in (passages[0], passages[:, :3], passages.astype(np.float64)):
        with pytest.raises(InvalidRequest, match="passages"):
            put(store, kept, one, wrong)
    store.set_model(other_model)
    assert loaded(kept) == (None, None)


@only("sqlite")
def test_a_vector_must_be_one_of_the_model(
    store: AnyStore, open_store: Callable[..., AnyStore], bullet: Callable[..., Bullet], tmp_path: Path
) -> None:
    for wrong in (np.zeros(5, np.float32), np.zeros(4), np.zeros((1, 4), np.float32)):
        with pytest.raises(InvalidRequest, match="shape"):
            put(store, bullet(), wrong)
    bare = SqliteStore.open(tmp_path / "bare" / "x.db")
    with pytest.raises(ConfigError, match="no model"):
        bare.write(lambda t: t.put(bullet(), np.zeros(4, np.float32), "ADD"))
    bare.close()


@only("sqlite")
def test_status(store: AnyStore, add: Callable[..., Bullet], path: Path) -> None:
    add(store)
    status = store.status()
    assert status["kind"] == "sqlite"
    assert status["path"] == str(path)
    assert (status["seq"], status["count"], status["model"]) == (1, 1, "tiny@r1")
    assert status["bytes"] >= path.stat().st_size
    assert status["transactions"] == status["fsyncs"] == 2  # the model and the bullet


@only("sqlite")
def test_checkpoints_are_counted_and_keep_the_log_short(
    store: AnyStore, add: Callable[..., Bullet], monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    store.write(lambda t: None)
    assert isinstance(store, SqliteStore)
    writer = store._database._writer._connection
    assert writer is not None
    writer.execute("PRAGMA wal_autocheckpoint = 20")
    for i in range(50):
        add(store, f"text {i}")
    status = store.status()
    assert status["fsyncs"] > status["transactions"]
    assert path.with_name(path.name + "-wal").stat().st_size < 60 * 4096


def test_a_closed_store_says_so(store: AnyStore, add: Callable[..., Bullet]) -> None:
    add(store)
    store.close()
    store.close()
    for call in (
        store.refresh,
        store.count,
        store.status,
        lambda: store.get("x"),
        lambda: store.write(lambda t: None),
    ):
        with pytest.raises(StoreError, match="closed"):
            call()


@only("sqlite")
def test_private_files(store: AnyStore, add: Callable[..., Bullet], path: Path) -> None:
    add(store)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}


@only("sqlite")
def test_an_open_file_is_closed_to_others(
    store: AnyStore, open_store: Callable[..., AnyStore], add: Callable[..., Bullet], path: Path
) -> None:
    store.close()
    path.chmod(0o644)
    open_store()
    assert path.stat().st_mode & 0o777 == 0o600


@only("sqlite", "pgvector", "chroma")
def test_every_store_has_its_own_id(
    store: AnyStore, open_store: Callable[..., AnyStore], tmp_path: Path
) -> None:
    other = open_store(tmp_path / "other" / "memorus.db")
    assert store.store_id != other.store_id
    assert open_store().store_id == store.store_id


@only("pgvector", "qdrant")
def test_a_model_of_another_size_is_refused(store: AnyStore, add: Callable[..., Bullet]) -> None:
    kept = add(store)
    with pytest.raises(ConfigError, match="4 dimensions"):
        store.set_model(ModelId("other", "r2", 8))
    assert store.get(kept.id) == kept
