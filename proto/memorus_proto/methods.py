"""The method table: what may be called, with what, and what comes back.

Parameter types are names of the wire's vocabulary (SPEC.md, "Types"); a trailing `?` means that
the parameter may be missing or nil. The daemon validates against this table and nothing else.
"""

from __future__ import annotations

__all__ = ["FROZEN", "METHODS", "Method"]


class Method:
    """One row of the table."""

    __slots__ = ("idempotent", "mutates", "name", "params", "result")

    def __init__(
        self,
        name: str,
        params: dict[str, str],
        result: str,
        *,
        mutates: bool = False,
        idempotent: bool = True,
    ) -> None:
        self.name = name
        self.params = params
        self.result = result
        self.mutates = mutates
        """Whether it changes the store. Every such call carries a `request_id`."""
        self.idempotent = idempotent
        """Whether a second execution is harmless. What is not is made so by its `request_id`."""


_OWNER = {"user_id": "owner?", "agent_id": "owner?", "run_id": "owner?"}
_CALL = {"settings": "settings?"}
_WRITE = {"request_id": "request_id?", **_CALL}

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("daemon.status", {}, "daemon_status"),
        Method("daemon.shutdown", {}, "ack"),
        Method(
            "memory.add",
            {
                "messages": "messages",
                **_OWNER,
                "scope": "scope?",
                "type": "type?",
                "section": "section?",
                "tags": "tags?",
                "metadata": "metadata?",
                "infer": "bool?",
                "wait": "bool?",
                **_WRITE,
            },
            "add_result",
            mutates=True,
            idempotent=False,
        ),
        Method(
            "memory.search",
            {
                "query": "query",
                **_OWNER,
                "scope": "scope?",
                "type": "type?",
                "section": "section?",
                "filters": "filters?",
                "limit": "limit?",
                "threshold": "threshold?",
                "asked_at": "time?",
                "context": "bool?",
                "explain": "bool?",
                **_CALL,
            },
            "search_result",
        ),
        Method("memory.get", {"memory_id": "id", **_CALL}, "memory?"),
        Method(
            "memory.get_all",
            {
                **_OWNER,
                "scope": "scope?",
                "type": "type?",
                "section": "section?",
                "filters": "filters?",
                "archived": "bool?",
                "limit": "limit?",
                "after": "cursor?",
                **_CALL,
            },
            "memories",
        ),
        Method(
            "memory.update",
            {"memory_id": "id", "text": "text?", "metadata": "metadata?", **_WRITE},
            "message",
            mutates=True,
        ),
        Method("memory.delete", {"memory_id": "id", **_WRITE}, "message", mutates=True, idempotent=False),
        Method("memory.delete_all", {**_OWNER, "scope": "scope?", **_WRITE}, "message", mutates=True),
        Method(
            "memory.detect_conflicts", {**_OWNER, "scope": "scope?", "limit": "limit?", **_CALL}, "conflicts"
        ),
        Method(
            "memory.export",
            {
                **_OWNER,
                "scope": "scope?",
                "type": "type?",
                "section": "section?",
                "limit": "limit?",
                "after": "cursor?",
                **_CALL,
            },
            "export",
        ),
        Method(
            "memory.import",
            {"entries": "entries", "first": "seq?", "since": "seq?", **_WRITE},
            "import_result",
            mutates=True,
            idempotent=False,
        ),
        Method("memory.history", {"memory_id": "id", **_CALL}, "history"),
        Method(
            "memory.changes",
            {"since": "seq?", "wait": "seconds?", **_OWNER, "scope": "scope?", "limit": "limit?", **_CALL},
            "changes",
        ),
        Method(
            "memory.resolve",
            {"id_a": "id", "id_b": "id", "keep": "keep", **_WRITE},
            "resolved",
            mutates=True,
            idempotent=False,
        ),
        Method("memory.sweep", {"dry_run": "bool?", **_WRITE}, "sweep_result", mutates=True),
        Method("memory.restore", {"memory_id": "id", **_WRITE}, "message", mutates=True),
        Method("memory.reset", {**_WRITE}, "message", mutates=True),
        Method("memory.status", {**_CALL}, "status"),
    )
}

FROZEN = frozenset({"daemon.status", "daemon.shutdown"})
"""Methods whose name, parameters and result never change, so that any client can replace any daemon."""
