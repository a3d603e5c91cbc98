"""`memorusctl watch`: show changes to memories as they happen."""

from __future__ import annotations

from ..definitions import COMMON, OWNER, SCOPE, Command, Param
from ..formatting import one_line
from ..memory_access import call_arguments, open_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..definitions import Args, Result

__all__ = ["COMMAND"]

_WAIT = 20.0
"""Seconds that one call waits for a change."""


def run(args: Args) -> Iterator[Result]:
    from memorus_proto.errors import InvalidRequest

    left = args["limit"]
    if left is not None and left < 1:
        raise InvalidRequest(f"--limit is {left}", remedy="give 1 or more")
    filters = call_arguments(args, "user_id", "agent_id", "run_id", "scope")
    with open_memory(args) as memory:
        since = args["since"]
        if since is None:
            since = memory.changes()["seq"]
        while left is None or left > 0:
            result = memory.changes(since, wait=_WAIT, **filters)
            since = result["seq"]
            yield from result["changes"][:left]
            if left is not None:
                left -= len(result["changes"])


def show(change: Result) -> Iterator[str]:
    text = change["memory"] if change["memory"] is not None else change["previous_memory"]
    shown = one_line(text) if text is not None else "everything was removed"
    yield f"{change['seq']}  {change['at'][:19]}  {change['event']:9}  {change['memory_id'] or '-'}  {shown}"


COMMAND = Command(
    "watch",
    "Show changes as they happen, until Ctrl-C: number, time, event, id, text; --json: one object per line.",
    (
        Param("since", "number", "Start after the change with this number; 0 starts with the first."),
        Param("limit", "number", "Stop after this many changes.", "-n"),
        SCOPE,
        *OWNER,
        *COMMON,
    ),
    run,
    show,
    stream=True,
)
