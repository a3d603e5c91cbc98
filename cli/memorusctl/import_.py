"""`memorusctl import`: take in what `export` wrote, or what is in a store of mem0's."""

from __future__ import annotations

from .memory import open_memory, quiet, read_text
from .progress import progress
from .spec import COMMON, Command, Param

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .spec import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    from memorus_proto.errors import InvalidRequest

    if sum(args[name] is not None for name in ("path", "file", "from_mem0")) != 1:
        raise InvalidRequest("import takes one file; name it once, as FILE, with --file or with --from-mem0")
    data: Any
    if args["from_mem0"] is not None:
        from memorusd.migration.mem0_rows import entries_of

        quiet()
        data = entries_of(args["from_mem0"])
    else:
        data = read_text(args["path"] or args["file"], "a file that export wrote")
    with open_memory(args) as memory:
        return memory.import_data(data, progress=progress())


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
        Param(
            "from_mem0",
            "text",
            "Take in a store of mem0's instead: its config (JSON, TOML), Qdrant directory or SQLite file.",
        ),
        *COMMON,
    ),
    run,
    show,
    failed=lambda result: bool(result["errors"]),
)
