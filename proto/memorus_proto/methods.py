"""The method table: what may be called, what comes back, and what changes the store.

What a method takes is defined once, by its request class in `memorusd.requests`; results are described in
SPEC.md, "Results".
"""

from __future__ import annotations

__all__ = ["FROZEN", "METHODS", "Method"]


class Method:
    """One row of the table."""

    __slots__ = ("mutates", "name", "result")

    def __init__(self, name: str, result: str, *, mutates: bool = False) -> None:
        self.name = name
        self.result = result
        """The name of the result's type; a trailing `?` means that it may be nil."""
        self.mutates = mutates
        """Whether it changes the store. Every such call carries a `request_id`."""


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("daemon.status", "daemon_status"),
        Method("daemon.shutdown", "ack"),
        Method("memory.add", "add_result", mutates=True),
        Method("memory.search", "search_result"),
        Method("memory.get", "memory?"),
        Method("memory.get_all", "memories"),
        Method("memory.update", "message", mutates=True),
        Method("memory.delete", "message", mutates=True),
        Method("memory.delete_all", "message", mutates=True),
        Method("memory.detect_conflicts", "conflicts"),
        Method("memory.export", "export"),
        Method("memory.import", "import_result", mutates=True),
        Method("memory.history", "history"),
        Method("memory.changes", "changes"),
        Method("memory.resolve", "resolved", mutates=True),
        Method("memory.sweep", "sweep_result", mutates=True),
        Method("memory.restore", "message", mutates=True),
        Method("memory.reset", "message", mutates=True),
        Method("memory.status", "status"),
    )
}

FROZEN = frozenset({"daemon.status", "daemon.shutdown"})
"""Methods whose name, parameters and result never change, so that any client can replace any daemon."""
