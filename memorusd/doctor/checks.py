"""One line of a doctor's report, and how it is made."""

from __future__ import annotations

from typing import Any

from memorus_proto.errors import MemorusError

__all__ = ["Check", "checked", "failed", "ok"]

Check = dict[str, Any]
"""`{"name", "state": "ok" | "warn" | "fail", "found", "remedy"}`."""


def ok(name: str, found: str) -> Check:
    """All is well, and this is how."""
    return {"name": name, "state": "ok", "found": found, "remedy": None}


def checked(
    name: str, problems: list[str], told: str, remedy: str | None = None, state: str = "warn"
) -> Check:
    """`told` if there are no problems, else those, as a `warn` or a `fail`."""
    if not problems:
        return ok(name, told)
    return {"name": name, "state": state, "found": "; ".join(problems), "remedy": remedy}


def failed(name: str, error: MemorusError) -> Check:
    """What an error says, taken apart into what and what to do."""
    what, semicolon, remedy = error.message.rpartition("; ")
    found = what if semicolon else remedy
    return {"name": name, "state": "fail", "found": found, "remedy": remedy if semicolon else None}
