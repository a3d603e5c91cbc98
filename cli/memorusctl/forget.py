"""`memorusctl forget`: take one memory out of recall."""

from __future__ import annotations

import sys

from .get import ID, fetch
from .memory import open_memory
from .spec import COMMON, Command, Param
from .text import one_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    if not args["yes"]:
        _confirm(fetch(args)["memory"])
    with open_memory(args) as memory:
        return {"id": args["id"], **memory.delete(args["id"])}


def show(result: Result) -> Iterator[str]:
    yield f"forgotten: {result['id']}"


def _confirm(text: str) -> None:
    from memorus_proto.errors import Cancelled, InvalidRequest

    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise InvalidRequest("nobody is at the terminal to confirm this; say --yes to forget it")
    # On stderr, so that standard output holds the result and nothing else.
    print(f"{one_line(text)}\nForget this memory? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Cancelled("you did not confirm it, so nothing was forgotten; answer y, or say --yes")


COMMAND = Command(
    "forget",
    "Forget one memory, after asking.",
    (ID, Param("yes", "flag", "Do not ask.", "-y"), *COMMON),
    run,
    show,
)
