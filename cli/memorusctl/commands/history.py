"""`memorusctl history`: every change to one memory."""

from __future__ import annotations

from ..definitions import COMMON, Command
from ..formatting import Table
from ..memory_access import open_memory
from .get import ID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..definitions import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    with open_memory(args) as memory:
        changes = memory.history(args["id"])
    if not changes:
        from memorus_proto.errors import NotFound

        raise NotFound(
            f"there never was a memory with id {args['id']!r}",
            remedy="memorusctl list prints the existing memories",
            data={"id": args["id"]},
        )
    return {"results": changes}


def show(result: Result) -> Iterator[Table]:
    rows = [
        (change["updated_at"], change["event"], change["new_memory"] or change["old_memory"] or "")
        for change in result["results"]
    ]
    yield Table(("at", "event", "memory"), rows)


COMMAND = Command(
    "history",
    "Show every change to a memory, oldest first: time, event, text. Also works for a forgotten memory.",
    (ID, *COMMON),
    run,
    show,
)
