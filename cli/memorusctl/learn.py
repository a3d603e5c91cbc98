"""`memorusctl learn`: keep something: a text, what comes from standard input, or each line of a file."""

from __future__ import annotations

from .memory import given, open_memory, standard_input
from .spec import COMMON, FILTERS, Command, Param

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result
    from .text import Table

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    if (args["text"] is None) == (args["file"] is None):
        from memorus_proto.errors import InvalidRequest

        raise InvalidRequest("learn takes a text, - or --file; give one of them")
    names = ("user_id", "agent_id", "run_id", "scope", "type", "section")
    tags = {"tags": args["tag"]} if args["tag"] else {}
    options = {"infer": not args["raw"], **given(args, *names), **tags}
    with open_memory(args) as memory:
        if args["file"] is not None:
            from .lines import learn_file

            return learn_file(memory, args["file"], options)
        text = standard_input() if args["text"] == "-" else args["text"]
        return memory.add(text, **options)


def show(result: Result) -> Iterator[str | Table]:
    from .text import Table, one_line  # not for --json

    if "lines" in result:
        from .lines import show_counts

        yield from show_counts(result)
        return
    rows = [
        (item["event"], item["id"] or "-", item.get("reason") or item["memory"]) for item in result["results"]
    ]
    yield Table(("event", "id", "memory"), rows) if rows else "nothing was kept"
    for item in result["results"]:
        for other in item.get("conflicts", ()):
            yield f"(contradicts {other['id']}: {one_line(other['memory'])})"


COMMAND = Command(
    "learn",
    "Keep what TEXT teaches; - reads it from standard input, --file takes many.",
    (
        Param("text", "optional", "What to keep."),
        Param(
            "file",
            "text",
            "Keep each line of this file (- is standard input); of a .jsonl file each JSON text or object.",
        ),
        *FILTERS,
        Param("tag", "texts", "A tag to keep with it; may be repeated."),
        Param("raw", "flag", "Keep the text exactly as it is, undistilled."),
        *COMMON,
    ),
    run,
    show,
    failed=lambda result: bool(result.get("errors")),
)
