"""Runs one parsed command: prints its result or its error, and returns the exit status.

An error is two lines on standard error: what was wrong, and what to do. With --json it is one object
on standard output, `{"error": {...}}`, as on the wire.
"""

from __future__ import annotations

import sys

from .definitions import EXIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from memorus_proto.errors import MemorusError

    from .definitions import Args, Command
    from .formatting import Table

__all__ = ["EXIT_BY_CODE", "execute", "report_error"]

EXIT_BY_CODE = {
    "INVALID_REQUEST": EXIT["usage"],
    "NOT_FOUND": EXIT["not found"],
    "STORE_ERROR": EXIT["unavailable"],
    "DAEMON_UNAVAILABLE": EXIT["unavailable"],
    "PROTOCOL_ERROR": EXIT["unavailable"],
    "VERSION_MISMATCH": EXIT["unavailable"],
    "BUSY": EXIT["unavailable"],
}
"""Exit status by error code. Any other code is a plain failure."""

_REMEDIES = {
    "INVALID_REQUEST": "memorusctl --help lists the commands; each explains its options with --help",
    "NOT_FOUND": "memorusctl list prints the existing memories",
    "CONFIG_ERROR": "memorusctl config check lists every problem with the settings",
    "CANCELLED": "run it again if it was cancelled by mistake",
    "BUSY": "try again later",
}
"""What to do about an error that does not say it. For any other code the log tells more."""


def execute(command: Command, args: Args) -> int:
    """Run `command` and return its exit status."""
    try:
        result = command.run(args)
        results = result if command.stream else [result]
        if args["json"]:
            lines: Iterable[str] = (_dump(one) for one in results)
        else:
            lines = _readable(item for one in results for item in command.show(one))
        failed = not write_lines(lines) or (command.failed is not None and command.failed(result))
        return EXIT["failed" if failed else "done"]
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return report_error(error, json=args["json"], debug=args["debug"])


def report_error(error: Exception, *, json: bool, debug: bool) -> int:
    """Print `error` and return its exit status."""
    from memorus_proto.errors import MemorusError, to_wire

    if debug:
        import traceback

        traceback.print_exception(type(error), error, error.__traceback__)
    if not isinstance(error, MemorusError):
        error = MemorusError(
            f"unexpected {type(error).__name__}: {error}",
            remedy="run it again with --debug and report what it prints",
        )
    if json:
        write_lines([_dump({"error": to_wire(error)})])
    else:
        from .formatting import one_line

        remedy = error.remedy or _default_remedy(error)
        print(f"memorusctl: {one_line(error.message)}\n  {one_line(remedy)}", file=sys.stderr)
    return EXIT_BY_CODE.get(error.code, EXIT["failed"])


def write_lines(lines: Iterable[str]) -> bool:
    """Print each line as soon as it is there. False if standard output cannot take them any more."""
    encoding = (sys.stdout.encoding or "").lower()
    for line in lines:
        if encoding not in ("utf-8", "utf8"):
            line = line.encode(encoding or "ascii", "backslashreplace").decode(encoding or "ascii")
        try:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        except OSError as error:
            import os

            if not isinstance(error, BrokenPipeError):  # the other end has read enough, as in `| head`
                print(
                    f"memorusctl: cannot write the output: {error.strerror}\n"
                    "  the command itself was done; free some space or write elsewhere",
                    file=sys.stderr,
                )
            # Discard what is still buffered, or the interpreter complains about it when it exits.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return False
    return True


def _readable(items: Iterable[str | Table]) -> Iterable[str]:
    if sys.stdout.isatty():
        from .terminal import render

        return render(items)
    from .formatting import plain_lines

    return plain_lines(items)


def _dump(value: dict[str, Any]) -> str:
    from json import dumps

    return dumps(value, ensure_ascii=(sys.stdout.encoding or "").lower() not in ("utf-8", "utf8"))


def _default_remedy(error: MemorusError) -> str:
    if error.code in _REMEDIES:
        return _REMEDIES[error.code]
    where = f"error {error.error_id} in the log" if error.error_id else "the log"
    return f"see {where}: memorusctl daemon logs"
