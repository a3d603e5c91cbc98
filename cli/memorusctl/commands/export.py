"""`memorusctl export`: all memories in one document, for a file or for people."""

from __future__ import annotations

from ..definitions import COMMON, FILTERS, Command, Param
from ..memory_access import SELECTING, call_arguments, open_memory

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..definitions import Args, Result

__all__ = ["COMMAND"]

FORMATS = ("json", "jsonl", "markdown")


def run(args: Args) -> Result:
    format = args["format"] or "json"
    with open_memory(args) as memory:
        exported = memory.export(format, **call_arguments(args, *SELECTING))
    if args["output"] is None:
        return exported if isinstance(exported, dict) else {"format": format, "text": exported}
    _write(args["output"], exported)
    return {"format": format, "output": args["output"]}


def show(result: Result) -> Iterator[str]:
    if "output" in result:
        yield f"written: {result['output']}"
    elif "text" in result:
        yield result["text"].rstrip("\n")
    else:
        from json import dumps

        yield dumps(result, ensure_ascii=False, indent=1)


def _write(path: str, exported: dict[str, object] | str) -> None:
    """Write the file whole or not at all. An existing file is replaced at the end."""
    import errno
    from json import dumps
    from pathlib import Path

    from memorus_proto.atomic_write import replace_file
    from memorus_proto.errors import InvalidRequest, MemorusError

    text = exported if isinstance(exported, str) else dumps(exported, ensure_ascii=False, indent=1) + "\n"
    try:
        replace_file(Path(path), text)
    except OSError as error:
        problem = f"cannot write {path}: {error.strerror}"
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):  # another name would not help
            raise MemorusError(problem, remedy="free some space") from None
        raise InvalidRequest(problem, remedy="name another file") from None


COMMAND = Command(
    "export",
    "Write all memories, with every field (json, jsonl) or for people, by section (markdown).",
    (
        Param("format", "text", "The format; import reads json and jsonl.", choices=FORMATS),
        Param("output", "text", "The file to write instead of standard output.", "-o"),
        *FILTERS,
        *COMMON,
    ),
    run,
    show,
)
