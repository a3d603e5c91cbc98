"""The vector store for mem0: what it keeps, finds, refuses, and that filters mean what mem0's do."""

from __future__ import annotations

import multiprocessing
import sqlite3
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from memorus._sqlite_vectors import SqliteVectors
from memorus_proto.errors import InvalidRequest, NotFound, StoreError


@pytest.fixture
def store(tmp_path: Path) -> SqliteVectors:
    return SqliteVectors("mem0", str(tmp_path / "m.db"))


def fill(store: Any) -> None:
    store.insert(
        [[1, 0, 0], [0, 1, 0], [0.8, 0.6, 0]],
        [
            {
                "data": "a",
                "user_id": "ana",
                "n": 1,
                "tags": ["x", "y"],
                "text_lemmatized": "blue green deploy",
            },
            {"data": "b", "user_id": "bob", "n": 2.5, "at": "2024-05-01T00:00:00+00:00"},
            {"data": "c", "user_id": "ana", "n": 3, "sure": True, "text_lemmatized": "green tea"},
        ],
        ["00000000-0000-4000-8000-00000000000" + n for n in "123"],
    )


def names(found: list[Any]) -> str:
    return "".join(row.payload["data"] for row in found)


def test_nearest_first_with_the_cosine(store: SqliteVectors) -> None:
    fill(store)
    found = store.search("", [2, 0, 0])
    assert names(found) == "acb"
    assert [row.score for row in found] == pytest.approx([1.0, 0.8, 0.0])
    assert store.search("", [-1, 0, 0])[-1].score == 0.0
    assert names(store.search("", [2, 0, 0], top_k=1)) == "a"
    assert store.search("", [2, 0, 0], top_k=0) == []
    assert [names(found) for found in store.search_batch(["", ""], [[1, 0, 0], [0, 1, 0]])] == ["a", "b"]


def test_search_is_exact(store: SqliteVectors) -> None:
    vectors = np.random.default_rng(3).normal(size=(500, 16)).astype(np.float32)
    store.insert(vectors.tolist(), [{"n": n} for n in range(500)], [str(n) for n in range(500)])
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for query in unit[:20]:
        wanted = np.argsort(-(unit @ query))[:10]
        assert [int(row.id) for row in store.search("", query.tolist(), top_k=10)] == wanted.tolist()


def test_what_comes_back_is_the_callers_to_change(store: SqliteVectors) -> None:
    fill(store)
    store.search("", [1, 0, 0])[0].payload["tags"].append("z")  # as mem0 does with linked_memory_ids
    assert store.search("", [1, 0, 0])[0].payload["tags"] == ["x", "y"]


def test_update_delete_and_reset(store: SqliteVectors) -> None:
    fill(store)
    first, second, third = (row.id for row in store.list()[0])
    store.update(first, vector=[0, 0, 1])
    assert store.get(first).payload["data"] == "a"  # type: ignore[union-attr]
    assert names(store.search("", [0, 0, 1], top_k=1)) == "a"
    store.update(second, payload={"data": "B", "text_lemmatized": "owl"})
    assert names(store.search("", [0, 1, 0], top_k=1)) == "B"
    assert names(store.keyword_search("owl")) == "B"
    store.delete(third)
    store.delete(third)
    assert store.get(third) is None
    assert names(store.search("", [1, 1, 1], top_k=9)) in ("aB", "Ba")
    assert store.keyword_search("tea") == []
    assert store.col_info()["count"] == 2
    with pytest.raises(NotFound, match="no row has the id"):
        store.update(third, payload={})
    store.insert([[1, 0, 0]], [{"data": "again"}], [third])
    assert names(store.search("", [1, 0, 0], top_k=1)) == "again"
    store.reset()
    assert store.list() == [[]]
    assert store.search("", [1, 0, 0]) == store.keyword_search("blue") == []
    store.insert([[1, 0]], [{"data": "of another size"}])
    assert names(store.search("", [1, 0])) == "of another size"


def test_deleted_text_is_not_left_in_the_file(store: SqliteVectors, tmp_path: Path) -> None:
    store.insert([[1, 0, 0]], [{"data": "swordfish", "text_lemmatized": "swordfish"}], ["x"])
    store.delete("x")
    store.client.close()  # the last connection writes the log into the file
    assert [f.name for f in tmp_path.glob("m.db*") if b"swordfish" in f.read_bytes()] == []


def test_keywords(store: SqliteVectors) -> None:
    fill(store)
    assert names(store.keyword_search("green tea")) == "ca"
    assert names(store.keyword_search("green", filters={"user_id": "bob"})) == ""
    assert names(store.keyword_search("green", top_k=1)) in ("a", "c")
    assert all(row.score > 0 for row in store.keyword_search("tea"))  # type: ignore[operator]
    for odd in ("", " ", '"', "a AND (", "NEAR(", "*", "-tea"):
        store.keyword_search(odd)


def test_collections_share_a_file_and_nothing_else(store: SqliteVectors, tmp_path: Path) -> None:
    other = SqliteVectors("mem0_entities", str(tmp_path / "m.db"), embedding_model_dims=2)
    fill(store)
    other.insert([[1, 0]], [{"data": "e", "text_lemmatized": "green"}], ["x"])
    assert names(other.search("", [1, 0])) == names(other.keyword_search("green")) == "e"
    assert names(store.keyword_search("green tea")) == "ca"
    other.reset()
    assert len(store.list()[0]) == 3
    assert store.list_cols() == ["mem0", "mem0_entities"]
    assert other.col_info()["dimensions"] == 2


FILTERS: list[tuple[dict[str, Any], str]] = [
    ({"user_id": "ana"}, "ac"),
    ({"user_id": "ana", "n": 3}, "c"),
    ({"n": {"gt": 1, "lt": 3}}, "b"),
    ({"n": {"gte": 1, "lte": 2.5}}, "ab"),
    ({"n": {"in": [1, 3]}}, "ac"),
    ({"user_id": {"ne": "ana"}}, "b"),
    ({"user_id": {"nin": ["ana"]}}, "b"),
    ({"tags": "x"}, "a"),
    ({"sure": True}, "c"),
    ({"at": {"gt": "2024-01-01"}}, "b"),
    ({"$or": [{"n": 1}, {"user_id": "bob"}]}, "ab"),
    ({"$not": [{"n": 1}]}, "bc"),
    ({"user_id": "ana", "$or": [{"n": 1}, {"n": {"gt": 5}}]}, "a"),
]


@pytest.mark.parametrize(("filters", "wanted"), FILTERS)
def test_filters_are_those_of_mem0s_qdrant(
    filters: dict[str, Any], wanted: str, store: SqliteVectors, tmp_path: Path
) -> None:
    from mem0.vector_stores.qdrant import Qdrant

    theirs = Qdrant("mem0", 3, path=str(tmp_path / "q"))
    for each in (store, theirs):
        fill(each)
    assert names(store.list(filters)[0]) == wanted
    assert "".join(sorted(names(store.search("", [1, 1, 1], filters=filters)))) == wanted
    assert "".join(sorted(names(theirs.search("", [1, 1, 1], filters=filters)))) == wanted
    theirs.client.close()


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"tags": "*"}, "a"),
        ({"data": {"icontains": "C"}}, "c"),
        ({"OR": [{"n": 1}, {"AND": [{"user_id": "bob"}, {"n": {"gt": 2}}]}]}, "ab"),
        ({"missing": {"ne": 1}}, ""),
    ],
)
def test_the_rest_of_the_grammar(filters: dict[str, Any], wanted: str, store: SqliteVectors) -> None:
    fill(store)
    assert names(store.list(filters)[0]) == wanted


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda s: s.insert([[1, 0]], [{}], ["x"]), "vectors of 3 numbers, this one has 2"),
        (lambda s: s.search("", [1, 0]), "vectors of 3 numbers"),
        (lambda s: s.insert([[1, float("nan"), 0]], [{}]), "finite numbers"),
        (lambda s: s.insert(["abc"], [{}]), "finite numbers"),
        (lambda s: s.insert([[[1, 0, 0]]], [{}]), "finite numbers"),
        (lambda s: s.insert([[1, 0, 0]], [{"at": object()}]), "not JSON"),
        (lambda s: s.insert([[1, 0, 0]], [{}, {}]), "do not match"),
        (lambda s: s.search("", [1, 0, 0], filters={"n": {"near": 1}}), "unknown operator 'near'"),
        (lambda s: s.list(filters={"$or": 5}), "needs a list"),
        (lambda s: s.create_col("x", 3, "euclid"), "'euclid'"),
    ],
)
def test_bad_input_changes_nothing(call: Callable[[Any], None], says: str, store: SqliteVectors) -> None:
    fill(store)
    before = store.list()
    with pytest.raises(InvalidRequest, match=says):
        call(store)
    assert store.list() == before


def test_all_or_none(store: SqliteVectors) -> None:
    with pytest.raises(InvalidRequest):
        store.insert([[1, 0, 0], [1, 0]], [{}, {}])
    assert store.list() == [[]]


def test_opened_again(store: SqliteVectors, tmp_path: Path) -> None:
    fill(store)
    store.client.close()
    assert names(store.list()[0]) == "abc"
    again = SqliteVectors("mem0", str(tmp_path / "m.db"))
    assert names(again.search("", [1, 0, 0])) == "acb"
    assert stat.S_IMODE((tmp_path / "m.db").stat().st_mode) == 0o600
    with sqlite3.connect(tmp_path / "m.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


def test_the_default_path_is_in_the_home(home: Path) -> None:
    assert SqliteVectors().col_info()["path"] == str(home / "mem0.db")


def test_what_is_not_such_a_file_is_left_alone(tmp_path: Path) -> None:
    for name, content in (("text.db", b"not a database" * 100), ("other.db", None)):
        path = tmp_path / name
        if content is None:
            with sqlite3.connect(path) as connection:
                connection.execute("CREATE TABLE mine (x)")
            connection.close()
        else:
            path.write_bytes(content)
        before = path.read_bytes() if content else None
        with pytest.raises(StoreError):
            SqliteVectors("mem0", str(path))
        assert before is None or path.read_bytes() == before


def test_two_in_one_process_see_each_other(store: SqliteVectors, tmp_path: Path) -> None:
    other = SqliteVectors("mem0", str(tmp_path / "m.db"))
    assert other.search("", [1, 0, 0]) == []
    fill(store)
    assert names(other.search("", [1, 0, 0])) == "acb"
    other.delete(store.list()[0][0].id)
    assert names(store.search("", [1, 0, 0])) == "cb"


def test_many_open_a_new_file_at_once(tmp_path: Path) -> None:
    failed: list[BaseException] = []

    def use(n: int) -> None:
        try:
            for k in range(20):
                SqliteVectors("mem0", str(tmp_path / "new.db")).insert([[1, n]], [{"n": n}], [f"{n}-{k}"])
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=use, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(SqliteVectors("mem0", str(tmp_path / "new.db")).list()[0]) == 160


def test_after_a_fork(store: SqliteVectors) -> None:
    fill(store)
    context = multiprocessing.get_context("fork")
    child = context.Process(target=store.insert, args=([[1, 1, 1]], [{"data": "d"}], ["child"]))
    child.start()
    child.join()
    assert child.exitcode == 0
    assert names(store.list()[0]) == "abcd"
