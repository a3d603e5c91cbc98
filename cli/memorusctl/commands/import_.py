"""`memorusctl import`: import what `export` wrote, or the memories of a mem0 store."""

from __future__ import annotations

from ..definitions import COMMON, Command, Param
from ..memory_access import open_memory, silence_mem0
from ..progress import progress_bar
from ..text_input import read_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..definitions import Args, Result

__all__ = ["COMMAND"]


def run(args: Args) -> Result:
    from memorus_proto.errors import InvalidRequest

    if sum(args[name] is not None for name in ("path", "file", "from_mem0")) != 1:
        raise InvalidRequest(
            "import needs exactly one file", remedy="name it once: as PATH, with --file or with --from-mem0"
        )
    data: Any
    if args["from_mem0"] is not None:
        from memorusd.migration.mem0_rows import read_mem0_store

        silence_mem0()
        data = read_mem0_store(args["from_mem0"])
    else:
        data = read_text(args["path"] or args["file"], "a file that export wrote")
    with open_memory(args) as memory:
        return memory.import_data(data, progress=progress_bar())


def show(result: Result) -> Iterator[str]:
    counts = ", ".join(f"{result[name]} {name}" for name in ("imported", "merged", "skipped"))
    yield f"{counts}, {len(result['errors'])} refused"
    from ..formatting import one_line

    for problem in result["errors"]:
        yield f"entry {problem['position']}: {one_line(problem['error'])}"


COMMAND = Command(
    "import",
    "Import what export wrote as json or jsonl; memories that exist already are merged or skipped.",
    (
        Param("path", "optional", "The file; - reads standard input."),
        Param("file", "text", "The same, as an option."),
        Param(
            "from_mem0",
            "text",
            "Import a mem0 store instead: its config (JSON, TOML), Qdrant directory or SQLite file.",
        ),
        *COMMON,
    ),
    run,
    show,
    failed=lambda result: bool(result["errors"]),
)
