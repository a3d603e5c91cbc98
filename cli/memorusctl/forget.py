"""`memorusctl forget`: take memories out of recall: one, those that answer a query, or those of a scope."""

from __future__ import annotations

from .ask import confirm
from .memory import given, open_memory
from .spec import COMMON, LIMIT, OWNER, SCOPE, Command, Param
from .text import one_line, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from memorus_client import Memory

    from .spec import Args, Result
    from .text import Table

__all__ = ["COMMAND"]

_SHOWN = 10
"""Memories in a preview; of more, their number."""


def run(args: Args) -> Result:
    _check(args)
    with open_memory(args) as memory:
        chosen = _chosen(args, memory)
        answer = {"deleted": 0, "ids": [m["id"] for m in chosen], "results": chosen}
        if args["dry_run"] or not chosen:
            return answer
        if not args["yes"]:
            what = "this memory" if len(chosen) == 1 else f"these {len(chosen)} memories"
            confirm(_preview(chosen), f"Forget {what}?", "say --yes to forget without being asked")
        deleted = [m["id"] for m in chosen if _forget(memory, m["id"], args)]
    return {"deleted": len(deleted), "ids": deleted, "results": chosen}


def _check(args: Args) -> None:
    from memorus_proto.errors import InvalidRequest

    where = given(args, "user_id", "agent_id", "run_id", "scope")
    if args["id"] is not None and (where or args["query"] is not None):
        raise InvalidRequest("an id names one memory; leave out --query, --scope and the owner, or the id")
    if args["id"] is None and not where and args["query"] is None:
        raise InvalidRequest("nothing says what to forget; give an id, --query, --scope or an owner")
    if args["limit"] is not None and args["query"] is None:
        raise InvalidRequest("--limit goes with --query; leave it out, or say what to look for")


def _chosen(args: Args, memory: Memory) -> list[Result]:
    from memorus_proto.errors import NotFound

    names = ("user_id", "agent_id", "run_id", "scope")
    if args["id"] is not None:
        found = memory.get(args["id"])
        if found is None:
            raise NotFound(
                f"there is no memory with id {args['id']!r}; memorusctl list prints those there are",
                data={"id": args["id"]},
            )
        return [found]
    if args["query"] is not None:
        results = memory.search(args["query"], **given(args, *names, "limit"))["results"]
    else:
        results = memory.get_all(**given(args, *names))["results"]
    # A project sees what is global too, but forgetting a project must not forget that.
    return [m for m in results if args["scope"] in (None, m["scope"])]


def _forget(memory: Memory, memory_id: str, args: Args) -> bool:
    from memorus_proto.errors import NotFound

    try:
        memory.delete(memory_id)
    except NotFound:
        if args["id"] is not None:
            raise
        return False  # somebody else was quicker
    return True


def _preview(chosen: list[Result]) -> Iterator[str]:
    from .list import memories
    from .search import hits

    table = hits(chosen[:_SHOWN]) if chosen[0]["score"] is not None else memories(chosen[:_SHOWN])
    yield from plain([table])
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
    "Forget one memory, or all that answer --query or belong to --scope or an owner, after asking. "
    "Their histories stay.",
    (
        Param("id", "optional", "The memory's id, as search and list print it."),
        Param("query", "text", "Forget what search finds for this."),
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
