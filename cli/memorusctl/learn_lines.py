"""`learn --file`: learns each line of a file. A bad line is reported, and the others are still learned.

A line of a .jsonl file is a JSON string, or an object with `text` or `messages`. The object may also hold
`user_id`, `agent_id`, `run_id`, `scope`, `type`, `section`, `tags` and `metadata`, which override the
options of the command.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from memorus_proto.errors import EmbeddingError, InvalidRequest, MemorusError

from .formatting import one_line
from .memory_access import SELECTING
from .progress import progress_bar
from .text_input import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memorus_client import Memory

    from .definitions import Result

__all__ = ["learn_file", "show_counts"]

_REMEDY = "write a JSON text or object per line"
_OPTIONS = (*SELECTING, "tags", "metadata")
_COUNT_BY_EVENT = {"ADD": "added", "MERGE": "merged", "SUPERSEDE": "superseded", "SKIP": "skipped"}


def learn_file(memory: Memory, path: str, options: dict[str, Any]) -> Result:
    """Add every line. Returns `{"lines", "added", "merged", "superseded", "skipped", "errors"}`.

    Each line is on disk before the next is sent, so an interruption loses no counted line.
    """
    text = read_text(path, "a text file with one thing to learn per line")
    structured = path.endswith((".jsonl", ".ndjson"))
    numbered = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    counts: dict[str, Any] = dict.fromkeys(("lines", *_COUNT_BY_EVENT.values()), 0)
    errors: list[dict[str, Any]] = []
    draw = progress_bar()
    try:
        for done, (number, line) in enumerate(numbered, 1):
            try:
                arguments = _parse_line(line) if structured else {"messages": line.strip()}
                answer = memory.add(arguments.pop("messages"), **{**options, **arguments})
            except (InvalidRequest, EmbeddingError) as error:
                # The line is bad, or there is no model just now. Any other error ends the command.
                errors.append({"line": number, "error": str(error)})
            else:
                for result in answer["results"]:
                    counts[_COUNT_BY_EVENT[result["event"]]] += 1
            counts["lines"] = done
            if draw is not None:
                draw(done, len(numbered))
    except (KeyboardInterrupt, MemorusError):
        print(
            f"\n{counts['lines']} of {len(numbered)} lines were learned and are kept; "
            "learning them again keeps nothing twice",
            file=sys.stderr,
        )
        raise
    return {**counts, "errors": errors}


def show_counts(result: Result) -> Iterator[str]:
    """The counts, and each line that was refused."""
    counts = ", ".join(f"{result[name]} {name}" for name in _COUNT_BY_EVENT.values())
    yield f"{result['lines']} lines: {counts}, {len(result['errors'])} refused"
    for problem in result["errors"]:
        yield f"line {problem['line']}: {one_line(problem['error'])}"


def _parse_line(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise InvalidRequest(f"this is not JSON: {error}", remedy=_REMEDY) from None
    if isinstance(value, str):
        return {"messages": value}
    if not isinstance(value, dict) or ("text" in value) == ("messages" in value):
        raise InvalidRequest("this has neither `text` nor `messages`, or both", remedy=_REMEDY)
    arguments = {"messages": value.pop("text" if "text" in value else "messages")}
    if unknown := [name for name in value if name not in _OPTIONS]:
        raise InvalidRequest(f"the key {unknown[0]!r:.80} is unknown", remedy=f"use {', '.join(_OPTIONS)}")
    return arguments | value
