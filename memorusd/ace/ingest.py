"""The way in, top to bottom: what an agent said becomes bullets on disk.

    redacted interaction → inbox (durable) → Reflector → vectors → neighbours → Curator → one transaction

Nothing before the transaction holds a lock, so a slow language model delays nobody else. An
interaction leaves the inbox in the very transaction that keeps what it taught.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgpack

from ..knowledge.bullet import Bullet
from ..knowledge.embed import Embedder, Vectors
from ..knowledge.index import Embedded, Index, embed_texts
from ..knowledge.store import Event, Posted, Store, Transaction
from .candidates import Draft, Drafts, from_reflection, raw
from .curator import Conflict, Decision, Present, decide, keep_raw, look
from .options import CuratorSettings, ReflectorSettings
from .reflector import Message, Reflector

__all__ = ["Ingest", "IngestOptions", "queued"]

logger = logging.getLogger(__name__)

Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How the caller wants an interaction to be treated."""

    reflector: ReflectorSettings
    curator: CuratorSettings
    redact: Callable[[str], str]
    """Also what a language model says is redacted before it is kept."""


class Ingest:
    """The pipeline over one store. `index` gives the index, made on first use."""

    def __init__(
        self, store: Store, embedder: Embedder, reflector: Reflector, index: Callable[[], Index]
    ) -> None:
        self._store = store
        self._embedder = embedder
        self._reflector = reflector
        self._index = index

    def add(
        self, params: Mapping[str, Any], redactions: int, options: IngestOptions, cancelled: Cancelled
    ) -> dict[str, Any]:
        """Keep an interaction; returns once what it taught is on disk.

        `params` are those of `memory.add`, validated and redacted. Returns mem0's `results` (id,
        memory, event) and the `ace_ingest` envelope. On an error nothing was kept, nor is left in the inbox.
        """
        call = self.accept(params, redactions)
        try:
            return self.digest(call, options, cancelled)
        except BaseException:
            self._store.ack(call["request_id"])
            raise

    def accept(self, params: Mapping[str, Any], redactions: int) -> dict[str, Any]:
        """Put the interaction into the inbox; returns what `digest` takes, once that is on disk."""
        call = {
            **{name: value for name, value in params.items() if name not in ("settings", "wait")},
            "request_id": params["request_id"] or os.urandom(16).hex(),
            "redactions": redactions,
        }
        self._store.post(call["request_id"], msgpack.packb(call))
        return call

    def left_over(self, entry: Posted, options: IngestOptions) -> dict[str, Any]:
        """Digest what another process accepted and did not finish."""
        return self.digest(msgpack.unpackb(entry.call), options, lambda: False)

    def digest(self, call: Mapping[str, Any], options: IngestOptions, cancelled: Cancelled) -> dict[str, Any]:
        """From the inbox to bullets. See add."""
        self._store.refresh()  # a server that is away says so before a language model is asked
        drafts = self._reflect(call, options)
        texts = [draft.bullet.text for draft in drafts.drafts]
        vectors = dict(zip(texts, self._embed(texts), strict=True))
        bullets = [draft.bullet for draft in drafts.drafts]
        near = look(self._store, self._index(), bullets, [vectors[text].vector for text in texts])
        ran = False

        def work(transaction: Transaction) -> dict[str, Any]:
            nonlocal ran
            present = Present(transaction, near)
            decisions = [
                self._write(transaction, present, number, draft, vectors, options)
                for number, draft in enumerate(drafts.drafts)
            ]
            transaction.ack(call["request_id"])
            ran = True
            return _answer(drafts, decisions, call["redactions"])

        while True:
            try:
                answer: dict[str, Any] = self._store.write(
                    work, request_id=call["request_id"], cancelled=cancelled
                )
            except _NeedsVector as needs:
                vectors[needs.text] = self._embed([needs.text])[0]
                continue
            if not ran:  # the same request was answered before
                self._store.ack(call["request_id"])
            return answer

    def _reflect(self, call: Mapping[str, Any], options: IngestOptions) -> Drafts:
        if call["infer"] is False:
            return raw(call)
        messages = [Message(m["role"], m["content"], m["name"]) for m in call["messages"]]
        try:
            reflection = self._reflector.reflect(messages, options.reflector)
        except Exception as error:
            # What was said is worth more than how well it is put.
            logger.error("the Reflector failed (%s), so the text is kept as it is", type(error).__name__)
            drafts = raw(call)
            return replace(drafts, raw_fallback=True, errors=(f"reflector: {type(error).__name__}",))
        return from_reflection(reflection, call, options.redact)

    def _embed(self, texts: Sequence[str]) -> list[Embedded]:
        return embed_texts(self._embedder, texts)

    @staticmethod
    def _write(
        transaction: Transaction,
        present: Present,
        number: int,
        draft: Draft,
        vectors: Mapping[str, Embedded],
        options: IngestOptions,
    ) -> Decision:
        new = draft.bullet
        near = present.of(number, new, vectors[new.text].vector)
        if draft.raw:
            decision = keep_raw(new, near)
        else:
            limit = options.reflector.max_content_length
            decision = decide(new, draft.corrects, near, options.curator, limit=limit)
        if decision.event == "SKIP":
            return decision
        bullet, old = decision.bullet, decision.target
        made = None
        if old is None or bullet.text != old.text:
            made = vectors.get(bullet.text)
            if made is None:
                raise _NeedsVector(bullet.text)
        event: Event = decision.event
        transaction.put(bullet, made and made.vector, event, made and made.passages)
        present.put(bullet, _current(transaction, bullet) if made is None else made.vector)
        return decision


class _NeedsVector(Exception):
    """A merged text that was not embedded: too slow a thing for a transaction, so it begins again."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def _current(transaction: Transaction, bullet: Bullet) -> Vectors | None:
    stored = transaction.get(bullet.id)
    return None if stored is None else stored.vector


def queued(redactions: int) -> dict[str, Any]:
    """The answer to a caller who does not wait."""
    return _envelope([], Drafts((), (), "queued"), redactions)


def _answer(drafts: Drafts, decisions: Sequence[Decision], redactions: int) -> dict[str, Any]:
    kept = [(draft.message, _result(draft, d)) for draft, d in zip(drafts.drafts, decisions, strict=True)]
    passed = [
        (skip.message, {"id": None, "memory": skip.text, "event": "SKIP", "reason": skip.reason})
        for skip in drafts.skipped
    ]
    results = [result for _, result in sorted(kept + passed, key=lambda pair: pair[0])]
    return _envelope(results, drafts, redactions)


def _envelope(results: list[dict[str, Any]], drafts: Drafts, redactions: int) -> dict[str, Any]:
    events = [result["event"] for result in results]
    return {
        "results": results,
        "ace_ingest": {
            "bullets_added": events.count("ADD"),
            "bullets_merged": events.count("MERGE") + events.count("SUPERSEDE"),
            "bullets_skipped": events.count("SKIP"),
            "mode": drafts.mode,
            "raw_fallback": drafts.raw_fallback,
            "redactions": redactions,
            "errors": list(drafts.errors),
        },
    }


def _result(draft: Draft, decision: Decision) -> dict[str, Any]:
    bullet = decision.bullet
    result: dict[str, Any] = {"id": bullet.id, "memory": bullet.text, "event": decision.event}
    if draft.bullet.role is not None:
        result |= {"role": draft.bullet.role, "actor_id": draft.bullet.actor_id}
    if decision.event != "ADD":
        result["reason"] = decision.reason
    if decision.target is not None and decision.target.text != bullet.text:
        result["previous_memory"] = decision.target.text
    if decision.conflicts:
        result["conflicts"] = [_conflict(conflict, bullet) for conflict in decision.conflicts]
    return result


def _conflict(conflict: Conflict, new: Bullet) -> dict[str, Any]:
    other = conflict.a if conflict.b.id == new.id else conflict.b
    return {
        "id": other.id,
        "memory": other.text,
        "similarity": conflict.similarity,
        "kind": conflict.kind,
        "reason": conflict.reason,
    }
