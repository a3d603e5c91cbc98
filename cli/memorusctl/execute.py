"""Run one parsed command: print its result or its error, and turn either into an exit status.

An error is two lines on stderr, what is wrong and what to do; with --json it is one object
`{"error": {...}}` on stdout, as it travels on the wire.
"""

from __future__ import annotations

import sys

from .spec import EXIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from memorus_proto.errors import MemorusError

    from .spec import Args, Command
    from .text import Table

__all__ = ["EXITS", "execute", "fail"]

EXITS = {
    "INVALID_REQUEST": EXIT["usage"],
    "NOT_FOUND": EXIT["not found"],
    "STORE_ERROR": EXIT["unavailable"],
    "DAEMON_UNAVAILABLE": EXIT["unavailable"],
    "PROTOCOL_ERROR": EXIT["unavailable"],
    "VERSION_MISMATCH": EXIT["unavailable"],
    "BUSY": EXIT["unavailable"],
}
"""Exit status by error code; every other code is a plain failure."""

_REMEDIES = {
    "NOT_FOUND": "memorusctl list prints the memories there are",
    "CONFIG_ERROR": "memorusctl config check tells all that is wrong",
}
"""For messages whose words are mem0's or pydantic's, and so have no remedy."""


def execute(command: Command, args: Args) -> int:
    """Run `command` and return its exit status."""
    try:
        result = command.run(args)
        results = result if command.stream else [result]
        if args["json"]:
            lines: Iterable[str] = (_dump(one) for one in results)
        else:
            lines = _readable(item for one in results for item in command.show(one))
        failed = not write(lines) or (command.failed is not None and command.failed(result))
        return EXIT["failed" if failed else "done"]
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return fail(error, json=args["json"], debug=args["debug"])


def fail(error: Exception, *, json: bool, debug: bool) -> int:
    """Report `error` and return the exit status for it."""
    from memorus_proto.errors import MemorusError, to_wire

    if debug:
        import traceback

        traceback.print_exception(type(error), error, error.__traceback__)
    if not isinstance(error, MemorusError):
        kind = type(error).__name__
        error = MemorusError(
            f"unexpected {kind}: {error}; run it again with --debug and report what it shows"
        )
    if json:
        write([_dump({"error": to_wire(error)})])
    else:
        from .text import one_line

        what, remedy = _what_and_remedy(error)
        print(f"memorusctl: {one_line(what)}\n  {one_line(remedy)}", file=sys.stderr)
    return EXITS.get(error.code, EXIT["failed"])


def write(lines: Iterable[str]) -> bool:
    """Print lines, each as soon as it is there; false when they cannot be written any more."""
    encoding = (sys.stdout.encoding or "").lower()
    for line in lines:
        if encoding not in ("utf-8", "utf8"):
            line = line.encode(encoding or "ascii", "backslashreplace").decode(encoding or "ascii")
        try:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        except OSError as error:
            import os

            if not isinstance(error, BrokenPipeError):  # that is how `| head` says that it has enough
                print(
                    f"memorusctl: cannot write the output: {error.strerror}\n"
                    "  the command itself was done; free some space or write elsewhere",
                    file=sys.stderr,
                )
            # What is still buffered goes nowhere, or the interpreter complains about it at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return False
    return True


def _readable(items: Iterable[str | Table]) -> Iterable[str]:
    if sys.stdout.isatty():
        from .terminal import render

        return render(items)
    from .text import plain

    return plain(items)


def _dump(value: dict[str, Any]) -> str:
    from json import dumps

    return dumps(value, ensure_ascii=(sys.stdout.encoding or "").lower() not in ("utf-8", "utf8"))


def _what_and_remedy(error: MemorusError) -> tuple[str, str]:
    """Messages read "what; remedy"."""
    what, semicolon, remedy = error.message.rpartition("; ")
    if semicolon:
        return what, remedy
    if error.code in _REMEDIES:
        return remedy, _REMEDIES[error.code]
    where = f"error {error.error_id} in the log" if error.error_id else "the log"
    return remedy, f"see {where}: memorusctl daemon logs"
