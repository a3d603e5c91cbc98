"""Callers share runs, take turns, and do not suffer for one another. Nothing here is timed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from memorusd.knowledge.embed import Vectors, model_files
from memorusd.knowledge.embed.batching import Batcher, Tokens
from memorusd.knowledge.embed.session import Model

BAD = 10**6
"""A token that no vocabulary has: the model fails on it."""


@pytest.fixture(scope="module")
def model(wheel_files: model_files.ModelFiles) -> Model:
    return Model(wheel_files)


class Runs:
    """The real model; records each run, and holds the first one until `gate` is set."""

    def __init__(self, model: Model, held: bool = True) -> None:
        self.model = model
        self.batches: list[list[Tokens]] = []
        self.entered = threading.Event()
        self.gate = threading.Event()
        if not held:
            self.gate.set()
        self.at_once = 0
        self.most_at_once = 0
        self.interrupt = False

    def __call__(self, texts: Sequence[Tokens]) -> Vectors:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.batches.append(list(texts))
            self.entered.set()
            assert self.gate.wait(30)
            if self.interrupt:
                self.interrupt = False
                raise KeyboardInterrupt
            return self.model.run(texts)
        finally:
            self.at_once -= 1


class Caller(threading.Thread):
    """Calls the batcher in a thread of its own and keeps what came back."""

    def __init__(self, batcher: Batcher, texts: Sequence[Tokens]) -> None:
        super().__init__(daemon=True)
        self.batcher, self.texts = batcher, texts
        self.result: list[Vectors] | None = None
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self.result = self.batcher(self.texts)
        except BaseException as error:
            self.error = error


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def finish(*callers: Caller) -> None:
    for caller in callers:
        caller.join(30)
        assert not caller.is_alive()


def text(length: int, seed: int = 0) -> list[int]:
    middle = np.random.default_rng(seed).integers(2000, 20000, length - 2).tolist()
    return [101, *middle, 102]


def queued(batcher: Batcher, calls: int) -> Callable[[], bool]:
    return lambda: len(batcher._calls) == calls


def test_eight_callers_share_two_runs(model: Model) -> None:
    runs = Runs(model)
    batcher = Batcher(runs, 256)
    texts = [text(12, seed) for seed in range(8)]
    first = Caller(batcher, [texts[0]])
    assert runs.entered.wait(30)
    others = [Caller(batcher, [t]) for t in texts[1:]]
    until(queued(batcher, 8))
    runs.gate.set()
    finish(first, *others)
    assert sorted(map(len, runs.batches)) == [1, 7]
    for caller in (first, *others):
        assert caller.result is not None
        np.testing.assert_allclose(caller.result[0], model.run(caller.texts)[0], atol=1e-6)


def test_eight_threads_at_a_barrier_never_run_at_once_and_all_get_their_own(model: Model) -> None:
    runs = Runs(model, held=False)
    batcher = Batcher(runs, 64)
    barrier = threading.Barrier(8)
    wrong: list[object] = []

    def work(number: int) -> None:
        texts = [text(4 + (number + i) % 5, 100 * number + i) for i in range(12)]
        barrier.wait()
        try:
            for mine, vector in zip(texts, batcher(texts), strict=True):
                if not np.allclose(vector, model.run([mine])[0], atol=1e-6):
                    wrong.append(mine)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert runs.most_at_once == 1
    assert sum(map(len, runs.batches)) == 96, "every text ran once"
    assert len(runs.batches) < 96, "and some of them together"
    assert all(len({len(t) for t in batch}) == 1 for batch in runs.batches), "never padded"
    assert all(sum(map(len, batch)) <= 64 for batch in runs.batches)


def test_only_texts_of_one_length_run_together_and_results_keep_their_order(model: Model) -> None:
    runs = Runs(model, held=False)
    texts = [text(length, seed) for seed, length in enumerate([5, 9, 5, 7, 9, 5])]
    vectors = Batcher(runs, 256)(texts)
    assert sorted([len(t) for t in batch] for batch in runs.batches) == [[5, 5, 5], [7], [9, 9]]
    for mine, vector in zip(texts, vectors, strict=True):
        np.testing.assert_allclose(vector, model.run([mine])[0], atol=1e-6)


def test_a_text_over_the_cap_has_a_run_for_itself(model: Model) -> None:
    runs = Runs(model, held=False)
    Batcher(runs, 8)([text(12, 1), text(12, 2), text(4, 3), text(4, 4), text(4, 5)])
    assert [len(batch) for batch in runs.batches] == [1, 1, 2, 1]


def test_nothing_in_nothing_out(model: Model) -> None:
    runs = Runs(model, held=False)
    assert Batcher(runs, 256)([]) == []
    assert runs.batches == []


def test_one_text_does_not_wait_behind_thousands(model: Model) -> None:
    runs = Runs(model)
    batcher = Batcher(runs, 16)
    bulk = Caller(batcher, [text(16, seed) for seed in range(40)])
    assert runs.entered.wait(30)
    one = Caller(batcher, [text(5)])
    until(queued(batcher, 2))
    runs.gate.set()
    finish(bulk, one)
    assert [len(batch[0]) for batch in runs.batches].index(5) == 1
    assert len(runs.batches) == 41


def test_a_failing_text_fails_its_own_caller_only(model: Model) -> None:
    runs = Runs(model)
    batcher = Batcher(runs, 256)
    first = Caller(batcher, [text(6, 1)])
    assert runs.entered.wait(30)
    good = [Caller(batcher, [text(6, seed)]) for seed in range(2, 5)]
    bad = Caller(batcher, [text(6, 9), [101, 2000, BAD, 2000, 2000, 102]])
    until(queued(batcher, 5))
    runs.gate.set()
    finish(first, bad, *good)
    assert max(map(len, runs.batches)) == 5, "they were in one run"
    assert bad.error is not None
    assert str(BAD) in str(bad.error)
    for caller in (first, *good):
        assert caller.error is None
        assert caller.result is not None
        np.testing.assert_allclose(caller.result[0], model.run(caller.texts)[0], atol=1e-6)
    assert batcher([text(4)])[0].shape == (384,), "and the next caller is served"


def test_an_interrupted_leader_leaves_the_others_their_texts(model: Model) -> None:
    runs = Runs(model)
    batcher = Batcher(runs, 256)
    first = Caller(batcher, [text(4)])
    assert runs.entered.wait(30)
    callers = [Caller(batcher, [text(6, seed)]) for seed in range(3)]
    until(queued(batcher, 4))
    runs.gate.clear()
    runs.entered.clear()
    gate, runs.gate = runs.gate, threading.Event()
    gate.set()  # the first run goes on; the second one is held, with all three callers in it
    assert runs.entered.wait(30)
    assert len(runs.batches[1]) == 3
    runs.interrupt = True
    runs.gate.set()
    finish(first, *callers)
    interrupted = [c for c in callers if c.error is not None]
    assert [type(c.error) for c in interrupted] == [KeyboardInterrupt]
    for caller in callers:
        if caller not in interrupted:
            assert caller.result is not None
    assert not batcher._calls
    assert batcher([text(4)])[0].shape == (384,)


def test_an_interrupted_waiter_does_not_hold_up_the_rest(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = Runs(model)
    batcher = Batcher(runs, 256)
    first = Caller(batcher, [text(4)])
    assert runs.entered.wait(30)
    with monkeypatch.context() as patch:

        def interrupted(self: threading.Condition, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

        patch.setattr(threading.Condition, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            batcher([text(6)])
    last = Caller(batcher, [text(8)])
    until(queued(batcher, 2))
    runs.gate.set()
    finish(first, last)
    assert last.result is not None
    assert [len(batch[0]) for batch in runs.batches] == [4, 8]
