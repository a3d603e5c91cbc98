"""`memorusctl list`: list the memories."""

from __future__ import annotations

from ..definitions import COMMON, FILTERS, LIMIT, Command, Param
from ..formatting import Age, Ratio, Table
from ..memory_access import SELECTING, call_arguments, open_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..definitions import Args, Result

__all__ = ["COMMAND", "memory_table"]

SORTS = {
    "new": (lambda item: item["created_at"], True),
    "old": (lambda item: item["created_at"], False),
    "updated": (lambda item: item["updated_at"], True),
    "weight": (lambda item: item["weight"], True),
    "recalls": (lambda item: item["recall_count"], True),
    "text": (lambda item: item["memory"].casefold(), False),
}
"""What is compared, and whether the largest comes first."""


def run(args: Args) -> Result:
    sort = args["sort"] or "new"
    # Memories come newest first, so any other order needs all of them.
    limit = {"limit": args["limit"]} if sort == "new" and args["limit"] is not None else {}
    with open_memory(args) as memory:
        results = memory.get_all(archived=args["archived"], **limit, **call_arguments(args, *SELECTING))[
            "results"
        ]
    if args["limit"] is not None and args["limit"] < 1:
        from memorus_proto.errors import InvalidRequest

        raise InvalidRequest(f"--limit is {args['limit']}", remedy="give 1 or more")
    if sort != "new":
        key, reverse = SORTS[sort]
        results.sort(key=key, reverse=reverse)
    return {"results": results[: args["limit"]]}


def memory_table(results: list[Result]) -> Table:
    """Memories as a table: type, scope, id, text, and on a terminal age and weight."""
    return Table(
        ("type", "scope", "age", "weight", "id", "memory"),
        [
            (m["type"], m["scope"], Age(m["created_at"]), Ratio(m["weight"]), m["id"], m["memory"])
            for m in results
        ],
        extra=("age", "weight"),
    )


def show(result: Result) -> Iterator[str | Table]:
    yield memory_table(result["results"]) if result["results"] else "nothing found"


COMMAND = Command(
    "list",
    "List memories, newest first: type, scope, id, text.",
    (
        LIMIT,
        Param("sort", "text", "The order of the list.", choices=tuple(SORTS)),
        Param("archived", "flag", "Only memories that have faded out of recall."),
        *FILTERS,
        *COMMON,
    ),
    run,
    show,
)
