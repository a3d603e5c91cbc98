"""The way in, top to bottom: what an agent said becomes bullets on disk.

    redacted interaction → inbox (durable) → Reflector → vectors → neighbours → Curator → one transaction

Nothing before the transaction holds a lock, so a slow language model delays nobody else. An interaction
leaves the inbox in the same transaction that keeps what it taught.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import msgpack

from ..knowledge.bullet import Bullet
from ..knowledge.embed import Embedder, Vectors
from ..knowledge.index import Embedded, Index, embed_texts
from ..knowledge.store import Event, InboxEntry, Store, Transaction
from ..requests import AddRequest, Json
from .candidates import BulletCandidate, CandidateSet, from_reflection, verbatim
from .curator import Conflict, CurrentNeighbours, Decision, decide, find_neighbours, keep_verbatim
from .options import CuratorSettings, ReflectorSettings
from .reflector import Message, Reflector

__all__ = ["Ingest", "IngestOptions", "Interaction", "IsCancelled", "queued_answer"]

logger = logging.getLogger(__name__)

IsCancelled = Callable[[], bool]
"""Whether the caller no longer wants the call."""


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How the caller wants an interaction to be treated."""

    reflector: ReflectorSettings
    curator: CuratorSettings
    redact: Callable[[str], str]
    """Applied to what a language model writes before it is kept."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """An accepted `memory.add`: it is in the inbox under `request_id` until it has become bullets."""

    request: AddRequest
    request_id: str
    redactions: int
    """How many secrets were taken out of the request."""

    def pack(self) -> bytes:
        """As it is kept in the inbox."""
        kept = {name: getattr(self.request, name) for name in _KEPT}
        return bytes(msgpack.packb({**kept, "request_id": self.request_id, "redactions": self.redactions}))

    @classmethod
    def unpack(cls, packed: bytes) -> Interaction:
        """What `pack` gave, also by another version of Memorus."""
        entry = msgpack.unpackb(packed)
        kept = {name: entry.get(name) for name in _KEPT}
        return cls(AddRequest(**kept), entry["request_id"], entry["redactions"])


_KEPT = tuple(f.name for f in fields(AddRequest) if f.name not in ("settings", "wait", "request_id"))


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
        self, request: AddRequest, redactions: int, options: IngestOptions, cancelled: IsCancelled
    ) -> Json:
        """Keep an interaction; returns once what it taught is on disk.

        Returns mem0's `results` (`[{"id", "memory", "event"}]`) and the `ace_ingest` envelope. After an error
        nothing was kept, and nothing is left in the inbox.

        Raises:
            EmbeddingError: no vector could be had.
            StoreError: the store refused.
            Cancelled: `cancelled()` was true before the commit.
        """
        interaction = self.accept(request, redactions)
        try:
            return self.process(interaction, options, cancelled)
        except BaseException:
            self._store.ack(interaction.request_id)
            raise

    def accept(self, request: AddRequest, redactions: int) -> Interaction:
        """Put the interaction into the inbox; returns once that is on disk."""
        interaction = Interaction(request, request.request_id or os.urandom(16).hex(), redactions)
        self._store.post(interaction.request_id, interaction.pack())
        return interaction

    def resume(self, entry: InboxEntry, options: IngestOptions) -> Json:
        """Process what another process accepted and did not finish. See add."""
        return self.process(Interaction.unpack(entry.call), options, lambda: False)

    def process(self, interaction: Interaction, options: IngestOptions, cancelled: IsCancelled) -> Json:
        """Turn an interaction in the inbox into bullets. See add."""
        self._store.refresh()  # a server that is away says so before a language model is asked
        found = self._reflect(interaction.request, options)
        bullets = [candidate.bullet for candidate in found.candidates]
        texts = [bullet.text for bullet in bullets]
        vectors = dict(zip(texts, self._embed(texts), strict=True))
        near = find_neighbours(self._store, self._index(), bullets, [vectors[text].vector for text in texts])
        ran = False

        def work(transaction: Transaction) -> Json:
            nonlocal ran
            present = CurrentNeighbours(transaction, near)
            decisions = [
                self._write(transaction, present, number, candidate, vectors, options)
                for number, candidate in enumerate(found.candidates)
            ]
            transaction.ack(interaction.request_id)
            ran = True
            return _answer(found, decisions, interaction.redactions)

        while True:
            try:
                answer: Json = self._store.write(work, request_id=interaction.request_id, cancelled=cancelled)
            except _NeedsVector as needs:
                vectors[needs.text] = self._embed([needs.text])[0]
                continue
            if not ran:  # the same request was answered before
                self._store.ack(interaction.request_id)
            return answer

    def _reflect(self, request: AddRequest, options: IngestOptions) -> CandidateSet:
        if request.infer is False:
            return verbatim(request)
        messages = [Message(m["role"], m["content"], m["name"]) for m in request.messages]
        try:
            reflection = self._reflector.reflect(messages, options.reflector)
        except Exception as error:
            # Keeping what was said matters more than how well it is put.
            logger.error("the Reflector failed (%s), so the text is kept word for word", type(error).__name__)
            errors = (f"reflector: {type(error).__name__}",)
            return replace(verbatim(request), raw_fallback=True, errors=errors)
        return from_reflection(reflection, request, options.redact)

    def _embed(self, texts: Sequence[str]) -> list[Embedded]:
        return embed_texts(self._embedder, texts)

    @staticmethod
    def _write(
        transaction: Transaction,
        present: CurrentNeighbours,
        number: int,
        candidate: BulletCandidate,
        vectors: Mapping[str, Embedded],
        options: IngestOptions,
    ) -> Decision:
        new = candidate.bullet
        near = present.of(number, new, vectors[new.text].vector)
        if candidate.raw:
            decision = keep_verbatim(new, near)
        else:
            limit = options.reflector.max_content_length
            decision = decide(new, candidate.corrects, near, options.curator, limit=limit)
        if decision.event == "SKIP":
            return decision
        bullet, old = decision.bullet, decision.target
        embedded = None
        if old is None or bullet.text != old.text:
            embedded = vectors.get(bullet.text)
            if embedded is None:
                raise _NeedsVector(bullet.text)
        event: Event = decision.event
        transaction.put(bullet, embedded and embedded.vector, event, embedded and embedded.passages)
        present.add_written(
            bullet, _stored_vector(transaction, bullet) if embedded is None else embedded.vector
        )
        return decision


class _NeedsVector(Exception):
    """A merged text has no vector yet. Embedding is too slow for a transaction, so that begins again."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def _stored_vector(transaction: Transaction, bullet: Bullet) -> Vectors | None:
    stored = transaction.get(bullet.id)
    return None if stored is None else stored.vector


def queued_answer(redactions: int) -> Json:
    """The answer to a caller who does not wait."""
    return _envelope([], CandidateSet((), (), "queued"), redactions)


def _answer(found: CandidateSet, decisions: Sequence[Decision], redactions: int) -> Json:
    kept = [(c.message, _result(c, d)) for c, d in zip(found.candidates, decisions, strict=True)]
    skipped = [
        (skip.message, {"id": None, "memory": skip.text, "event": "SKIP", "reason": skip.reason})
        for skip in found.skipped
    ]
    results = [result for _, result in sorted(kept + skipped, key=lambda pair: pair[0])]
    return _envelope(results, found, redactions)


def _envelope(results: list[Json], found: CandidateSet, redactions: int) -> Json:
    events = [result["event"] for result in results]
    return {
        "results": results,
        "ace_ingest": {
            "bullets_added": events.count("ADD"),
            "bullets_merged": events.count("MERGE") + events.count("SUPERSEDE"),
            "bullets_skipped": events.count("SKIP"),
            "mode": found.mode,
            "raw_fallback": found.raw_fallback,
            "redactions": redactions,
            "errors": list(found.errors),
        },
    }


def _result(candidate: BulletCandidate, decision: Decision) -> Json:
    new, bullet = candidate.bullet, decision.bullet
    result: Json = {"id": bullet.id, "memory": bullet.text, "event": decision.event}
    if new.role is not None:
        result |= {"role": new.role, "actor_id": new.actor_id}
    if decision.event != "ADD":
        result["reason"] = decision.reason
    if decision.target is not None and decision.target.text != bullet.text:
        result["previous_memory"] = decision.target.text
    if decision.conflicts:
        result["conflicts"] = [_conflict(conflict, bullet) for conflict in decision.conflicts]
    return result


def _conflict(conflict: Conflict, new: Bullet) -> Json:
    other = conflict.a if conflict.b.id == new.id else conflict.b
    return {
        "id": other.id,
        "memory": other.text,
        "similarity": conflict.similarity,
        "kind": conflict.kind,
        "reason": conflict.reason,
    }
