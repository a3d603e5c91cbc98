"""`memorusctl search`: recall by meaning."""

from __future__ import annotations

from .memory import given, open_memory
from .spec import COMMON, FILTERS, LIMIT, Command, Param

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    names = ("user_id", "agent_id", "run_id", "scope", "type", "section", "limit")
    with open_memory(args) as memory:
        return memory.search(args["query"], **given(args, *names))


def show(result: Result) -> Iterator[str]:
    from .text import table  # not for --json

    rows = [
        (f"{item['score']:.2f}", item["type"], item["scope"], item["id"], item["memory"])
        for item in result["results"]
    ]
    yield from table(rows) if rows else ["nothing found"]
    mode = result["ace_search"]["mode"]
    if mode != "full":
        yield f"(recall was {mode}: see memorusctl status)"


COMMAND = Command(
    "search",
    "Find the memories nearest in meaning to QUERY, best first: score, type, scope, id, text.",
    (Param("query", "argument", "What to look for."), LIMIT, *FILTERS, *COMMON),
    run,
    show,
)
