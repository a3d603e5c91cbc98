"""What an embedding costs beside the bare matrix products, and whether a text's vector ever changes.

    python benchmarks/embedding.py

The floor is the model's matrix products alone (six layers, 384 wide, 1536 in the middle, 12 heads)
in numpy on one thread: no tokens, no softmax, no normalisation.
"""

# ruff: noqa: E402 (the number of threads must be set before numpy is imported)
from __future__ import annotations

import os

for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[_variable] = "1"  # read when numpy is loaded

import threading
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from report import heading, interleave, row

from memorus_proto.paths import Paths
from memorusd.knowledge.embed import Vectors
from memorusd.knowledge.embed.onnx import OnnxEmbedder
from memorusd.knowledge.embed.session import Model

LAYERS, WIDTH, MIDDLE, HEADS = 6, 384, 1536, 12
CALLERS, TEXTS_EACH = 8, 25

WORDS = ["the", "user", "wants", "every", "change", "to", "run", "through", "tests", "before", "release"]


def products(tokens: int) -> Callable[[], object]:
    """The matrix products of one text of `tokens` tokens. Values stay near 1: no denormals, no overflow."""
    random = np.random.default_rng(0)

    def weights(rows: int, columns: int) -> Vectors:
        scaled: Vectors = (random.standard_normal((rows, columns)) / np.sqrt(rows)).astype(np.float32)
        return scaled

    # Query, key and value in one product is the fastest form of it, hence the hardest floor.
    layers = [
        (weights(WIDTH, 3 * WIDTH), weights(WIDTH, WIDTH), weights(WIDTH, MIDDLE), weights(MIDDLE, WIDTH))
        for _ in range(LAYERS)
    ]
    start = random.standard_normal((tokens, WIDTH)).astype(np.float32)
    shrink = np.float32(1 / (tokens * WIDTH / HEADS))

    def run() -> Vectors:
        x = start
        for qkv, out, up, down in layers:
            q, k, v = (x @ qkv).reshape(tokens, 3, HEADS, WIDTH // HEADS).transpose(1, 2, 0, 3)
            heads = (q @ k.transpose(0, 2, 1)) @ v * shrink
            x = start + heads.transpose(1, 0, 2).reshape(tokens, WIDTH) @ out @ up @ down
        assert np.isfinite(x).all()
        return x

    return run


def text_of(model: Model, tokens: int) -> str:
    """A text that the model reads as exactly `tokens` tokens."""
    text = " ".join(WORDS[i % len(WORDS)] for i in range(tokens - 2))
    assert len(model.tokens(text)) == tokens
    return text


def cost(embedder: OnnxEmbedder, model: Model) -> None:
    heading("embedding / the same matrix products in numpy, one thread")
    for tokens, runs in ((12, 60), (64, 40), (256, 10)):
        text = text_of(model, tokens)
        whole, floor = interleave([lambda t=text: embedder.embed([t]), products(tokens)], runs)  # type: ignore[misc]
        row(f"one text of {tokens} tokens", whole, floor, "<= 1.2" if tokens <= 64 else "-")
    text = text_of(model, 12)
    embedder.embed_query(text)
    again, anew = interleave([lambda: embedder.embed_query(text), lambda: embedder.embed([text])], 40)
    row("a query from the cache / embedded", again, anew, "-")


def sharing(embedder: OnnxEmbedder) -> None:
    """Concurrent callers of short texts against the same texts one after the other."""
    texts = [
        [f"{WORDS[i % 11]} {WORDS[(i + c) % 11]} {i}" for i in range(TEXTS_EACH)] for c in range(CALLERS)
    ]

    def together() -> None:
        def call(mine: list[str]) -> None:
            for text in mine:
                embedder.embed([text])

        threads = [threading.Thread(target=call, args=(mine,)) for mine in texts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def in_turn() -> None:
        for mine in texts:
            for text in mine:
                embedder.embed([text])

    heading(f"{CALLERS} callers at once / the same texts one by one")
    a, b = interleave(
        [
            together,
            in_turn,
        ],
        3,
        1,
    )
    row(f"{CALLERS * TEXTS_EACH} short texts", a, b, "-")


def deviation(a: Vectors, b: Vectors) -> float:
    """1 - cosine, in double precision."""
    x: npt.NDArray[np.float64] = a.astype(np.float64)
    y: npt.NDArray[np.float64] = b.astype(np.float64)
    return float(1 - x @ y / np.sqrt((x @ x) * (y @ y)))


def stability(embedder: OnnxEmbedder, model: Model) -> None:
    """One text's vector: alone, in batches of every size, in all threads, and padded as we never do."""
    random = np.random.default_rng(1)
    texts = [" ".join(random.choice(WORDS, int(n))) for n in random.integers(1, 60, 200)]
    texts += [" ".join(random.choice(WORDS, int(n))) for n in random.integers(60, 250, 20)]
    alone = [embedder.embed([text])[0] for text in texts]
    worst = {"batches": 0.0, "threads": 0.0, "padding (never done)": 0.0}
    same = dict.fromkeys(worst, True)

    def seen(kind: str, index: int, vector: Vectors) -> None:
        worst[kind] = max(worst[kind], abs(deviation(alone[index], vector)))
        same[kind] &= bool(np.array_equal(alone[index], vector))

    for size in (2, 3, 5, 8, 21, len(texts)):
        order = random.permutation(len(texts))
        for part in np.array_split(order, -(-len(texts) // size)):
            for index, vector in zip(part, embedder.embed([texts[i] for i in part]), strict=True):
                seen("batches", int(index), vector)

    def shuffled(seed: int) -> None:
        for index in np.random.default_rng(seed).permutation(len(texts))[:60]:
            seen("threads", int(index), embedder.embed([texts[index]])[0])

    threads = [threading.Thread(target=shuffled, args=(seed,)) for seed in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for index in range(0, len(texts), 4):
        own = list(model.tokens(texts[index]))
        for padding in (1, 5, 16, 100):
            if len(own) + padding <= 256:
                seen("padding (never done)", index, padded(model, own, padding))

    heading("largest cosine deviation of one text's vector, in units of 1e-5")
    for kind, value in worst.items():
        row(f"over {kind}{', bitwise equal' if same[kind] else ''}", value / 1e-5, 1.0, "<= 1", "1e-5")


def padded(model: Model, tokens: list[int], padding: int) -> Vectors:
    """The vector of a text that was padded and masked."""
    ids = np.array([tokens + [0] * padding], dtype=np.int64)
    mask = np.array([[1] * len(tokens) + [0] * padding], dtype=np.int64)
    feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    hidden: Vectors = model._session.run(None, feeds)[0][0, : len(tokens)]
    mean = hidden.mean(axis=0)
    vector: Vectors = mean / np.sqrt((mean * mean).sum())
    return vector


def main() -> None:
    start = time.perf_counter()
    embedder = OnnxEmbedder(Paths.from_environ().models)
    embedder.load()
    model = embedder._ready()[0]
    print(f"{embedder.model}, loaded in {time.perf_counter() - start:.2f} s")
    cost(embedder, model)
    sharing(embedder)
    stability(embedder, model)


if __name__ == "__main__":
    main()
