"""`memorusctl conflicts`: which memories contradict each other, and what is to become of them."""

from __future__ import annotations

import sys

from .ask import choose
from .memory import given, open_memory
from .spec import COMMON, LIMIT, OWNER, SCOPE, Command, Param
from .text import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMANDS"]

KEEPS = ("a", "b", "both", "merge")
_HINT = "memorusctl conflicts resolve A B --keep a|b|both|merge settles one"
_INSTEAD = "name two ids and say --keep a|b|both|merge"


def find(args: Args) -> Result:
    with open_memory(args) as memory:
        found = memory.detect_conflicts(**given(args, "user_id", "agent_id", "run_id", "scope", "limit"))
    return {"results": found}


def show(result: Result) -> Iterator[str]:
    if not result["results"]:
        yield "no conflicts"
    for conflict in result["results"]:
        yield from _told(conflict)
    if result["results"] and sys.stdout.isatty():
        yield f"({_HINT})"


def resolve(args: Args) -> Result:
    """One pair that is named, or one after the other that is there, by asking."""
    from memorus_proto.errors import InvalidRequest

    if args["id_a"] is None:
        if args["keep"] is not None:
            raise InvalidRequest(f"--keep without ids would settle all alike; {_INSTEAD}")
        return _ask_for_each(args)
    if args["id_b"] is None or args["keep"] is None:
        raise InvalidRequest(f"a conflict is two memories and a decision; {_INSTEAD}")
    with open_memory(args) as memory:
        return {"resolved": [memory.resolve_conflict(args["id_a"], args["id_b"], args["keep"])]}


def _ask_for_each(args: Args) -> Result:
    words = {"a": "a", "b": "b", "both": "both", "k": "both", "merge": "merge", "m": "merge"}
    settled: list[Result] = []
    gone: set[str] = set()
    for conflict in find(args)["results"]:
        pair = (conflict["id_a"], conflict["id_b"])
        if gone.intersection(pair):
            continue
        while True:
            question = "Keep [a], [b], bot[h], [m]erge them, [s]kip or [q]uit?"
            said = choose(_told(conflict), question, _INSTEAD)
            keep = words.get({"h": "both"}.get(said, said))
            if keep is not None or said in ("", "s", "q"):
                break
        if said == "q":
            break
        if keep is not None:
            with open_memory(args) as memory:
                answer = memory.resolve_conflict(*pair, keep)
            # A text that was merged says something new: the pairs it was in are no longer those found.
            gone.update(answer["deleted"], pair if keep == "merge" else ())
            settled.append(answer)
    return {"resolved": settled}


def show_resolved(result: Result) -> Iterator[str]:
    if not result["resolved"]:
        yield "nothing was changed"
    for answer in result["resolved"]:
        yield answer["message"]
        yield from (f"  kept       {kept}" for kept in answer["kept"])
        yield from (f"  forgotten  {deleted}" for deleted in answer["deleted"])
        if answer["memory"] is not None:
            yield f"  {one_line(answer['memory'])}"


def _told(conflict: Result) -> Iterator[str]:
    yield f"{conflict['kind']}: {one_line(conflict['reason'])}"
    for side in ("a", "b"):
        yield f"  {conflict[f'id_{side}']}  {one_line(conflict[f'memory_{side}'])}"


COMMANDS = (
    Command(
        "",
        "List pairs of memories that contradict each other, the most similar first, or settle them.",
        (LIMIT, SCOPE, *OWNER, *COMMON),
        find,
        show,
    ),
    Command(
        "resolve",
        "Settle a contradiction: keep one of two memories, both, or merge them; without ids, asks for each.",
        (
            Param("id_a", "optional", "The one memory's id."),
            Param("id_b", "optional", "The other's."),
            Param("keep", "text", "What becomes of them; with merge A says both.", choices=KEEPS),
            LIMIT,
            SCOPE,
            *OWNER,
            *COMMON,
        ),
        resolve,
        show_resolved,
    ),
)
