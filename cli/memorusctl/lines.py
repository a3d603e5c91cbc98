"""`learn --file`: a file of many texts, one a line. What is refused is told by its line, the others go on.

A line of a .jsonl file is a JSON string, or an object with `text` or `messages` and, if they are to
differ from the options of the command, `user_id`, `agent_id`, `run_id`, `scope`, `type`, `section`, `tags`
and `metadata`.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from memorus_proto.errors import EmbeddingError, InvalidRequest, MemorusError

from .memory import read_text
from .progress import progress
from .text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memorus_client import Memory

    from .spec import Result

__all__ = ["learn_file", "show_counts"]

_OPTIONS = ("user_id", "agent_id", "run_id", "scope", "type", "section", "tags", "metadata")
_COUNTED = {"ADD": "added", "MERGE": "merged", "SUPERSEDE": "superseded", "SKIP": "skipped"}


def learn_file(memory: Memory, path: str, options: dict[str, Any]) -> Result:
    """Add every line. Returns `{"lines", "added", "merged", "superseded", "skipped", "errors"}`.

    Each line is on disk before the next is sent, so an interruption loses none that was counted.
    """
    text = read_text(path, "a text file with one thing to learn a line")
    structured = path.endswith((".jsonl", ".ndjson"))
    numbered = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    counts: dict[str, Any] = dict.fromkeys(("lines", *_COUNTED.values()), 0)
    errors: list[dict[str, Any]] = []
    draw = progress()
    try:
        for done, (number, line) in enumerate(numbered, 1):
            try:
                given = _object(line) if structured else {"messages": line.strip()}
                answer = memory.add(given.pop("messages"), **{**options, **given})
            except (InvalidRequest, EmbeddingError) as error:
                # Of the line, or (without a model) of the moment; a store that fails ends it all.
                errors.append({"line": number, "error": error.message})
            else:
                for result in answer["results"]:
                    counts[_COUNTED[result["event"]]] += 1
            counts["lines"] = done
            if draw is not None:
                draw(done, len(numbered))
    except (KeyboardInterrupt, MemorusError):
        print(
            f"\n{counts['lines']} of {len(numbered)} lines were done and stay; "
            "doing them again keeps nothing twice",
            file=sys.stderr,
        )
        raise
    return {**counts, "errors": errors}


def show_counts(result: Result) -> Iterator[str]:
    """What became of the lines."""
    told = ", ".join(f"{result[name]} {name}" for name in _COUNTED.values())
    yield f"{result['lines']} lines: {told}, {len(result['errors'])} refused"
    for problem in result["errors"]:
        yield f"line {problem['line']}: {one_line(problem['error'])}"


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise InvalidRequest(f"this is no JSON: {error}; write a JSON text or object a line") from None
    if isinstance(value, str):
        return {"messages": value}
    if not isinstance(value, dict) or ("text" in value) == ("messages" in value):
        raise InvalidRequest("this has no `text` or `messages`, or both; write a JSON text or object a line")
    given = {"messages": value.pop("text")} if "text" in value else {"messages": value.pop("messages")}
    if unknown := [name for name in value if name not in _OPTIONS]:
        raise InvalidRequest(f"the key {unknown[0]!r:.80} is unknown; use {', '.join(_OPTIONS)}")
    return given | value
