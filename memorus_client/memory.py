"""The blocking client: plain sockets, no event loop, nothing heavy imported."""

from __future__ import annotations

import os
import threading

from memorus_proto.errors import DaemonUnavailable

from ._calls import Options, Pages, build, one_name
from ._connect import connect, probe
from ._doors import InProcessDoor, NoDaemon, SocketDoor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
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
        self._door: SocketDoor | InProcessDoor | None = None
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
        if self._door is not None:
            return isinstance(self._door, SocketDoor)
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
        scope: str | None = None,
        type: str | None = None,
        section: str | None = None,
        tags: list[str] | None = None,
    ) -> dict[str, Any]:
        """Remember what was said; returns once it is on disk.

        `messages` is a text, a message `{"role", "content"}` or a list of them. Returns
        `{"results": [{"id", "memory", "event"}], "ace_ingest": {…counts, "mode", "errors"}}`.
        In this version each message is kept as it is, with `infer` true or false.
        """
        answer: dict[str, Any] = self._call(
            "memory.add",
            messages=messages,
            user_id=user_id,
            agent_id=agent_id,
            run_id=run_id,
            metadata=metadata,
            infer=infer,
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
    ) -> dict[str, Any]:
        """The memories nearest in meaning to `query`, best first, each with a `score` from 0 to 1.

        Owner ids, `scope`, `type`, `section` and `filters` restrict; a `project:` or `workspace:`
        scope also sees `global`. `limit` (or `top_k`) is 10 unless configured. Returns
        `{"results": [memory…], "ace_search": {"mode", "total_candidates", "tokens"}}`.
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
        )
        return answer

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
    ) -> dict[str, Any]:
        """All memories that the arguments select, newest first: `{"results": [memory…]}`. No hidden limit."""
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

    def reset(self) -> dict[str, Any]:
        """Remove every memory and its history for good."""
        answer: dict[str, Any] = self._call("memory.reset")
        return answer

    def status(self) -> dict[str, Any]:
        """Facts for people: `memories`, `store`, `embedder`, `index`, `in_process`."""
        status: dict[str, Any] = self._call("memory.status")
        return {**status, "in_process": not self.daemon_available}

    def close(self) -> None:
        """Close connections, or the engine if it runs here. The client may be used again afterwards."""
        door, self._door = self._door, None
        if door is not None:
            door.close()

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _call(self, method: str, **params: Any) -> Any:
        call = build(method, self._options.asked, params)
        door = self._door or self._open()
        try:
            return door.call(method, call)
        except NoDaemon:
            # Asked again through the other door, with its request id: done once all the same.
            return self._open(lost=door).call(method, call)

    def _open(self, lost: SocketDoor | InProcessDoor | None = None) -> SocketDoor | InProcessDoor:
        if self._pid != os.getpid():
            # A thread of the parent may have held the lock in the moment of the fork.
            self._pid, self._opening = os.getpid(), threading.Lock()
        with self._opening:
            if self._door is None or self._door is lost:
                self._door = self._choose()
            return self._door

    def _choose(self) -> SocketDoor | InProcessDoor:
        if self._options.use_daemon:
            try:
                return SocketDoor(self._options, connect(self._options.paths, self._options.asked))
            except DaemonUnavailable as error:
                import logging  # only now: it would be a tenth of every cold start

                logging.getLogger(__name__).warning(
                    "no daemon (%s); the engine runs in this process instead", error
                )
        return InProcessDoor(self._options)
