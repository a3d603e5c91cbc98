"""The async client: the same calls, awaited; many may be under way on one connection."""

from __future__ import annotations

import logging
from typing import TypeAlias

import anyio
import anyio.to_thread

from memorus_proto.errors import DaemonUnavailable

from ._async_link import AsyncSocketDoor
from ._calls import Options, Pages, build, iso, now, one_name
from ._connect import connect, probe
from ._transfer import Totals, batches, checked_format, document, entries_of
from ._transports import InProcessTransport, NoDaemon

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import Any

__all__ = ["AsyncMemory"]

logger = logging.getLogger(__name__)

_Door: TypeAlias = "AsyncSocketDoor | InProcessTransport"


class AsyncMemory:
    """`Memory`, awaited: the same methods, arguments, results and errors. Runs under asyncio and trio."""

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        self._options = Options(config)
        self._transport: _Door | None = None
        self._opening = anyio.Lock()

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> AsyncMemory:
        """The same as `AsyncMemory(config)`; mem0's name for it."""
        return cls(config)

    @property
    def config(self) -> dict[str, Any]:
        """The settings that this client was given, by argument and environment."""
        return dict(self._options.asked)

    @property
    def daemon_available(self) -> bool:
        """Whether calls go through a daemon. Before the first call: whether one answers; starts none."""
        if self._transport is not None:
            return isinstance(self._transport, AsyncSocketDoor)
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
        """See `Memory.add`."""
        answer: dict[str, Any] = await self._call(
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
        context: bool = False,
        explain: bool = False,
    ) -> dict[str, Any]:
        """See `Memory.search`."""
        answer: dict[str, Any] = await self._call(
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

    async def context(
        self,
        query: str,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        scope: str | None = None,
        limit: int | None = None,
    ) -> str:
        """See `Memory.context`."""
        found = await self.search(
            query, user_id=user_id, agent_id=agent_id, run_id=run_id, scope=scope, limit=limit, context=True
        )
        text: str = found["context"]
        return text

    async def get(self, memory_id: str) -> dict[str, Any] | None:
        """See `Memory.get`."""
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
    ) -> dict[str, Any]:
        """See `Memory.get_all`."""
        pages = Pages(one_name(limit=limit, top_k=top_k))
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
                limit=pages.limit,
                after=pages.after,
            )
            pages.take(page)
        return {"results": pages.results}

    async def update(
        self,
        memory_id: str,
        text: str | None = None,
        metadata: dict[str, Any] | None = None,
        data: str | None = None,
    ) -> dict[str, Any]:
        """See `Memory.update`."""
        answer: dict[str, Any] = await self._call(
            "memory.update", memory_id=memory_id, text=one_name(text=text, data=data), metadata=metadata
        )
        return answer

    async def delete(self, memory_id: str) -> dict[str, Any]:
        """See `Memory.delete`."""
        answer: dict[str, Any] = await self._call("memory.delete", memory_id=memory_id)
        return answer

    async def delete_all(
        self,
        user_id: str | None = None,
        agent_id: str | None = None,
        run_id: str | None = None,
        *,
        scope: str | None = None,
    ) -> dict[str, Any]:
        """See `Memory.delete_all`."""
        answer: dict[str, Any] = await self._call(
            "memory.delete_all", user_id=user_id, agent_id=agent_id, run_id=run_id, scope=scope
        )
        return answer

    async def history(self, memory_id: str) -> list[dict[str, Any]]:
        """See `Memory.history`."""
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
        """See `Memory.detect_conflicts`."""
        answer: dict[str, Any] = await self._call(
            "memory.detect_conflicts",
            user_id=user_id,
            agent_id=agent_id,
            run_id=run_id,
            scope=scope,
            limit=limit,
        )
        found: list[dict[str, Any]] = answer["results"]
        return found

    async def resolve_conflict(self, id_a: str, id_b: str, keep: str) -> dict[str, Any]:
        """See `Memory.resolve_conflict`."""
        answer: dict[str, Any] = await self._call("memory.resolve", id_a=id_a, id_b=id_b, keep=keep)
        return answer

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
        """See `Memory.changes`."""
        answer: dict[str, Any] = await self._call(
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
        """See `Memory.export`."""
        checked_format(format)
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
            pages.take(page)
        return document(pages.results, format, now())

    async def import_data(
        self,
        data: dict[str, Any] | list[dict[str, Any]] | str,
        format: str = "json",
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> dict[str, Any]:
        """See `Memory.import_data`."""
        checked_format(format, ("json", "jsonl"))
        entries, totals = entries_of(data), Totals()
        for first, batch in batches(entries):
            totals.take(await self._call("memory.import", entries=batch, first=first, since=totals.since))
            if progress is not None:
                progress(first + len(batch), len(entries))
        return totals.counts

    async def run_decay_sweep(self, *, dry_run: bool = False) -> dict[str, int]:
        """See `Memory.run_decay_sweep`."""
        counts: dict[str, int] = await self._call("memory.sweep", dry_run=dry_run or None)
        return counts

    async def restore(self, memory_id: str) -> dict[str, Any]:
        """See `Memory.restore`."""
        answer: dict[str, Any] = await self._call("memory.restore", memory_id=memory_id)
        return answer

    async def reset(self) -> dict[str, Any]:
        """See `Memory.reset`."""
        answer: dict[str, Any] = await self._call("memory.reset")
        return answer

    async def status(self) -> dict[str, Any]:
        """See `Memory.status`."""
        status: dict[str, Any] = await self._call("memory.status")
        transport = self._transport
        daemon = await transport.call("daemon.status", {}) if isinstance(transport, AsyncSocketDoor) else None
        return {**status, "daemon": daemon, "in_process": daemon is None}

    async def close(self) -> None:
        """Close connections, or the engine if it runs here. The client may be used again afterwards."""
        transport, self._transport = self._transport, None
        match transport:
            case AsyncSocketDoor():
                await transport.close()
            case InProcessTransport():
                await anyio.to_thread.run_sync(transport.close)

    async def __aenter__(self) -> AsyncMemory:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.close()

    async def _call(self, method: str, **params: Any) -> Any:
        call = build(method, self._options.asked, params)
        transport = self._transport or await self._open()
        try:
            return await _ask(transport, method, call)
        except NoDaemon:
            # As in Memory._call.
            return await _ask(await self._open(lost=transport), method, call)

    async def _open(self, lost: _Door | None = None) -> _Door:
        async with self._opening:
            if self._transport is None or self._transport is lost:
                self._transport = await self._choose()
            return self._transport

    async def _choose(self) -> _Door:
        options = self._options
        if options.use_daemon:
            try:
                # Connecting may start a daemon, which blocks; so it happens off the loop.
                link = await anyio.to_thread.run_sync(connect, options.paths, options.asked)
                return AsyncSocketDoor(options, link)
            except DaemonUnavailable as error:
                logger.warning("no daemon (%s); the engine runs in this process instead", error)
        return await anyio.to_thread.run_sync(InProcessTransport, options)


async def _ask(transport: _Door, method: str, call: dict[str, Any]) -> Any:
    if isinstance(transport, AsyncSocketDoor):
        return await transport.call(method, call)
    return await anyio.to_thread.run_sync(transport.call, method, call)
