"""`memorusctl get`: one memory in full."""

from __future__ import annotations

from ..definitions import COMMON, Command, Param
from ..memory_access import open_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..definitions import Args, Result
    from ..formatting import Table

__all__ = ["COMMAND", "ID", "fetch", "show"]

ID = Param("id", "argument", "The memory's id, as search and list print it.")


def fetch(args: Args) -> Result:
    """The memory with the id in `args`. Raises NotFound."""
    with open_memory(args) as memory:
        result: Result | None = memory.get(args["id"])
    if result is None:
        from memorus_proto.errors import NotFound

        raise NotFound(
            f"there is no memory with id {args['id']!r}",
            remedy="memorusctl list prints the existing memories",
            data={"id": args["id"]},
        )
    return result


def show(result: Result) -> Iterator[str | Table]:
    """One memory: its fields, an empty line, its text."""
    from ..formatting import Ratio, fields, safe_lines, time_ago  # not for --json

    values = {name: value for name, value in result.items() if name != "memory" and value not in (None, [])}
    values["weight"] = Ratio(result["weight"])
    for name in ("created_at", "updated_at", "last_recalled_at", "archived_at"):
        if name in values:
            values[name] = f"{values[name]} ({time_ago(values[name])})"
    yield from fields(values)
    yield ""
    yield from safe_lines(result["memory"])


COMMAND = Command("get", "Show one memory in full.", (ID, *COMMON), fetch, show)
