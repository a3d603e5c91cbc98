"""`memorusctl conflicts`: which memories contradict each other."""

from __future__ import annotations

from .memory import given, open_memory
from .spec import COMMON, LIMIT, OWNER, SCOPE, Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    with open_memory(args) as memory:
        found = memory.detect_conflicts(**given(args, "user_id", "agent_id", "run_id", "scope", "limit"))
    return {"results": found}


def show(result: Result) -> Iterator[str]:
    from .text import one_line

    if not result["results"]:
        yield "no conflicts"
    for conflict in result["results"]:
        yield f"{conflict['kind']}: {one_line(conflict['reason'])}"
        for side in ("a", "b"):
            yield f"  {conflict[f'id_{side}']}  {one_line(conflict[f'memory_{side}'])}"


COMMAND = Command(
    "conflicts",
    "List pairs of memories that contradict each other, the most similar first.",
    (LIMIT, SCOPE, *OWNER, *COMMON),
    run,
    show,
)
