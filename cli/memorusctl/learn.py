"""`memorusctl learn`: keep something."""

from __future__ import annotations

import sys

from .memory import given, open_memory
from .spec import COMMON, FILTERS, Command, Param

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    text = _standard_input() if args["text"] == "-" else args["text"]
    names = ("user_id", "agent_id", "run_id", "scope", "type", "section")
    tags = {"tags": args["tag"]} if args["tag"] else {}
    with open_memory(args) as memory:
        return memory.add(text, infer=not args["raw"], **given(args, *names), **tags)


def show(result: Result) -> Iterator[str]:
    from .text import one_line, table  # not for --json

    rows = [
        (item["event"], item["id"] or "-", item.get("reason") or item["memory"]) for item in result["results"]
    ]
    yield from table(rows) if rows else ["nothing was kept"]
    for item in result["results"]:
        for other in item.get("conflicts", ()):
            yield f"(contradicts {other['id']}: {one_line(other['memory'])})"


def _standard_input() -> str:
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        from memorus_proto.errors import InvalidRequest

        raise InvalidRequest(
            f"standard input is not {error.encoding} at byte {error.start}; send text in that encoding"
        ) from None


COMMAND = Command(
    "learn",
    "Keep what TEXT teaches; - reads it from standard input.",
    (
        Param("text", "argument", "What to keep."),
        *FILTERS,
        Param("tag", "texts", "A tag to keep with it; may be repeated."),
        Param("raw", "flag", "Keep the text exactly as it is, undistilled."),
        *COMMON,
    ),
    run,
    show,
)
