"""`memorusctl status`: where the memory is and how it does."""

from __future__ import annotations

from .memory import open_memory
from .spec import COMMON, Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    with open_memory(args) as memory:
        return memory.status()


def show(result: Result) -> Iterator[str]:
    from .text import facts  # not for --json

    return facts(result)


COMMAND = Command("status", "Show where the memory is and how it does.", COMMON, run, show)
