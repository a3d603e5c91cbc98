"""`memorusctl forget`: forget one memory, those that match a query, or those of a scope or owner."""

from __future__ import annotations

from ..confirmation import confirm
from ..definitions import COMMON, LIMIT, OWNER, SCOPE, Command, Param
from ..formatting import one_line, plain_lines
from ..memory_access import call_arguments, open_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from memorus_client import Memory

    from ..definitions import Args, Result
    from ..formatting import Table

__all__ = ["COMMAND"]

_SHOWN = 10
"""Memories in a preview. Of the others it says only how many there are."""


def run(args: Args) -> Result:
    _check_arguments(args)
    with open_memory(args) as memory:
        chosen = _choose(args, memory)
        unchanged = {"deleted": 0, "ids": [m["id"] for m in chosen], "results": chosen}
        if args["dry_run"] or not chosen:
            return unchanged
        if not args["yes"]:
            what = "this memory" if len(chosen) == 1 else f"these {len(chosen)} memories"
            confirm(_preview(chosen), f"Forget {what}?", "use --yes to forget without being asked")
        deleted = [m["id"] for m in chosen if _forget(memory, m["id"], args)]
    return {"deleted": len(deleted), "ids": deleted, "results": chosen}


def _check_arguments(args: Args) -> None:
    from memorus_proto.errors import InvalidRequest

    owner_or_scope = call_arguments(args, "user_id", "agent_id", "run_id", "scope")
    if args["id"] is not None and (owner_or_scope or args["query"] is not None):
        raise InvalidRequest(
            "an id names one memory", remedy="leave out --query, --scope and the owner, or the id"
        )
    if args["id"] is None and not owner_or_scope and args["query"] is None:
        raise InvalidRequest("nothing says what to forget", remedy="give an id, --query, --scope or an owner")
    if args["limit"] is not None and args["query"] is None:
        raise InvalidRequest("--limit needs --query", remedy="leave it out, or say what to look for")


def _choose(args: Args, memory: Memory) -> list[Result]:
    from memorus_proto.errors import NotFound

    if args["id"] is not None:
        memory_found = memory.get(args["id"])
        if memory_found is None:
            raise NotFound(
                f"there is no memory with id {args['id']!r}",
                remedy="memorusctl list prints the existing memories",
                data={"id": args["id"]},
            )
        return [memory_found]
    # Exactly what is named, as in delete_all: what an owner wrote for others too is not the owner's alone.
    owner = call_arguments(args, "user_id", "agent_id", "run_id")
    scope = args["scope"] or ("private" if owner else None)
    if args["query"] is not None:
        limit = call_arguments(args, "limit")
        found = memory.search(args["query"], **owner, scope=scope, shared=False, **limit)
    else:
        found = memory.get_all(**owner, scope=scope, shared=False)
    results: list[Result] = found["results"]
    return results


def _forget(memory: Memory, memory_id: str, args: Args) -> bool:
    from memorus_proto.errors import NotFound

    try:
        memory.delete(memory_id)
    except NotFound:
        if args["id"] is not None:
            raise
        return False  # somebody else has just forgotten it
    return True


def _preview(chosen: list[Result]) -> Iterator[str]:
    from .list import memory_table
    from .search import result_table

    table = result_table(chosen[:_SHOWN]) if chosen[0]["score"] is not None else memory_table(chosen[:_SHOWN])
    yield from plain_lines([table])
    if len(chosen) > _SHOWN:
        yield f"… and {len(chosen) - _SHOWN} more"


def show(result: Result) -> Iterator[str | Table]:
    if not result["results"]:
        yield "nothing found"
    elif not result["deleted"]:
        yield from _preview(result["results"])
        yield f"would be forgotten: {len(result['results'])}"
    else:
        for memory in result["results"]:
            if memory["id"] in result["ids"]:
                yield f"forgotten: {memory['id']}  {one_line(memory['memory'])}"


COMMAND = Command(
    "forget",
    "Forget one memory, or all that match --query, --scope or an owner, after asking. Their histories stay.",
    (
        Param("id", "optional", "The memory's id, as search and list print it."),
        Param(
            "query",
            "text",
            "Forget what search finds for this: up to --limit memories, even weakly related ones. "
            "Look with --dry-run first.",
        ),
        LIMIT,
        SCOPE,
        *OWNER,
        Param("dry_run", "flag", "Only show what would be forgotten."),
        Param("yes", "flag", "Do not ask.", "-y"),
        *COMMON,
    ),
    run,
    show,
)
