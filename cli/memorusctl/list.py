"""`memorusctl list`: what is there."""

from __future__ import annotations

from .memory import given, open_memory
from .spec import COMMON, FILTERS, LIMIT, Command
from .text import table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    names = ("user_id", "agent_id", "run_id", "scope", "type", "section", "limit")
    with open_memory(args) as memory:
        return memory.get_all(**given(args, *names))


def show(result: Result) -> Iterator[str]:
    rows = [(item["type"], item["scope"], item["id"], item["memory"]) for item in result["results"]]
    yield from table(rows) if rows else ["nothing found"]


COMMAND = Command("list", "List memories: type, scope, id, text.", (LIMIT, *FILTERS, *COMMON), run, show)
