"""`memorusctl import`: take in what `export` wrote."""

from __future__ import annotations

import sys

from .memory import open_memory
from .spec import COMMON, Command, Param

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMAND"]

_BAR = 30


def run(args: Args) -> Result:
    text = _read(args["file"])
    with open_memory(args) as memory:
        return memory.import_data(text, progress=_progress if sys.stderr.isatty() else None)


def show(result: Result) -> Iterator[str]:
    counts = ", ".join(f"{result[name]} {name}" for name in ("imported", "merged", "skipped"))
    yield f"{counts}, {len(result['errors'])} refused"
    from .text import one_line

    for problem in result["errors"]:
        yield f"entry {problem['position']}: {one_line(problem['error'])}"


def _read(path: str) -> str:
    from pathlib import Path

    from memorus_proto.errors import InvalidRequest

    try:
        if path == "-":
            return sys.stdin.read()
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InvalidRequest(f"cannot read {path}: {reason}; name a file that export wrote") from None


def _progress(done: int, of: int) -> None:
    filled = _BAR * done // max(of, 1)
    end = "\n" if done == of else ""
    print(f"\r[{'#' * filled:{_BAR}}] {done}/{of}", end=end, file=sys.stderr, flush=True)


COMMAND = Command(
    "import",
    "Take in FILE, which export wrote as json; - reads standard input. What is known is merged or skipped.",
    (Param("file", "argument", "The file."), *COMMON),
    run,
    show,
)
