"""`memorusctl conflicts`: list memories that contradict each other, and resolve them."""

from __future__ import annotations

import sys

from ..confirmation import choose
from ..definitions import COMMON, LIMIT, OWNER, SCOPE, Command, Param
from ..formatting import one_line
from ..memory_access import call_arguments, open_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..definitions import Args, Result

__all__ = ["COMMANDS"]

KEEPS = ("a", "b", "both", "merge")
_KEEP_BY_ANSWER = {**{keep: keep for keep in KEEPS}, "h": "both", "k": "both", "m": "merge"}
_HINT = "memorusctl conflicts resolve A B --keep a|b|both|merge resolves one"
_REMEDY = "name two ids and use --keep a|b|both|merge"


def find_conflicts(args: Args) -> Result:
    with open_memory(args) as memory:
        conflicts = memory.detect_conflicts(
            **call_arguments(args, "user_id", "agent_id", "run_id", "scope", "limit")
        )
    return {"results": conflicts}


def show(result: Result) -> Iterator[str]:
    if not result["results"]:
        yield "no conflicts"
    for conflict in result["results"]:
        yield from _describe(conflict)
    if result["results"] and sys.stdout.isatty():
        yield f"({_HINT})"


def resolve(args: Args) -> Result:
    """Resolve the named pair, or ask about every pair."""
    from memorus_proto.errors import InvalidRequest

    if args["id_a"] is None:
        if args["keep"] is not None:
            raise InvalidRequest("--keep without ids would resolve all conflicts alike", remedy=_REMEDY)
        return _ask_about_each(args)
    if args["id_b"] is None or args["keep"] is None:
        raise InvalidRequest("a conflict needs two ids and a decision", remedy=_REMEDY)
    with open_memory(args) as memory:
        return {"resolved": [memory.resolve_conflict(args["id_a"], args["id_b"], args["keep"])]}


def _ask_about_each(args: Args) -> Result:
    resolved: list[Result] = []
    outdated: set[str] = set()
    for conflict in find_conflicts(args)["results"]:
        pair = (conflict["id_a"], conflict["id_b"])
        if outdated.intersection(pair):
            continue
        while True:
            question = "Keep [a], [b], bot[h], [m]erge them, [s]kip or [q]uit?"
            answer = choose(_describe(conflict), question, _REMEDY)
            keep = _KEEP_BY_ANSWER.get(answer)
            if keep is not None or answer in ("", "s", "q"):
                break
        if answer == "q":
            break
        if keep is not None:
            with open_memory(args) as memory:
                result = memory.resolve_conflict(*pair, keep)
            # A merged text says something new, so the other conflicts of these two are out of date.
            outdated.update(result["deleted"], pair if keep == "merge" else ())
            resolved.append(result)
    return {"resolved": resolved}


def show_resolved(result: Result) -> Iterator[str]:
    if not result["resolved"]:
        yield "nothing was changed"
    for one in result["resolved"]:
        yield one["message"]
        yield from (f"  kept       {kept}" for kept in one["kept"])
        yield from (f"  forgotten  {deleted}" for deleted in one["deleted"])
        if one["memory"] is not None:
            yield f"  {one_line(one['memory'])}"


def _describe(conflict: Result) -> Iterator[str]:
    yield f"{conflict['kind']}: {one_line(conflict['reason'])}"
    for side in ("a", "b"):
        yield f"  {conflict[f'id_{side}']}  {one_line(conflict[f'memory_{side}'])}"


COMMANDS = (
    Command(
        "",
        "List pairs of memories that contradict each other, most similar first, or resolve them.",
        (LIMIT, SCOPE, *OWNER, *COMMON),
        find_conflicts,
        show,
    ),
    Command(
        "resolve",
        "Resolve a conflict: keep one of two memories, keep both, or merge them. Without ids, asks for each.",
        (
            Param("id_a", "optional", "The id of one memory."),
            Param("id_b", "optional", "The id of the other memory."),
            Param("keep", "text", "What to keep; merge puts both texts into A.", choices=KEEPS),
            LIMIT,
            SCOPE,
            *OWNER,
            *COMMON,
        ),
        resolve,
        show_resolved,
    ),
)
