"""`memorusctl get`: one memory in full."""

from __future__ import annotations

from .memory import open_memory
from .spec import COMMON, Command, Param

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result
    from .text import Table

__all__ = ["COMMAND", "ID", "fetch", "show"]

ID = Param("id", "argument", "The memory's id, as search and list print it.")


def fetch(args: Args) -> Result:
    """The memory with the id in `args`. Raises NotFound."""
    with open_memory(args) as memory:
        found: Result | None = memory.get(args["id"])
    if found is None:
        from memorus_proto.errors import NotFound

        raise NotFound(
            f"there is no memory with id {args['id']!r}; memorusctl list prints those there are",
            data={"id": args["id"]},
        )
    return found


def show(result: Result) -> Iterator[str | Table]:
    """One memory: its fields, an empty line, its text."""
    from .text import Share, age, facts, lines  # not for --json

    told = {name: value for name, value in result.items() if name != "memory" and value not in (None, [])}
    told["weight"] = Share(result["weight"])
    for name in ("created_at", "updated_at", "last_recalled_at", "archived_at"):
        if name in told:
            told[name] = f"{told[name]} ({age(told[name])})"
    yield from facts(told)
    yield ""
    yield from lines(result["memory"])


COMMAND = Command("get", "Show one memory in full.", (ID, *COMMON), fetch, show)
