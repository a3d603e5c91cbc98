"""One line of the doctor's report."""

from __future__ import annotations

from typing import Any

from memorus_proto.errors import MemorusError

__all__ = ["Check", "checked", "failed", "ok"]

Check = dict[str, Any]
"""`{"name", "state": "ok" | "warn" | "fail", "found", "remedy"}`."""


def ok(name: str, found: str) -> Check:
    """A check that passed."""
    return {"name": name, "state": "ok", "found": found, "remedy": None}


def checked(
    name: str, problems: list[str], found: str, remedy: str | None = None, state: str = "warn"
) -> Check:
    """A check with these problems and this state; if there are none, it passed, and `found` is reported."""
    if not problems:
        return ok(name, found)
    return {"name": name, "state": state, "found": "; ".join(problems), "remedy": remedy}


def failed(name: str, error: MemorusError) -> Check:
    """A check that raised an error."""
    return {"name": name, "state": "fail", "found": error.message, "remedy": error.remedy}
