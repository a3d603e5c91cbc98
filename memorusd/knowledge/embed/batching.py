"""Texts of concurrent callers share runs of the model, without a thread of our own.

Callers take turns. The caller whose turn it is runs the model once for texts of its own, adds texts of
other callers that have the same length, and passes the turn on. So a caller with one text never waits for
all texts of a caller with thousands, a caller that has its vectors works for nobody else, and a caller
that is alone pays for two uncontended locks.

Only texts with exactly the same number of tokens share a run. Nothing is padded, so a text's vector
cannot depend on the lengths of others. (Beyond about 100 tokens a shared run gains nothing, and mixed
lengths cost more than they save.)
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from . import Vectors

__all__ = ["Batcher", "Run", "Tokens"]

Tokens = Sequence[int]
"""The token ids of one text."""

Run = Callable[[Sequence[Tokens]], Vectors]
"""The model: takes token sequences of one length and returns vectors of shape (n, dimensions)."""


class _Text:
    """One text of a call, which is done when it has a vector or an error."""

    __slots__ = ("call", "error", "tokens", "vector")

    def __init__(self, call: _Call, tokens: Tokens) -> None:
        self.call = call
        self.tokens = tokens
        self.vector: Vectors | None = None
        self.error: Exception | None = None


class _Call:
    """The texts of one caller, who waits for them."""

    __slots__ = ("changed", "texts", "unfinished", "waiting")

    def __init__(self, lock: threading.Lock, texts: Sequence[Tokens]) -> None:
        self.changed = threading.Condition(lock)
        self.texts = [_Text(self, tokens) for tokens in texts]
        self.unfinished = len(self.texts)
        self.waiting: dict[int, list[_Text]] = {}
        """Texts that are in no run yet, by length. No list is empty."""
        for text in self.texts:
            self.enqueue(text)

    def enqueue(self, text: _Text) -> None:
        self.waiting.setdefault(len(text.tokens), []).append(text)

    def dequeue(self, length: int, limit: int) -> list[_Text]:
        """Remove up to `limit` texts of `length` from those that wait, and return them."""
        texts = self.waiting.get(length, [])
        chosen, texts[:limit] = texts[:limit], []
        if chosen and not texts:
            del self.waiting[length]
        return chosen


class Batcher:
    """Calls the model for texts of many threads, one run at a time."""

    def __init__(self, run: Run, max_tokens: int) -> None:
        """Put at most `max_tokens` tokens into a run; a text longer than that gets a run of its own."""
        self._run = run
        self._max_tokens = max_tokens
        self._lock = threading.Lock()
        self._calls: deque[_Call] = deque()
        """Unfinished calls. The first has the next turn."""
        self._leader: _Call | None = None
        self._batch: list[_Text] = []
        """The texts that the leader runs now."""

    def __call__(self, texts: Sequence[Tokens]) -> list[Vectors]:
        """Return the vectors of `texts`, in order. Blocks until all are done.

        Raises what `run` raised for the first text of this call that failed. A run that fails is
        repeated text by text, so that no caller gets the error of another caller's text.
        """
        call = _Call(self._lock, texts)
        with self._lock:
            if texts:
                self._calls.append(call)
        try:
            while self._lead(call):
                self._execute(self._batch)
                self._hand_over(call)
        finally:
            # This does something only if an interrupt came in between.
            self._hand_over(call, leaving=True)
        return [_result(text) for text in call.texts]

    def _lead(self, call: _Call) -> bool:
        """Wait for the turn of `call` and choose its batch; return False if all its texts are done."""
        with self._lock:
            while call.unfinished and (self._leader is not None or self._calls[0] is not call):
                call.changed.wait()
            if not call.unfinished:
                return False
            self._leader = call
            length = next(iter(call.waiting))
            room = max(1, self._max_tokens // max(1, length))
            for other in self._calls:
                self._batch += other.dequeue(length, room - len(self._batch))
            return True

    def _execute(self, batch: Sequence[_Text]) -> None:
        try:
            vectors = self._run([text.tokens for text in batch])
        except Exception as error:
            if len(batch) == 1:
                batch[0].error = error
                return
            for text in batch:
                self._execute([text])
        else:
            for text, vector in zip(batch, vectors, strict=True):
                text.vector = vector

    def _hand_over(self, call: _Call, leaving: bool = False) -> None:
        """Finish the batch of `call`, if it leads, and wake the callers in it and the next leader."""
        with self._lock:
            if self._leader is call:
                self._calls.rotate(-1)  # its next turn comes after those of all who wait now
                for text in self._batch:
                    owner = text.call
                    if text.vector is None and text.error is None:
                        owner.enqueue(text)  # the run was interrupted, so another one will do it
                        continue
                    owner.unfinished -= 1
                    if not owner.unfinished:
                        self._forget(owner)
                        owner.changed.notify()
                self._leader, self._batch = None, []
            if leaving:
                self._forget(call)
            if self._leader is None and self._calls:
                self._calls[0].changed.notify()

    def _forget(self, call: _Call) -> None:
        if call in self._calls:
            self._calls.remove(call)


def _result(text: _Text) -> Vectors:
    if text.error is not None:
        raise text.error
    assert text.vector is not None
    return text.vector
