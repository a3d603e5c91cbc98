"""`memorusctl unarchive`: bring a memory that a sweep archived back into recall."""

from __future__ import annotations

from .get import ID, fetch, show
from .memory import open_memory
from .spec import COMMON, Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .spec import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    with open_memory(args) as memory:
        memory.restore(args["id"])
    return fetch(args)


COMMAND = Command(
    "unarchive",
    "Bring an archived memory back into recall, and show it; list --archived names them.",
    (ID, *COMMON),
    run,
    show,
)
