"""`memorusctl export`: all memories in one document, for a file or for people."""

from __future__ import annotations

from .memory import given, open_memory
from .spec import COMMON, FILTERS, Command, Param

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .spec import Args, Result

__all__ = ["COMMAND"]

FORMATS = ("json", "jsonl", "markdown")


def run(args: Args) -> Result:
    format = args["format"] or "json"
    names = ("user_id", "agent_id", "run_id", "scope", "type", "section")
    with open_memory(args) as memory:
        exported = memory.export(format, **given(args, *names))
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
    """Whole or not at all: a file that is there already is replaced at the end."""
    import errno
    from json import dumps
    from pathlib import Path

    from memorus_proto.atomic_write import replace_file
    from memorus_proto.errors import InvalidRequest, MemorusError

    text = exported if isinstance(exported, str) else dumps(exported, ensure_ascii=False, indent=1) + "\n"
    try:
        replace_file(Path(path), text)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):  # whatever the file is called
            raise MemorusError(f"cannot write {path}: {error.strerror}; free some space") from None
        raise InvalidRequest(f"cannot write {path}: {error.strerror}; name another file") from None


COMMAND = Command(
    "export",
    "Write out all memories, with every field (json, jsonl), or for people, by section (markdown).",
    (
        Param("format", "text", "How to write it; import takes json and jsonl.", choices=FORMATS),
        Param("output", "text", "The file to write; without it, standard output.", "-o"),
        *FILTERS,
        *COMMON,
    ),
    run,
    show,
)
