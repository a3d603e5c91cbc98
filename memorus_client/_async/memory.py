"""The async client: every method is a call of the daemon, or of the service in this process."""

from __future__ import annotations

from memorus_proto.errors import DaemonUnavailable

from .._async_io import AsyncLock, run_blocking
from .._calls import ClientOptions, Pages, build_params, iso_time, resolve_alias, utc_now
from .._connect import connect_or_spawn, probe
from .._in_process import InProcessService
from .._retries import NoDaemon
from .._transfer import ImportTotals, check_format, export_document, import_batches, parse_entries
from .transports import AsyncInProcessTransport, AsyncSocketTransport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Any, TypeAlias

    AsyncTransport: TypeAlias = AsyncSocketTransport | AsyncInProcessTransport

__all__ = ["AsyncMemory"]


class AsyncMemory:
    """The memory that all agents on this machine share.

    The first call connects to the daemon, starting it if need be; if none can be had, or
    `config["daemon"]["enabled"]` is false, the engine runs in this process on the same store.
    Runs under asyncio and trio. Every method raises a subclass of
    `memorus_proto.errors.MemorusError`; a write that returned is on disk.
    """

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self._options = ClientOptions(config)
        self._transport: AsyncTransport | None = None
        self._opening = AsyncLock()

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> AsyncMemory:
        """The same as `AsyncMemory(config)`, under mem0's name."""
        return cls(config)

    @property
    def config(self) -> dict[str, Any]:
        """The settings that this client was given, by argument and environment."""
        return dict(self._options.settings)

    @property
    def daemon_available(self) -> bool:
        """Whether calls go through a daemon. Before the first call: whether a daemon answers. Starts none."""
        if self._transport is not None:
            return isinstance(self._transport, AsyncSocketTransport)
        return self._options.use_daemon and probe(self._options.paths)

    async def add(
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
        """Keep what is worth remembering of a conversation. Returns once it is on disk.

        `messages` is a text, a message `{"role", "content"}` or a list of messages. It is distilled into
        short memories, which are merged with those that exist; `infer=False` keeps each message as it is.
        Every memory that is kept gets the given `type`, `section` and `tags`. With `wait=False` the call
        returns once `messages` is on disk, and the rest happens in the background.

        Without a `scope`, a memory with an owner (`user_id`, `agent_id`, `run_id`) is `private`, and one
        without is `global`. In the scopes `project:<name>`, `workspace:<id>` and `global` the owner ids say
        who wrote it.

        Returns `{"results": [{"id", "memory", "event"}], "ace_ingest": {…counts, "mode", "errors"}}`. `event`
        is ADD, MERGE or SUPERSEDE (both with the id of the older memory), or SKIP with a `reason`.
        """
        result: dict[str, Any] = await self._call(
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
        return result

    async def search(
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
        shared: bool | None = None,
        context: bool = False,
        explain: bool = False,
    ) -> dict[str, Any]:
        """The memories closest in meaning to `query`, best first, each with a `score` from 0 to 1.

        A search that names an owner (`user_id`, `agent_id`, `run_id`) or a `scope` finds what is private to
        that owner, what is in that project or workspace, and what is global; with `shared=False` only what
        has exactly that owner and scope. `type`, `section` and `filters` narrow it further. `limit` (or
        `top_k`) is 10 unless configured. Relative dates in the query ("yesterday") count from `asked_at`
        (ISO 8601; now by default).

        Returns `{"results": [memory…], "ace_search": {"mode", "total_candidates", "tokens"}}`. With `explain`
        each memory also shows how its score came about; see the protocol.
        """
        result: dict[str, Any] = await self._call(
            "memory.search",
            query=query,
            user_id=user_id,
            agent_id=agent_id,
            run_id=run_id,
            scope=scope,
            type=type,
            section=section,
            filters=filters,
            limit=resolve_alias(limit=limit, top_k=top_k),
            threshold=threshold,
            asked_at=iso_time(asked_at),
            shared=shared,
            context=context or None,
            explain=explain or None,
        )
        return result

    async def context(
        self,
        query: str,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        scope: str | None = None,
        limit: int | None = None,
        shared: bool | None = None,
    ) -> str:
        """The memories about `query`, formatted for an agent's prompt. Empty if there are none.

        The setting `integration.context_template` chooses the format: xml, markdown or plain.
        """
        result = await self.search(
            query,
            user_id=user_id,
            agent_id=agent_id,
            run_id=run_id,
            scope=scope,
            limit=limit,
            shared=shared,
            context=True,
        )
        text: str = result["context"]
        return text

    async def get(self, memory_id: str) -> dict[str, Any] | None:
        """The memory with this id, or None."""
        memory: dict[str, Any] | None = await self._call("memory.get", memory_id=memory_id)
        return memory

    async def get_all(
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
        shared: bool | None = None,
    ) -> dict[str, Any]:
        """All memories that match the arguments, newest first: `{"results": [memory…]}`. No hidden limit.

        Owner ids, `scope` and `shared` mean what they mean in `search`. With `archived`, only those that have
        faded out of recall.
        """
        pages = Pages(resolve_alias(limit=limit, top_k=top_k))
        while not pages.complete:
            page = await self._call(
                "memory.get_all",
                user_id=user_id,
                agent_id=agent_id,
                run_id=run_id,
                scope=scope,
                type=type,
                section=section,
                filters=filters,
                archived=archived or None,
                shared=shared,
                limit=pages.limit,
                after=pages.after,
            )
            pages.add_page(page)
        return {"results": pages.results}

    async def update(
        self,
        memory_id: str,
        text: str | None = None,
        metadata: dict[str, Any] | None = None,
        data: str | None = None,
    ) -> dict[str, Any]:
        """Change the text (`data` is its name in mem0 1.x), and merge `metadata` into the existing metadata.

        Raises NotFound for an unknown id.
        """
        result: dict[str, Any] = await self._call(
            "memory.update", memory_id=memory_id, text=resolve_alias(text=text, data=data), metadata=metadata
        )
        return result

    async def delete(self, memory_id: str) -> dict[str, Any]:
        """Forget one memory, but keep its history. Raises NotFound for an unknown id."""
        result: dict[str, Any] = await self._call("memory.delete", memory_id=memory_id)
        return result

    async def delete_all(
        self,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        *,
        scope: str | None = None,
    ) -> dict[str, Any]:
        """Forget what the owner ids and the scope name (at least one), but keep the histories.

        With a `scope`, what is in it, of those owners if there are any; with owner ids alone, what is private
        to them. Returns `{"message", "deleted", "shared": {scope: n}}`: how many were forgotten, and with
        owner ids alone how many they have written in each shared scope, which stay.
        """
        result: dict[str, Any] = await self._call(
            "memory.delete_all", user_id=user_id, agent_id=agent_id, run_id=run_id, scope=scope
        )
        return result

    async def history(self, memory_id: str) -> list[dict[str, Any]]:
        """Every change to one memory, oldest first, in mem0's format. Empty for an id that never existed."""
        changes: list[dict[str, Any]] = await self._call("memory.history", memory_id=memory_id)
        return changes

    async def detect_conflicts(
        self,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        scope: str | None = None,
        limit: int | None = None,
    ) -> list[dict[str, Any]]:
        """Pairs of memories that contradict each other, most likely first, at most `limit` (100).

        Each is `{"id_a", "memory_a", "id_b", "memory_b", "similarity", "kind", "reason"}`. Memories of
        one project, of one workspace, and global ones are compared, and private ones of the same owner.
        """
        result: dict[str, Any] = await self._call(
            "memory.detect_conflicts",
            user_id=user_id,
            agent_id=agent_id,
            run_id=run_id,
            scope=scope,
            limit=limit,
        )
        conflicts: list[dict[str, Any]] = result["results"]
        return conflicts

    async def resolve_conflict(self, id_a: str, id_b: str, keep: str) -> dict[str, Any]:
        """Resolve a conflict: `keep` is a, b, both, or merge (into the first).

        Returns `{"message", "kept": [id…], "deleted": [id…], "memory"}`; `memory` is the merged text.
        Raises NotFound for an unknown id.
        """
        result: dict[str, Any] = await self._call("memory.resolve", id_a=id_a, id_b=id_b, keep=keep)
        return result

    async def changes(
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
        """The changes to memories after `since`, oldest first: `{"changes": [...], "seq"}`.

        Pass `seq` as the next `since`. Without `since` you get the current `seq` and no changes. If there
        are no changes yet, the call waits for the first one, up to `wait` seconds (at most 30).

        Each change is `{"seq", "at", "event", "memory_id", "memory", "previous_memory", "scope", "type",
        "section"}` and the owner ids.
        """
        result: dict[str, Any] = await self._call(
            "memory.changes",
            since=since,
            wait=wait or None,
            user_id=user_id,
            agent_id=agent_id,
            run_id=run_id,
            scope=scope,
            limit=limit,
        )
        return result

    async def export(
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
        """All memories that match the arguments, with every field, including archived ones.

        `json` returns a dict, `{"version", "exported_at", "total", "memories"}`; `jsonl` a text with one
        JSON object per line; `markdown` a text for people, grouped by section. `import_data` accepts the
        first two.
        """
        check_format(format)
        pages = Pages(None, "entries")
        while not pages.complete:
            page = await self._call(
                "memory.export",
                user_id=user_id,
                agent_id=agent_id,
                run_id=run_id,
                scope=scope,
                type=type,
                section=section,
                after=pages.after,
            )
            pages.add_page(page)
        return export_document(pages.results, format, utc_now())

    async def import_data(
        self,
        data: dict[str, Any] | list[dict[str, Any]] | str,
        format: str = "json",
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> dict[str, Any]:
        """Import what `export` returned: its dict, the same as JSON text, a list of entries, or JSON Lines.

        Entries that exist already are merged or skipped. A bad entry is reported with its position, and
        the others are imported. Returns `{"imported", "merged", "skipped", "redactions", "errors"}`.
        `progress` is called with the number of entries done and the number of all entries.
        """
        check_format(format, ("json", "jsonl"))
        entries, totals = parse_entries(data), ImportTotals()
        for first, batch in import_batches(entries):
            totals.add_result(
                await self._call("memory.import", entries=batch, first=first, since=totals.since)
            )
            if progress is not None:
                progress(first + len(batch), len(entries))
        return totals.counts

    async def run_decay_sweep(self, *, dry_run: bool = False) -> dict[str, int]:
        """Archive memories that have faded. They leave recall, but can be listed and restored.

        Returns `{"archived", "updated", "permanent", "unchanged"}`: how many were archived, how many have
        faded a little, how many never fade, and how many are still fresh. With `dry_run` nothing changes.
        The daemon does this once a day on its own.
        """
        counts: dict[str, int] = await self._call("memory.sweep", dry_run=dry_run or None)
        return counts

    async def restore(self, memory_id: str) -> dict[str, Any]:
        """Return an archived memory to recall. Raises NotFound for an unknown id."""
        result: dict[str, Any] = await self._call("memory.restore", memory_id=memory_id)
        return result

    async def reset(self) -> dict[str, Any]:
        """Permanently remove every memory and its history."""
        result: dict[str, Any] = await self._call("memory.reset")
        return result

    async def status(
        self,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        scope: str | None = None,
    ) -> dict[str, Any]:
        """Counts and facts: `memories`, `archived`, `types`, `sections`, `scopes`, `average_weight`, `store`,
        `embedder`, `index`, `reflector`, `daemon` (None when the engine runs in this process), `in_process`.
        The counts are of the memories with exactly these owner ids and this scope.
        """
        status: dict[str, Any] = await self._call(
            "memory.status", user_id=user_id, agent_id=agent_id, run_id=run_id, scope=scope
        )
        transport = self._transport
        daemon = (
            await transport.call("daemon.status", {}) if isinstance(transport, AsyncSocketTransport) else None
        )
        return {**status, "daemon": daemon, "in_process": daemon is None}

    async def close(self) -> None:
        """Close connections, or the engine if it runs here. The client may be used again afterwards."""
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.close()

    async def __aenter__(self) -> AsyncMemory:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def _call(self, method: str, **arguments: Any) -> Any:
        params = build_params(method, self._options.settings_of_calls, arguments)
        transport = self._transport or await self._open()
        try:
            return await transport.call(method, params)
        except NoDaemon:
            # Repeated in this process. The request id is the same, so a write is done once all the same.
            transport = await self._open(lost=transport)
            return await transport.call(method, params)

    async def _open(self, lost: AsyncTransport | None = None) -> AsyncTransport:
        """The transport of this client, opened if there is none yet, or if it is the one that is `lost`."""
        async with self._opening:
            if self._transport is None or self._transport is lost:
                self._transport = await self._choose_transport()
            return self._transport

    async def _choose_transport(self) -> AsyncTransport:
        options = self._options
        if options.use_daemon:
            try:
                connection = await run_blocking(connect_or_spawn, options.paths, options.settings_of_daemon)
                return AsyncSocketTransport(options, connection)
            except DaemonUnavailable as error:
                import logging  # importing it takes a tenth of a cold start, and most clients never need it

                logging.getLogger("memorus_client").warning(
                    "no daemon (%s); the engine runs in this process instead", error
                )
        return AsyncInProcessTransport(await run_blocking(InProcessService, options))
