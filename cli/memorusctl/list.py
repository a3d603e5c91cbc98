"""`memorusctl list`: what is there."""

from __future__ import annotations

from .memory import given, open_memory
from .spec import COMMON, FILTERS, LIMIT, Command, Param
from .text import Age, Share, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMAND", "memories"]

SORTS = {
    "new": (lambda item: item["created_at"], True),
    "old": (lambda item: item["created_at"], False),
    "updated": (lambda item: item["updated_at"], True),
    "weight": (lambda item: item["weight"], True),
    "recalls": (lambda item: item["recall_count"], True),
    "text": (lambda item: item["memory"].casefold(), False),
}
"""What is compared, and whether the greatest comes first."""


def run(args: Args) -> Result:
    names = ("user_id", "agent_id", "run_id", "scope", "type", "section")
    sort = args["sort"] or "new"
    # They come newest first, so any other order needs them all.
    limit = {"limit": args["limit"]} if sort == "new" and args["limit"] is not None else {}
    with open_memory(args) as memory:
        found = memory.get_all(archived=args["archived"], **limit, **given(args, *names))["results"]
    if args["limit"] is not None and args["limit"] < 1:
        from memorus_proto.errors import InvalidRequest

        raise InvalidRequest(f"--limit is {args['limit']}; give 1 or more")
    if sort != "new":
        key, reverse = SORTS[sort]
        found.sort(key=key, reverse=reverse)
    return {"results": found[: args["limit"]]}


def memories(results: list[Result]) -> Table:
    """Memories as a table: type, scope, id, text; on a terminal also age and weight."""
    return Table(
        ("type", "scope", "age", "weight", "id", "memory"),
        [
            (m["type"], m["scope"], Age(m["created_at"]), Share(m["weight"]), m["id"], m["memory"])
            for m in results
        ],
        extra=("age", "weight"),
    )


def show(result: Result) -> Iterator[str | Table]:
    yield memories(result["results"]) if result["results"] else "nothing found"


COMMAND = Command(
    "list",
    "List memories, newest first: type, scope, id, text.",
    (
        LIMIT,
        Param("sort", "text", "In which order.", choices=tuple(SORTS)),
        Param("archived", "flag", "Those that have faded out of recall, and no others."),
        *FILTERS,
        *COMMON,
    ),
    run,
    show,
)
