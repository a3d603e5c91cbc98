"""`memorusctl learn`: learn from a text, from standard input, or from each line of a file."""

from __future__ import annotations

from ..definitions import COMMON, FILTERS, Command, Param
from ..memory_access import SELECTING, call_arguments, open_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..definitions import Args, Result
    from ..formatting import Table

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    if (args["text"] is None) == (args["file"] is None):
        from memorus_proto.errors import InvalidRequest

        raise InvalidRequest("learn needs a text, - or --file", remedy="give exactly one of them")
    tags = {"tags": args["tag"]} if args["tag"] else {}
    options = {"infer": not args["raw"], **call_arguments(args, *SELECTING), **tags}
    with open_memory(args) as memory:
        if args["file"] is not None:
            from ..learn_lines import learn_file

            return learn_file(memory, args["file"], options)
        text = args["text"]
        if text == "-":
            from ..text_input import read_standard_input

            text = read_standard_input()
        return memory.add(text, **options)


def show(result: Result) -> Iterator[str | Table]:
    from ..formatting import Table, one_line  # not for --json

    if "lines" in result:
        from ..learn_lines import show_counts

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
    "Learn from TEXT; - reads standard input, --file reads a file.",
    (
        Param("text", "optional", "What to learn."),
        Param(
            "file",
            "text",
            "Learn each line of this file (- is standard input); in a .jsonl file, each JSON text or object.",
        ),
        *FILTERS,
        Param("tag", "texts", "A tag for what is kept; may be repeated."),
        Param("raw", "flag", "Keep the text exactly as it is, without distilling it."),
        *COMMON,
    ),
    run,
    show,
    failed=lambda result: bool(result.get("errors")),
)
