"""`memorusctl edit`: say one memory in other words."""

from __future__ import annotations

from .get import ID, fetch, show
from .memory import open_memory, standard_input
from .spec import COMMON, Command, Param

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .spec import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    text = standard_input() if args["text"] == "-" else args["text"]
    with open_memory(args) as memory:
        memory.update(args["id"], text)
    return fetch(args)


COMMAND = Command(
    "edit",
    "Change the text of one memory, and show it; history keeps the old one.",
    (ID, Param("text", "argument", "The new text; - reads it from standard input."), *COMMON),
    run,
    show,
)
