"""`memorusctl history`: how one memory came to be what it is."""

from __future__ import annotations

from .get import ID
from .memory import open_memory
from .spec import COMMON, Command
from .text import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    with open_memory(args) as memory:
        changes = memory.history(args["id"])
    if not changes:
        from memorus_proto.errors import NotFound

        raise NotFound(
            f"there never was a memory with id {args['id']!r}; memorusctl list prints those there are",
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
    "Show every change of one memory, oldest first: when, what, text; also of one that is forgotten.",
    (ID, *COMMON),
    run,
    show,
)
