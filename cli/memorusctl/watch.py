"""`memorusctl watch`: what happens to memories, as it happens."""

from __future__ import annotations

from .memory import given, open_memory
from .spec import COMMON, OWNER, SCOPE, Command, Param
from .text import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMAND"]

_WAIT = 20.0
"""Seconds for which one call waits."""


def run(args: Args) -> Iterator[Result]:
    from memorus_proto.errors import InvalidRequest

    left = args["limit"]
    if left is not None and left < 1:
        raise InvalidRequest(f"--limit is {left}; give 1 or more")
    where = given(args, "user_id", "agent_id", "run_id", "scope")
    with open_memory(args) as memory:
        since = args["since"]
        if since is None:
            since = memory.changes()["seq"]
        while left is None or left > 0:
            found = memory.changes(since, wait=_WAIT, **where)
            since = found["seq"]
            yield from found["changes"][:left]
            if left is not None:
                left -= len(found["changes"])


def show(change: Result) -> Iterator[str]:
    text = change["memory"] if change["memory"] is not None else change["previous_memory"]
    told = one_line(text) if text is not None else "everything was removed"
    yield f"{change['seq']}  {change['at'][:19]}  {change['event']:9}  {change['memory_id'] or '-'}  {told}"


COMMAND = Command(
    "watch",
    "Show changes as they happen, until Ctrl-C: number, time, event, id, text. With --json an object a line.",
    (
        Param("since", "number", "Begin after the change of this number; 0 is the first of all."),
        Param("limit", "number", "End after so many changes.", "-n"),
        SCOPE,
        *OWNER,
        *COMMON,
    ),
    run,
    show,
    stream=True,
)
