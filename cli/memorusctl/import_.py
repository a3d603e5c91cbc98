"""`memorusctl import`: take in what `export` wrote."""

from __future__ import annotations

from .memory import open_memory, read_text
from .progress import progress
from .spec import COMMON, Command, Param

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    from memorus_proto.errors import InvalidRequest

    if (args["path"] is None) == (args["file"] is None):
        raise InvalidRequest("import takes one file; name it once, as FILE or with --file")
    text = read_text(args["path"] or args["file"], "a file that export wrote")
    with open_memory(args) as memory:
        return memory.import_data(text, progress=progress())


def show(result: Result) -> Iterator[str]:
    counts = ", ".join(f"{result[name]} {name}" for name in ("imported", "merged", "skipped"))
    yield f"{counts}, {len(result['errors'])} refused"
    from .text import one_line

    for problem in result["errors"]:
        yield f"entry {problem['position']}: {one_line(problem['error'])}"


COMMAND = Command(
    "import",
    "Take in what export wrote as json or jsonl; what is known already is merged or skipped.",
    (
        Param("path", "optional", "The file; - reads standard input."),
        Param("file", "text", "The same, as an option."),
        *COMMON,
    ),
    run,
    show,
    failed=lambda result: bool(result["errors"]),
)
