"""`memorusctl edit`: change the text of one memory."""

from __future__ import annotations

from ..definitions import COMMON, Command, Param
from ..memory_access import open_memory
from ..text_input import read_standard_input
from .get import ID, fetch, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..definitions import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    text = read_standard_input() if args["text"] == "-" else args["text"]
    with open_memory(args) as memory:
        memory.update(args["id"], text)
    return fetch(args)


COMMAND = Command(
    "edit",
    "Change the text of a memory and show it; its history keeps the old text.",
    (ID, Param("text", "argument", "The new text; - reads it from standard input."), *COMMON),
    run,
    show,
)
