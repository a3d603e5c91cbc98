"""`memorusctl sweep`: archive faded memories now, instead of with the daily sweep."""

from __future__ import annotations

from ..definitions import COMMON, Command, Param
from ..memory_access import open_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..definitions import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    with open_memory(args) as memory:
        return {**memory.run_decay_sweep(dry_run=args["dry_run"]), "dry_run": args["dry_run"]}


def show(result: Result) -> Iterator[str]:
    archived = "would be archived" if result["dry_run"] else "archived"
    yield (
        f"{result['archived']} {archived}, {result['updated']} fading, "
        f"{result['permanent']} permanent, {result['unchanged']} fresh"
    )


COMMAND = Command(
    "sweep",
    "Archive memories that have faded; the daemon does this once a day.",
    (Param("dry_run", "flag", "Only count them."), *COMMON),
    run,
    show,
)
