"""The blocking client: plain sockets, no event loop, nothing heavy imported."""

from __future__ import annotations

import os
import threading

from memorus_proto.errors import DaemonUnavailable

from ._calls import Options, Pages, build, iso, now, one_name
from ._connect import connect, probe
from ._transfer import Totals, batches, checked_format, document, entries_of
from ._transports import InProcessTransport, NoDaemon, SocketTransport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Any

__all__ = ["Memory"]


class Memory:
    """The memory that all agents on this machine share.

    The first call connects to the daemon, starting it if need be; if none can be had, or
    `config["daemon"]["enabled"]` is false, the engine runs in this process on the same store.
    Thread-safe, and usable after a fork. Every method raises a subclass of
    `memorus_proto.errors.MemorusError`; a write that returned is on disk.
    """

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self._options = Options(config)
        self._transport: SocketTransport | InProcessTransport | None = None
        self._opening = threading.Lock()
        self._pid = os.getpid()

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Memory:
        """The same as `Memory(config)`; mem0's name for it."""
        return cls(config)

    @property
    def config(self) -> dict[str, Any]:
        """The settings that this client was given, by argument and environment."""
        return dict(self._options.asked)

    @property
    def daemon_available(self) -> bool:
        """Whether calls go through a daemon. Before the first call: whether one answers; starts none."""
        if self._transport is not None:
            return isinstance(self._transport, SocketTransport)
        return self._options.use_daemon and probe(self._options.paths)

    def add(
        self,
        messages: str | dict[str, Any] | list[dict[str, Any]],
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        metadata: dict[str, Any] | None = None,
        infer: bool = True,
        wait: bool = True,
        scope: str | None = None,
        type: str | None = None,
        section: str | None = None,
        tags: list[str] | None = None,
    ) -> dict[str, Any]:
        """Remember what is worth knowing of what was said; returns once it is on disk.

        `messages` is a text, a message `{"role", "content"}` or a list of them. It is distilled into
        short memories, and those are merged with what is known; `infer=False` keeps each message as it
        is. `type`, `section` and `tags` are given to all that is kept. With `wait=False` the call returns
        once the interaction is on disk, and it is distilled in the background.

        Returns `{"results": [{"id", "memory", "event"}], "ace_ingest": {…counts, "mode", "errors"}}`; `event`
        is ADD, MERGE or SUPERSEDE (of an older memory, whose id it is), or SKIP with its `reason`.
        """
        answer: dict[str, Any] = self._call(
            "memory.add",
            messages=messages,
            user_id=user_id,
            agent_id=agent_id,
            run_id=run_id,
            metadata=metadata,
            infer=infer,
            wait=None if wait is True else wait,
            scope=scope,
            type=type,
            section=section,
            tags=tags,
        )
        return answer

    def search(
        self,
        query: str,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        scope: str | None = None,
        type: str | None = None,
        section: str | None = None,
        filters: dict[str, Any] | None = None,
        limit: int | None = None,
        top_k: int | None = None,
        threshold: float | None = None,
        asked_at: datetime | str | None = None,
        context: bool = False,
        explain: bool = False,
    ) -> dict[str, Any]:
        """The memories nearest in meaning to `query`, best first, each with a `score` from 0 to 1.

        Owner ids, `scope`, `type`, `section` and `filters` restrict; a `project:` or `workspace:`
        scope also sees `global`. `limit` (or `top_k`) is 10 unless configured. What
        the question calls "yesterday" counts from `asked_at` (ISO 8601; now if not given). Returns
        `{"results": [memory…], "ace_search": {"mode", "total_candidates", "tokens"}}`; with `explain` each
        memory also tells what made its score, see SPEC.md.
        """
        answer: dict[str, Any] = self._call(
            "memory.search",
            query=query,
            user_id=user_id,
            agent_id=agent_id,
            run_id=run_id,
            scope=scope,
            type=type,
            section=section,
            filters=filters,
            limit=one_name(limit=limit, top_k=top_k),
            threshold=threshold,
            asked_at=iso(asked_at),
            context=context or None,
            explain=explain or None,
        )
        return answer

    def context(
        self,
        query: str,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        scope: str | None = None,
        limit: int | None = None,
    ) -> str:
        """What is known about `query` as one text for an agent's prompt; empty where nothing is known.

        Its form is `integration.context_template`: xml, markdown or plain.
        """
        found = self.search(
            query, user_id=user_id, agent_id=agent_id, run_id=run_id, scope=scope, limit=limit, context=True
        )
        text: str = found["context"]
        return text

    def get(self, memory_id: str) -> dict[str, Any] | None:
        """The memory with that id, or None."""
        memory: dict[str, Any] | None = self._call("memory.get", memory_id=memory_id)
        return memory

    def get_all(
        self,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        scope: str | None = None,
        type: str | None = None,
        section: str | None = None,
        filters: dict[str, Any] | None = None,
        limit: int | None = None,
        top_k: int | None = None,
        archived: bool = False,
    ) -> dict[str, Any]:
        """All memories that the arguments select, newest first: `{"results": [memory…]}`. No hidden limit.

        With `archived`, those that have faded out of recall, and no others.
        """
        pages = Pages(one_name(limit=limit, top_k=top_k))
        while not pages.complete:
            page = self._call(
                "memory.get_all",
                user_id=user_id,
                agent_id=agent_id,
                run_id=run_id,
                scope=scope,
                type=type,
                section=section,
                filters=filters,
                archived=archived or None,
                limit=pages.limit,
                after=pages.after,
            )
            pages.take(page)
        return {"results": pages.results}

    def update(
        self,
        memory_id: str,
        text: str | None = None,
        metadata: dict[str, Any] | None = None,
        data: str | None = None,
    ) -> dict[str, Any]:
        """Change the text (`data` is its mem0 1.x name), and merge `metadata` into what is there.

        Raises NotFound for an unknown id.
        """
        answer: dict[str, Any] = self._call(
            "memory.update", memory_id=memory_id, text=one_name(text=text, data=data), metadata=metadata
        )
        return answer

    def delete(self, memory_id: str) -> dict[str, Any]:
        """Forget one memory. Its history stays. Raises NotFound for an unknown id."""
        answer: dict[str, Any] = self._call("memory.delete", memory_id=memory_id)
        return answer

    def delete_all(
        self,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        *,
        scope: str | None = None,
    ) -> dict[str, Any]:
        """Forget all memories of the given owner ids and scope (at least one); histories stay."""
        answer: dict[str, Any] = self._call(
            "memory.delete_all", user_id=user_id, agent_id=agent_id, run_id=run_id, scope=scope
        )
        return answer

    def history(self, memory_id: str) -> list[dict[str, Any]]:
        """Every change of one memory, oldest first, in mem0's form; empty for an id that never was."""
        changes: list[dict[str, Any]] = self._call("memory.history", memory_id=memory_id)
        return changes

    def detect_conflicts(
        self,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        scope: str | None = None,
        limit: int | None = None,
    ) -> list[dict[str, Any]]:
        """Pairs of memories that contradict each other, likeliest first, at most `limit` (100).

        Each is `{"id_a", "memory_a", "id_b", "memory_b", "similarity", "kind", "reason"}`. Only memories
        with the same owner ids and scope are compared.
        """
        answer: dict[str, Any] = self._call(
            "memory.detect_conflicts",
            user_id=user_id,
            agent_id=agent_id,
            run_id=run_id,
            scope=scope,
            limit=limit,
        )
        found: list[dict[str, Any]] = answer["results"]
        return found

    def resolve_conflict(self, id_a: str, id_b: str, keep: str) -> dict[str, Any]:
        """Settle a contradiction that `detect_conflicts` found: `keep` a, b, both, or merge (into the first).

        Returns `{"message", "kept": [id…], "deleted": [id…], "memory"}`; `memory` is the text of a merge.
        Raises NotFound for an unknown id.
        """
        answer: dict[str, Any] = self._call("memory.resolve", id_a=id_a, id_b=id_b, keep=keep)
        return answer

    def changes(
        self,
        since: int | None = None,
        *,
        wait: float = 0.0,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        scope: str | None = None,
        limit: int | None = None,
    ) -> dict[str, Any]:
        """What has happened to memories after `since`, oldest first: `{"changes": [...], "seq"}`.

        Pass `seq` on as the next `since`; without one you get the present `seq` and nothing else. If nothing
        has happened, the call returns after `wait` seconds (at most 30), or with the first change.
        Each change is `{"seq", "at", "event", "memory_id", "memory", "previous_memory", "scope", "type",
        "section"}` and the owner ids.
        """
        answer: dict[str, Any] = self._call(
            "memory.changes",
            since=since,
            wait=wait or None,
            user_id=user_id,
            agent_id=agent_id,
            run_id=run_id,
            scope=scope,
            limit=limit,
        )
        return answer

    def export(
        self,
        format: str = "json",
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        scope: str | None = None,
        type: str | None = None,
        section: str | None = None,
    ) -> dict[str, Any] | str:
        """All memories that the arguments select, with every field, archived ones too.

        `json`: a dict for `import_data`, `{"version", "exported_at", "total", "memories"}`; `jsonl`: the
        same memories as text, a JSON object a line, which `import_data` takes too; `markdown`: a text for
        people, grouped by section.
        """
        checked_format(format)
        pages = Pages(None, "entries")
        while not pages.complete:
            page = self._call(
                "memory.export",
                user_id=user_id,
                agent_id=agent_id,
                run_id=run_id,
                scope=scope,
                type=type,
                section=section,
                after=pages.after,
            )
            pages.take(page)
        return document(pages.results, format, now())

    def import_data(
        self,
        data: dict[str, Any] | list[dict[str, Any]] | str,
        format: str = "json",
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> dict[str, Any]:
        """Take in what `export` gave: its dict, that as JSON text, a list of entries, or JSON Lines.

        What is known already is merged or skipped; a bad entry is reported by its position and the others
        go on. Returns `{"imported", "merged", "skipped", "redactions", "errors"}`. `progress` is called
        with the number of entries done and of all.
        """
        checked_format(format, ("json", "jsonl"))
        entries, totals = entries_of(data), Totals()
        for first, batch in batches(entries):
            totals.take(self._call("memory.import", entries=batch, first=first, since=totals.since))
            if progress is not None:
                progress(first + len(batch), len(entries))
        return totals.counts

    def run_decay_sweep(self, *, dry_run: bool = False) -> dict[str, int]:
        """Archive what has faded: it leaves recall, and can be listed and restored.

        Returns `{"archived", "updated", "permanent", "unchanged"}`: how many left, fade, never will, and are
        as fresh as new. With `dry_run` nothing is changed. The daemon does it by itself once a day.
        """
        counts: dict[str, int] = self._call("memory.sweep", dry_run=dry_run or None)
        return counts

    def restore(self, memory_id: str) -> dict[str, Any]:
        """Bring an archived memory back into recall. Raises NotFound for an unknown id."""
        answer: dict[str, Any] = self._call("memory.restore", memory_id=memory_id)
        return answer

    def reset(self) -> dict[str, Any]:
        """Remove every memory and its history for good."""
        answer: dict[str, Any] = self._call("memory.reset")
        return answer

    def status(self) -> dict[str, Any]:
        """Facts for people: `memories`, `archived`, `types`, `sections`, `scopes`, `average_weight`, `store`,
        `embedder`, `index`, `reflector`, `daemon` (None when the engine runs in this process), `in_process`.
        """
        status: dict[str, Any] = self._call("memory.status")
        transport = self._transport
        daemon = transport.call("daemon.status", {}) if isinstance(transport, SocketTransport) else None
        return {**status, "daemon": daemon, "in_process": daemon is None}

    def close(self) -> None:
        """Close connections, or the engine if it runs here. The client may be used again afterwards."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _call(self, method: str, **params: Any) -> Any:
        call = build(method, self._options.asked, params)
        transport = self._transport or self._open()
        try:
            return transport.call(method, call)
        except NoDaemon:
            # Asked again through the other transport, with its request id: done once all the same.
            return self._open(lost=transport).call(method, call)

    def _open(
        self, lost: SocketTransport | InProcessTransport | None = None
    ) -> SocketTransport | InProcessTransport:
        if self._pid != os.getpid():
            # A thread of the parent may have held the lock in the moment of the fork.
            self._pid, self._opening = os.getpid(), threading.Lock()
        with self._opening:
            if self._transport is None or self._transport is lost:
                self._transport = self._choose()
            return self._transport

    def _choose(self) -> SocketTransport | InProcessTransport:
        if self._options.use_daemon:
            try:
                return SocketTransport(self._options, connect(self._options.paths, self._options.asked))
            except DaemonUnavailable as error:
                import logging  # only now: it would be a tenth of every cold start

                logging.getLogger(__name__).warning(
                    "no daemon (%s); the engine runs in this process instead", error
                )
        return InProcessTransport(self._options)
