"""`memorusctl unarchive`: return a memory that a sweep archived to recall."""

from __future__ import annotations

from ..definitions import COMMON, Command
from ..memory_access import open_memory
from .get import ID, fetch, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..definitions import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    with open_memory(args) as memory:
        memory.restore(args["id"])
    return fetch(args)


COMMAND = Command(
    "unarchive",
    "Return an archived memory to recall and show it; list --archived lists them.",
    (ID, *COMMON),
    run,
    show,
)
